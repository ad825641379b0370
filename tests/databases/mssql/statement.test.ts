import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DatabaseError } from '../../../src/databases/contract.ts';
import { keptBytes } from '../../helpers/memory.ts';
import { answer, never, one, single, useBench } from '../../helpers/tds-database.ts';
import type { Exchange, Script } from '../../helpers/tds-responder.ts';
import type { TdsRequest } from '../../helpers/tds-requests.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';
import { failureOf, options, rowsOf, timeOf } from '../contract/scene.ts';

const bench = useBench();

describe('streaming', () => {
  const filler = types.nvarchar('filler');
  const specs = [one, filler];
  /** Sends rows for as long as they are taken. */
  const endless = async (exchange: Exchange): Promise<number> => {
    await exchange.send(tokens.began(), tokens.columns(specs));
    let sent = 0;
    const over = new AbortController();
    void Promise.race([exchange.attention, exchange.gone]).then(() => over.abort());
    while (!over.signal.aborted) {
      const rows = Array.from({ length: 50 }, (_, index) =>
        tokens.row(specs, [sent + index + 1, 'x'.repeat(100)]),
      );
      await exchange.send(...rows);
      sent += rows.length;
    }
    return sent;
  };
  const stops: Script = {
    answer: async ({ text }, exchange) => {
      if (!text.includes('endless')) {
        answer(exchange, single);
        return;
      }
      await endless(exchange);
      exchange.end(tokens.rolledBack(), tokens.done({ error: true }));
      exchange.acknowledge();
    },
  };

  it('makes the server wait for a slow reader', async () => {
    let sent = 0;
    const { database } = await bench.start({
      answer: async (_, exchange) => {
        const counting: Exchange = Object.create(exchange, {
          send: { value: async (...parts: Buffer[]) => exchange.send(...parts).then(() => (sent += 50)) },
        }) as Exchange;
        await endless(counting);
      },
    });
    const seen: unknown[] = [];
    for await (const row of database.query('SELECT', {}, options({ maxRows: 1e9 }))) {
      seen.push(row['n']);
      if (seen.length === 500) {
        await delay(300);
        const before = sent;
        await delay(300);
        expect(sent).toBe(before);
        // Kernel buffers hold a few MB of rows of 200 bytes; without the pause there would be no end.
        break;
      }
    }
    expect(seen).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  it('hands out many rows in order, with flat memory', { timeout: 60_000 }, async () => {
    const total = 100_000;
    const { database } = await bench.start({
      answer: async (_, exchange) => {
        await exchange.send(tokens.began(), tokens.columns(specs));
        for (let sent = 0; sent < total; sent += 100)
          await exchange.send(
            ...Array.from({ length: 100 }, (_, index) =>
              tokens.row(specs, [sent + index + 1, 'x'.repeat(100)]),
            ),
          );
        exchange.end(tokens.doneInProc({ rows: total, more: true }), tokens.rolledBack(), tokens.doneProc());
      },
    });
    let rows = 0;
    let before = 0;
    let grown = 0;
    for await (const row of database.query('SELECT', {}, options({ maxRows: total, timeoutMs: 60_000 }))) {
      rows += 1;
      if (row['n'] !== rows) throw new Error(`row ${rows} says ${String(row['n'])}`);
      if (rows === 1000) before = await keptBytes();
      else if (rows % 20_000 === 0) grown = Math.max(grown, (await keptBytes()) - before);
    }
    expect(rows).toBe(total);
    // The rows are 22 MB on the wire.
    expect(grown).toBeLessThan(4 * 1024 * 1024);
  });

  it('cuts a long cell, says so, and tells columns with the same name', async () => {
    const seen: unknown[] = [];
    const observer = {
      columns: (names: readonly string[]) => void seen.push(names),
      oddCell: (column: string, fault: string) => void seen.push([column, fault]),
    };
    const long = types.nvarcharMax('long');
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, table([one, long, one], [[1, 'x'.repeat(3_000_000), 2]])),
    });
    const rows = await rowsOf(database, 'SELECT', {}, { observer });
    expect(rows).toEqual([{ n: 2, long: 'x'.repeat(1_048_576) }]);
    expect(seen).toEqual([
      ['n', 'long', 'n'],
      ['long', 'cut'],
    ]);
  });

  it('refuses a row of more than 16 MiB amid its bytes, and goes on in a new session', async () => {
    const long = types.nvarcharMax('long');
    const huge = table([long], [['short'], ['x'.repeat(30_000_000)]]);
    let isGone = false;
    const { responder, database } = await bench.start({
      answer: async ({ text }, exchange) => {
        if (!text.includes('huge')) {
          answer(exchange, single);
          return;
        }
        void exchange.gone.then(() => (isGone = true));
        await exchange.send(tokens.began());
        for (let sent = 0; sent < huge.length && !isGone; sent += 500_000)
          await exchange.send(huge.subarray(sent, sent + 500_000));
      },
    });
    const error = await failureOf(rowsOf(database, 'SELECT huge'));
    expect([error.kind, error.message]).toEqual(['query', expect.stringContaining('16 MiB')]);
    await expect.poll(() => isGone).toBe(true);
    const logins = responder.logins.length;
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins).toHaveLength(logins + 1);
  });

  it('holds few long rows for a slow reader', async () => {
    const long = types.nvarcharMax('long');
    const chunk = tokens.row([long], ['x'.repeat(500_000)]);
    let sent = 0;
    const { database } = await bench.start({
      answer: async (_, exchange) => {
        await exchange.send(tokens.began(), tokens.columns([long]));
        for (; sent < 60; sent += 1) await exchange.send(chunk);
        exchange.end(tokens.doneInProc({ rows: 60, more: true }), tokens.rolledBack(), tokens.doneProc());
      },
    });
    let rows = 0;
    for await (const { long: text } of database.query('SELECT', {}, options())) {
      rows += 1;
      expect(String(text)).toHaveLength(500_000);
      await delay(10);
      // Besides what is here, a few MB are in the buffers of the kernel.
      expect(sent - rows).toBeLessThan(20);
    }
    expect(rows).toBe(60);
  });

  it('cancels on the server at the bound, and uses the session again', async () => {
    const { responder, database } = await bench.start(stops);
    expect(await rowsOf(database, 'SELECT endless', {}, { maxRows: 3 })).toHaveLength(3);
    expect(responder.attentions).toBe(1);
    const logins = responder.logins.length;
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins).toHaveLength(logins);
  });

  it('does not cancel when there are just as many rows as the bound', async () => {
    const { responder, database } = await bench.start({
      answer: (_, exchange) => answer(exchange, table([one], [[1], [2]])),
    });
    expect(await rowsOf(database, 'SELECT', {}, { maxRows: 2 })).toEqual([{ n: 1 }, { n: 2 }]);
    expect(responder.attentions).toBe(0);
  });

  it('cancels on the server when the loop is left or throws', async () => {
    const { responder, database } = await bench.start(stops);
    for await (const row of database.query('SELECT endless', {}, options({ maxRows: 1e9 })))
      if (row['n'] === 5) break;
    expect(responder.attentions).toBe(1);
    const loop = async (): Promise<void> => {
      for await (const row of database.query('SELECT endless', {}, options()))
        throw new Error(`row ${String(row['n'])}`);
    };
    await expect(loop()).rejects.toThrow('row 1');
    expect(responder.attentions).toBe(2);
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('hands out the first result of several, and none of a statement that has none', async () => {
    const { database } = await bench.start({
      answer: ({ text }, exchange) => {
        if (text.includes('INSERT')) answer(exchange, tokens.doneInProc({ rows: 1, more: true }));
        else answer(exchange, table([one], [[1]]), table([filler], [['x']]));
      },
    });
    expect(await rowsOf(database, 'SELECT 1; SELECT 2')).toEqual([{ n: 1 }]);
    expect(await rowsOf(database, 'INSERT')).toEqual([]);
  });
});

describe('ending early', () => {
  const hang = ({ text }: TdsRequest, exchange: Exchange): Promise<void> | undefined => {
    if (text.includes('hang')) return undefined;
    answer(exchange, single);
    return undefined;
  };
  const honour = async ({ text }: TdsRequest, exchange: Exchange): Promise<void> => {
    if (!text.includes('hang')) {
      answer(exchange, single);
      return;
    }
    await exchange.attention;
    exchange.end(tokens.began(), tokens.rolledBack(), tokens.done({ error: true }));
    exchange.acknowledge();
  };

  it('cancels on the server when the time is up', async () => {
    const { responder, database } = await bench.start({ answer: honour });
    const error = await failureOf(rowsOf(database, 'SELECT hang', {}, { timeoutMs: 100 }));
    expect(error).toMatchObject({ kind: 'timeout', code: 'mssql:-2' });
    expect(responder.attentions).toBe(1);
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('cancels on the server when the signal fires', async () => {
    const { responder, database } = await bench.start({ answer: honour });
    const error = await failureOf(rowsOf(database, 'SELECT hang', {}, { signal: AbortSignal.timeout(100) }));
    expect(error.kind).toBe('aborted');
    expect(responder.attentions).toBe(1);
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('drops the connection of a server that ignores the cancel', async () => {
    const { responder, database } = await bench.start({ answer: hang });
    let error: DatabaseError | undefined;
    const took = await timeOf(async () => {
      error = await failureOf(rowsOf(database, 'SELECT hang', {}, { timeoutMs: 100 }));
    });
    expect(error?.kind).toBe('timeout');
    expect(took).toBeGreaterThan(1000);
    expect(took).toBeLessThan(2000);
    expect(responder.attentions).toBe(1);
    await expect.poll(() => responder.sessions).toBe(0);
    const logins = responder.logins.length;
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins).toHaveLength(logins + 1);
  });

  it('survives an acknowledgement that says more than tedious expects of one', async () => {
    const { database } = await bench.start({
      answer: async ({ text }, exchange) => {
        if (!text.includes('hang')) {
          answer(exchange, single);
          return;
        }
        await exchange.send(tokens.began());
        await exchange.attention;
        exchange.end(tokens.done({ error: true }));
        exchange.acknowledge(tokens.rolledBack());
      },
    });
    const error = await failureOf(rowsOf(database, 'SELECT hang', {}, { timeoutMs: 100 }));
    expect(error.kind).toBe('timeout');
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('cancels what runs when it is closed, and then takes no more', async () => {
    const { responder, database } = await bench.start({ answer: honour }, { connections: 2 });
    await rowsOf(database, 'SELECT 1 AS n');
    const running = [failureOf(rowsOf(database, 'SELECT hang')), failureOf(rowsOf(database, 'SELECT hang'))];
    const waiting = failureOf(rowsOf(database, 'SELECT 1 AS n'));
    await expect.poll(() => responder.requests.length).toBe(3);
    expect(await timeOf(() => database.close())).toBeLessThan(1000);
    for (const failure of [...running, waiting]) expect((await failure).kind).toBe('aborted');
    expect(responder.attentions).toBe(2);
    await expect.poll(() => responder.sessions).toBe(0);
    expect((await failureOf(database.ping(never))).kind).toBe('aborted');
  });

  it('is closed within 2 s though the server ignores the cancel', async () => {
    const { responder, database } = await bench.start({ answer: hang });
    const running = failureOf(rowsOf(database, 'SELECT hang'));
    await expect.poll(() => responder.requests.length).toBe(1);
    expect(await timeOf(() => database.close())).toBeLessThan(2000);
    expect((await running).kind).toBe('aborted');
    await expect.poll(() => responder.sessions).toBe(0);
  });
});
