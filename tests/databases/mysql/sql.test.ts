import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { assertReading, compile } from '../../../src/databases/mysql/sql.ts';
import { processorMs } from '../../helpers/processor.ts';

describe('assertReading', () => {
  it.each([
    'SELECT 1',
    'select 1',
    '  ( (SELECT 1) UNION (SELECT 2))',
    '-- a comment\n-- another; DELETE\nSELECT 1',
    '--\nSELECT 1',
    '# shell style\r\nSELECT 1',
    '/* SET */ /**/ WITH one AS (SELECT 1) SELECT * FROM one',
    'SHOW TABLES',
    'EXPLAIN SELECT 1',
    'DESC orders',
    'VALUES (1)',
    'TABLE orders',
  ])('lets %j pass', (sql) => {
    expect(() => assertReading(sql)).not.toThrow();
  });

  it.each([
    '',
    'SET SESSION TRANSACTION READ WRITE',
    'selection',
    '-- SELECT 1',
    '/* SELECT 1 */ DELETE FROM orders',
    '/* open: SELECT 1',
    '/*! SET autocommit = 0 */ SELECT 1',
    '/*M! SET autocommit = 0 */ SELECT 1',
    '--SELECT 1',
    "'SELECT 1'",
  ])('refuses %j', (sql) => {
    expect(() => assertReading(sql)).toThrow(DatabaseError);
  });

  it('refuses a long run of openings in no time', () => {
    const took = processorMs(() => {
      expect(() => assertReading(`${'/**/ ( '.repeat(20_000)}DELETE`)).toThrow(DatabaseError);
      expect(() => assertReading('/*'.repeat(50_000))).toThrow(DatabaseError);
    });
    expect(took).toBeLessThan(1000);
  });
});

describe('compile', () => {
  it('puts a question mark for each use of a parameter, and its value in the same place', () => {
    const sql = "SELECT ':b', `:b` FROM t WHERE a = :b AND c = :a AND d = :b -- :a";
    expect(compile(sql, { a: 1, b: 'x', unused: true })).toEqual({
      sql: "SELECT ':b', `:b` FROM t WHERE a = ? AND c = ? AND d = ? -- :a",
      values: ['x', 1, 'x'],
    });
  });
});
