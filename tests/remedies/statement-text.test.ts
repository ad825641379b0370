import { expect, it } from 'vitest';
import { statementProblem } from '../../src/remedies/statement-text.ts';

const record = new Set(['record']);

it.each([
  "UPDATE orders SET state = 'waiting; again' WHERE n = :record",
  'DELETE FROM locks WHERE n = :record;',
  'INSERT INTO relaunch (n) VALUES (:record)',
  'CALL relaunch(:record)',
  'EXEC dbo.relaunch @order = :record',
  'SELECT relaunch(:record)',
  'SELECT * FROM erp.relaunch(:record, :company)',
  '-- by hand\nUPDATE orders SET a = 1 WHERE n = :record',
])('takes %s', (sql) => {
  expect(statementProblem(sql, record)).toBeUndefined();
});

it.each([
  'SELECT 1',
  'SELECT n FROM orders WHERE n = :record',
  'DROP TABLE orders',
  'TRUNCATE orders',
  'UPDATE orders SET a = 1 WHERE n = :record; DROP TABLE orders',
  'WITH gone AS (DELETE FROM orders) SELECT 1',
  "UPDATE orders SET a = 'WHERE'",
  '/*! DROP TABLE orders */ UPDATE orders SET a = 1 WHERE n = :record',
])('refuses %s', (sql) => {
  expect(statementProblem(sql, record)).toBeTypeOf('string');
});
