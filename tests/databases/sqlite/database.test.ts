import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe } from 'vitest';
import { open } from '../../../src/databases/sqlite/database.ts';
import { databaseContract } from '../contract.ts';
import type { Statements, Subject, TypeNames } from '../contract.ts';
import { fileSettings } from './file.ts';

const types: TypeNames = {
  big: 'bigint',
  boolean: 'boolean',
  double: 'double precision',
  local: 'datetime',
  text: 'text',
  bytes: 'blob',
};

/** About so many steps of a recursive query take a second; the tests need no more precision. */
const stepsPerSecond = 3_000_000;
const counting = (most: number): string =>
  `WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ${Math.round(most)})`;

const sql: Statements = {
  text: (value) => `'${value.replaceAll("'", "''")}'`,
  truth: (value) => (value ? '1' : '0'),
  zoned: (value) => `'${value.toISOString()}'`,
  bytes: (hex) => `x'${hex}'`,
  instant: (expression, column) =>
    column === 'day' ? `date(${expression})` : `datetime(${expression}, 'subsec')`,
  ownParameter: '@id',
  repeat: (text, times) => `replace(hex(zeroblob(${times})), '00', '${text}')`,
  sleep: (seconds) => `${counting(seconds * stepsPerSecond)} SELECT max(n) AS slept FROM s`,
  series: (rows, width = 100) => `${counting(rows)} SELECT n, printf('%.${width}c', 'x') AS filler FROM s`,
  lock: () => ['BEGIN EXCLUSIVE'],
};

describe('the sqlite driver', () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-sqlite-'));
  const file = join(folder, 'shop.db');
  let admin: DatabaseSync;

  beforeAll(() => {
    admin = new DatabaseSync(file);
  });
  afterAll(() => {
    admin.close();
    rmSync(folder, { recursive: true });
  });

  const subject = (): Subject => ({
    open,
    settings: fileSettings(file),
    admin: (text) => Promise.resolve().then(() => admin.prepare(text).all()),
  });
  databaseContract(
    {
      capabilities: {
        cancel: true,
        readOnlySession: true,
        network: false,
        logins: false,
        sessions: false,
        tls: false,
        restart: false,
      },
      types,
      sql,
      version: /^SQLite 3\.\d+\.\d+$/,
    },
    subject,
  );
});
