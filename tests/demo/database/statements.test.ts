import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erpTimeZone, insert, update, zoned, zoneless } from '../../../src/demo/database/statements.ts';
import { instantFromLocal } from '../../../src/time.ts';

describe('statements', () => {
  let database: PGlite;
  beforeAll(async () => {
    database = await PGlite.create({ dataDir: 'memory://' });
    await database.exec('CREATE TABLE cells (id bigint, words text, flag boolean, at timestamptz)');
  });
  afterAll(async () => database.close());

  it('carry any text to the table and back', async () => {
    // PostgreSQL's text holds no NUL and no half of a surrogate pair.
    const words = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(words, words, async (first, second) => {
        await database.exec('TRUNCATE cells');
        await database.exec(insert('cells', [{ id: 1, words: first, flag: true, at: null }]));
        await database.exec(
          insert('cells', [{ id: 2, words: "'; DROP TABLE cells; --", flag: false, at: zoned(0) }]),
        );
        await database.exec(update('cells', { words: second }, { id: 1, words: first }));
        const { rows } = await database.query('SELECT * FROM cells ORDER BY id');
        expect(rows).toEqual([
          { id: 1, words: second, flag: true, at: null },
          { id: 2, words: "'; DROP TABLE cells; --", flag: false, at: new Date(0) },
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('are empty without rows', () => {
    expect(insert('cells', [])).toBe('');
  });

  it('write the wall clock of the ERP, summer and winter', () => {
    const summer = Date.UTC(2026, 6, 1, 10, 0, 0, 250);
    expect(zoneless(summer)).toBe('2026-07-01T12:00:00.250');
    expect(zoneless(Date.UTC(2026, 11, 1, 10))).toBe('2026-12-01T11:00:00.000');
    expect(instantFromLocal(zoneless(summer), erpTimeZone)).toBe(summer);
  });
});
