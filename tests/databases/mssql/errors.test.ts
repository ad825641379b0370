import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answer, one, single, useBench } from '../../helpers/tds-database.ts';
import type { Exchange } from '../../helpers/tds-responder.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';
import { failureOf, options, rowsOf } from '../contract/scene.ts';

const bench = useBench();

describe('errors', () => {
  it.each([
    [1222, 'locked'],
    [1205, 'locked'],
    [229, 'permission'],
    [230, 'permission'],
    [300, 'permission'],
    [297, 'permission'],
    [8134, 'query'],
    [102, 'query'],
  ])('of the number %i are %s', async (number, kind) => {
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, tokens.error(number, 'words of the server')),
    });
    const error = await failureOf(rowsOf(database, 'SELECT'));
    expect(error).toMatchObject({ kind, code: `mssql:${number}`, message: 'words of the server' });
  });

  it('of a sum that overflows say what to write in T-SQL', async () => {
    const words = 'Arithmetic overflow error converting expression to data type int.';
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, tokens.error(8115, words)),
    });
    const error = await failureOf(rowsOf(database, 'SELECT SUM(cents) AS total FROM orders'));
    expect(error).toMatchObject({ kind: 'query', code: 'mssql:8115' });
    expect(error.message).toMatch(/^Arithmetic overflow .*\. \(.*SUM\(CAST\(… AS bigint\)\)/);
  });

  it('amid the rows come after the rows', async () => {
    const { database } = await bench.start({
      answer: (_, exchange) =>
        answer(exchange, tokens.columns([one]), tokens.row([one], [1]), tokens.error(8134, 'Divide by zero')),
    });
    const seen: unknown[] = [];
    const loop = async (): Promise<void> => {
      for await (const row of database.query('SELECT', {}, options())) seen.push(row);
    };
    expect(await failureOf(loop())).toMatchObject({ kind: 'query', code: 'mssql:8134' });
    expect(seen).toEqual([{ n: 1 }]);
  });

  it('of one statement are told by the first', async () => {
    const { database } = await bench.start({
      answer: (_, exchange) =>
        answer(
          exchange,
          tokens.error(208, "Invalid object name 'orders'."),
          tokens.error(266, 'Transaction count'),
        ),
    });
    expect(await failureOf(rowsOf(database, 'SELECT'))).toMatchObject({ code: 'mssql:208' });
  });

  it.each([
    ['is reset', 'node:ECONNRESET', (exchange: Exchange) => exchange.reset()],
    ['is closed', 'node:ECONNRESET', (exchange: Exchange) => exchange.socket.end()],
    [
      'is ended by a severe error',
      'mssql:596',
      (exchange: Exchange) =>
        exchange.end(tokens.error(596, 'Cannot continue', 21), tokens.done({ error: true })),
    ],
  ])('tell a connection that %s amid the rows, and a new one is made', async (_, code, end) => {
    const { database } = await bench.start({
      answer: async ({ text }, exchange) => {
        if (!text.includes('breaks')) {
          answer(exchange, single);
          return;
        }
        await exchange.send(tokens.began(), tokens.columns([one]), tokens.row([one], [1]));
        end(exchange);
      },
    });
    expect(await failureOf(rowsOf(database, 'SELECT breaks'))).toMatchObject({ kind: 'lost', code });
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('tell a server that talks nonsense', async () => {
    const { database } = await bench.start({
      answer: ({ text }, exchange) =>
        text.includes('breaks') ? exchange.end(tokens.began(), tokens.garbage()) : answer(exchange, single),
    });
    expect((await failureOf(rowsOf(database, 'SELECT breaks'))).kind).toBe('lost');
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it.each(['end', 'resetAndDestroy', 'destroy'] as const)(
    'do not arise when the server says goodbye with its answer by %s',
    async (way) => {
      // Of several sizes, since the end of the answer and that of the connection race each other.
      let rows = 0;
      const filler = types.nvarchar('filler');
      const { database } = await bench.start({
        answer: (_, exchange) => {
          const result = table([filler], Array<string[]>(rows).fill(['x'.repeat(1000)]));
          exchange.endAndLeave(way, tokens.began(), result, tokens.rolledBack(), tokens.doneProc());
        },
      });
      for (; rows < 90; rows += 4) {
        const outcome = await rowsOf(database, 'SELECT filler').catch((error: unknown) => error);
        if (Array.isArray(outcome)) expect(outcome).toHaveLength(rows);
        else expect(outcome).toMatchObject({ kind: 'lost' });
      }
    },
  );

  it('of a connection that ends while a slow reader is waited for are told when he goes on', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => [index]);
    const { database } = await bench.start({
      answer: (_, exchange) => {
        exchange.endAndLeave(
          'end',
          tokens.began(),
          table([one], rows),
          tokens.rolledBack(),
          tokens.doneProc(),
        );
      },
    });
    const loop = async (): Promise<void> => {
      for await (const row of database.query('SELECT', {}, options())) if (row['n'] === 0) await delay(100);
    };
    expect(await failureOf(loop())).toMatchObject({ kind: 'lost' });
    await delay(50);
  });

  it('of an idle connection that turns out to be dead are nobody’s', async () => {
    const { responder, database } = await bench.start({
      answer: (_, exchange) =>
        responder.requests.length === 2 ? exchange.reset() : answer(exchange, single),
    });
    await rowsOf(database, 'SELECT 1 AS n');
    const before = responder.logins.length;
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect([responder.requests.length, responder.logins.length]).toEqual([3, before + 1]);
  });

  it('of an idle connection are nobody’s', async () => {
    const { responder, database } = await bench.start({ answer: (_, exchange) => answer(exchange, single) });
    await rowsOf(database, 'SELECT 1 AS n');
    responder.cut();
    await delay(20);
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });
});
