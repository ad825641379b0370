import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answer, never, single, useBench } from '../../helpers/tds-database.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';
import { failureOf, rowsOf } from '../contract/scene.ts';

const bench = useBench();

describe('a session', () => {
  it('tells who it is, asks for a read-only server and sets its locking', async () => {
    const { responder, database } = await bench.start({ answer: (_, exchange) => answer(exchange, single) });
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins.at(-1)).toEqual({
      user: 'exporter',
      password: 'geheim-7',
      appName: 'erp-exporter',
      database: 'ACME',
      readOnlyIntent: true,
    });
    const settings = responder.setups.flatMap((text) => text.split('\n'));
    for (const setting of ['set xact_abort on', 'set lock_timeout 4000', 'set deadlock_priority low'])
      expect(settings).toContain(setting);
  });

  it('runs a statement in one round trip, within a transaction that it rolls back', async () => {
    const { responder, database } = await bench.start({ answer: (_, exchange) => answer(exchange, single) });
    await rowsOf(database, 'SELECT 1 AS n -- the end');
    await rowsOf(database, 'SELECT 1 AS n');
    expect(responder.requests.map(({ procedure, text }) => ({ procedure, text }))).toEqual([
      {
        procedure: 'sp_executesql',
        text: 'BEGIN TRAN;SELECT 1 AS n -- the end\n;IF @@TRANCOUNT > 0 ROLLBACK',
      },
      { procedure: 'sp_executesql', text: 'BEGIN TRAN;SELECT 1 AS n\n;IF @@TRANCOUNT > 0 ROLLBACK' },
    ]);
  });

  it('is kept for the next statement, and dropped when its transaction is still open', async () => {
    const { responder, database } = await bench.start({
      answer: ({ text }, exchange) => {
        if (text.includes('leaves'))
          exchange.end(tokens.began(), tokens.error(208, 'Invalid object'), tokens.doneProc());
        else answer(exchange, single);
      },
    });
    await rowsOf(database, 'SELECT 1 AS n');
    const before = responder.logins.length;
    await rowsOf(database, 'SELECT 1 AS n');
    expect(responder.logins).toHaveLength(before);
    expect(await failureOf(rowsOf(database, 'SELECT leaves'))).toMatchObject({
      kind: 'query',
      code: 'mssql:208',
    });
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins).toHaveLength(before + 1);
    expect(responder.sessions).toBe(1);
  });

  it('is one of no more than `connections`, and who waits for one can give up', async () => {
    const { responder, database } = await bench.start(
      {
        answer: async (_, exchange) => {
          await delay(30);
          answer(exchange, single);
        },
      },
      { connections: 2 },
    );
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, responder.sessions)), 1);
    const all = Array.from({ length: 10 }, () => rowsOf(database, 'SELECT 1 AS n'));
    const impatient = failureOf(rowsOf(database, 'SELECT 2', {}, { signal: AbortSignal.timeout(40) }));
    expect((await impatient).kind).toBe('aborted');
    expect(await Promise.all(all)).toHaveLength(10);
    clearInterval(watch);
    expect(most).toBe(2);
    expect(responder.requests.filter(({ text }) => text.includes('SELECT 2'))).toEqual([]);
  });
});

describe('asking about', () => {
  const described = [
    types.bit('is_hidden'),
    types.nvarchar('name'),
    types.nvarchar('system_type_name'),
    types.nvarchar('user_type_name'),
  ];

  it('the columns of a statement', async () => {
    const { responder, database } = await bench.start({
      answer: (_, exchange) =>
        exchange.end(
          table(described, [
            [false, 'id', 'int', null],
            [false, 'total', 'decimal(18,2)', null],
            [false, 'paid', 'money', null],
            [false, 'note', 'nvarchar(max)', null],
            [false, 'at', 'datetime2(7)', null],
            [false, 'guid', 'uniqueidentifier', null],
            [false, 'raw', 'varbinary(100)', null],
            [false, 'place', null, 'geography'],
            [false, 'any', 'sql_variant', null],
            [false, null, 'bit', null],
            [true, 'hidden', 'int', null],
          ]),
          tokens.doneProc(),
        ),
    });
    const columns = await database.describe('SELECT * FROM orders WHERE id = :id', { id: 5 }, never);
    expect(columns.map(({ name, type, native }) => `${name} ${type} ${native}`)).toEqual([
      'id integer int',
      'total decimal decimal(18,2)',
      'paid decimal money',
      'note text nvarchar(max)',
      'at instant datetime2(7)',
      'guid text uniqueidentifier',
      'raw bytes varbinary(100)',
      'place bytes geography',
      'any unknown sql_variant',
      ' boolean bit',
    ]);
    expect(responder.requests.map(({ parameters }) => parameters.map(({ value }) => value))).toEqual([
      ['SELECT * FROM orders WHERE id = @p1', '@p1 int'],
    ]);
  });

  it('a statement that makes no sense', async () => {
    const { database } = await bench.start({
      answer: (_, exchange) =>
        exchange.end(
          tokens.error(208, "Invalid object name 'orders'."),
          tokens.error(11501, 'could not be analyzed'),
          tokens.doneProc(),
        ),
    });
    expect(await failureOf(database.describe('SELECT * FROM orders', {}, never))).toMatchObject({
      kind: 'query',
      code: 'mssql:208',
    });
  });

  it('the clock, in whatever zone the database is', async () => {
    const { database } = await bench.start(
      {
        answer: (_, exchange) => {
          const clock = new Date(Date.now() + 5000).toISOString().slice(0, -1);
          exchange.end(table([types.datetimeoffset(7)('clock')], [[`${clock} 0`]]), tokens.doneProc());
        },
      },
      { timezone: 'America/New_York' },
    );
    const { clockSkewSeconds } = await database.ping(never);
    expect(clockSkewSeconds).toBeGreaterThan(4.5);
    expect(clockSkewSeconds).toBeLessThan(5.5);
  });

  it('the server and the login', async () => {
    const specs = [
      types.nvarchar('version'),
      types.nvarchar('login'),
      types.nvarchar('reason'),
      types.nvarchar('sort'),
    ];
    const version = 'Microsoft SQL Server 2022 (RTM-CU9) - 16.0.4085.2 (X64) \n\tJul 25 2023\n';
    const inspect = async (reasons: readonly (readonly [string, string] | null)[]): Promise<unknown> => {
      const { database } = await bench.start({
        answer: (_, exchange) =>
          exchange.end(
            table(
              specs,
              reasons.map((found) => [version, 'exporter', ...(found ?? [null, null])]),
            ),
            tokens.doneProc(),
          ),
      });
      return database.inspect(never);
    };
    const common = { version: 'Microsoft SQL Server 2022 (RTM-CU9) - 16.0.4085.2 (X64)', user: 'exporter' };
    expect(await inspect([null])).toEqual({ ...common, writable: [], powerful: [], reaching: [] });
    expect(
      await inspect([
        ['sysadmin', 'writable'],
        ['INSERT on dbo.orders', 'writable'],
        ['sysadmin', 'powerful'],
        ['EXECUTE on xp_cmdshell', 'reaching'],
      ]),
    ).toEqual({
      ...common,
      writable: ['sysadmin', 'INSERT on dbo.orders'],
      powerful: ['sysadmin'],
      reaching: ['EXECUTE on xp_cmdshell'],
    });
  });
});
