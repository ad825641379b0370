import { describe, expect, it } from 'vitest';
import { writingIn } from '../../../src/monitors/shared/writing-sql.ts';

describe('writingIn', () => {
  it.each([
    ['DELETE FROM orders', 'DELETE'],
    ['delete orders where id = 1', 'DELETE'],
    [' -- a note\n /* another */ ( INSERT INTO t VALUES (1))', 'INSERT'],
    ['UPDATE t SET a = 1', 'UPDATE'],
    ['MERGE INTO t USING s ON t.a = s.a', 'MERGE'],
    ['REPLACE INTO t VALUES (1)', 'REPLACE'],
    ['TRUNCATE t', 'TRUNCATE'],
    ['DROP TABLE t', 'DROP'],
    ['CREATE TABLE #t (a int); SELECT a FROM #t', 'CREATE'],
    ['ALTER TABLE t ADD a int', 'ALTER'],
    ['GRANT SELECT ON t TO x', 'GRANT'],
    ["COPY t TO '/tmp/x'", 'COPY'],
    ['SELECT 1; DELETE FROM t', 'DELETE'],
    ['SELECT 1 AS a DELETE FROM t', 'DELETE'],
    ['WITH gone AS (DELETE FROM t RETURNING id) SELECT * FROM gone', 'DELETE'],
    ['WITH n AS (SELECT 1) INSERT INTO t SELECT * FROM n', 'INSERT'],
    ['WITH n AS (SELECT 1) UPDATE dbo.[t] SET a = 1', 'UPDATE'],
    ['SELECT * INTO #t FROM orders', 'INTO'],
    ['/*! DELETE FROM t */ SELECT 1', 'DELETE'],
  ])('%s', (sql, word) => {
    expect(writingIn(sql)).toBe(`this writes (${word})`);
  });

  it.each([
    ['EXEC dbo.open_orders', 'EXEC'],
    ['execute open_orders', 'EXECUTE'],
    ['CALL open_orders()', 'CALL'],
    ['DO $$ BEGIN DELETE FROM t; END $$', 'DO'],
  ])('%s may write', (sql, word) => {
    expect(writingIn(sql)).toBe(`this may write (${word})`);
  });

  it.each([
    'SELECT 1',
    'WITH a AS (SELECT 1) SELECT * FROM a',
    "SELECT 'DELETE FROM t; DROP TABLE t' AS record",
    'SELECT "delete" FROM t -- DELETE FROM t',
    'SELECT a AS delete FROM t',
    'SELECT t.delete FROM t',
    'SELECT REPLACE(a, 1, 2), INSERT(b, 1, 2, 3) FROM t',
    'SELECT deleted, update_time, created FROM inserts WHERE callable = 1',
    'SET NOCOUNT ON; SELECT 1 AS record',
    "DECLARE @day date = '2026-01-01'; SELECT number AS record FROM t WHERE day = @day",
    "SELECT error AS record FROM log WHERE error LIKE '%insert into%'",
    'SHOW EVENTS',
    'VALUES (1)',
    'TABLE orders',
    'SELECT 1;',
  ])('%s only reads', (sql) => {
    expect(writingIn(sql)).toBeUndefined();
  });
});
