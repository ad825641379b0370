import { describe, expect, it } from 'vitest';
import { bind, literal } from '../../../src/databases/postgres/values.ts';

describe('literal', () => {
  it.each([
    [null, 'NULL'],
    [5, `'5'`],
    [-5n, `'-5'`],
    [true, `'true'`],
    ['', `''`],
    [`O'Hara`, `'O''Hara'`],
    [`'; DROP TABLE x; --`, `'''; DROP TABLE x; --'`],
    ['a\\b', ` E'a\\\\b'`],
    [`\\'`, ` E'\\\\'''`],
    [`é漢😀`, `'é漢😀'`],
    [new Date('2026-07-01T10:00:00.123Z'), `('2026-07-01T12:00:00.123+02:00'::timestamptz)`],
  ])('writes %s as PostgreSQL reads it', (value, wanted) => {
    expect(literal(bind(value, 'Europe/Brussels'))).toBe(wanted);
  });

  it('refuses what would end a statement early', () => {
    expect(() => literal(bind('a\0b', 'UTC'))).toThrow(
      expect.objectContaining({ name: 'DatabaseError', kind: 'query', code: 'sqlstate:22021' }),
    );
  });
});
