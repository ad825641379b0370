import { performance } from 'node:perf_hooks';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedDatabase } from '../../../src/demo/database/embedded.ts';
import { startEmbedded } from '../../../src/demo/database/embedded.ts';

const ask = async (url: string, sql: string): Promise<readonly unknown[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('startEmbedded', () => {
  let database: EmbeddedDatabase;
  let folder: string;
  /** What it costs to start without a copy, in microseconds of the processor. */
  let costOfNew: number;
  const costSince = (before: NodeJS.CpuUsage): number => {
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  /** A file of what the database holds now. */
  const copyOf = async (): Promise<string> => {
    const file = join(folder, 'copy.tar.gz');
    await writeFile(file, await database.copy());
    return file;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-'));
    const before = process.cpuUsage();
    database = await startEmbedded('shop', AbortSignal.timeout(60_000));
    costOfNew = costSince(before);
    await database.write(['CREATE TABLE numbers (n int)']);
  });
  afterAll(async () => {
    await database.stop();
    await rm(folder, { recursive: true });
  });

  it('listens on this machine alone and holds what was written', async () => {
    expect(new URL(database.url).hostname).toBe('127.0.0.1');
    await database.write(['INSERT INTO numbers VALUES (1)', 'INSERT INTO numbers VALUES (2)']);
    expect(await ask(database.url, 'SELECT sum(n)::int AS sum FROM numbers')).toEqual([{ sum: 3 }]);
    await database.maintain();
  });

  it('writes all statements or none, and tells why', async () => {
    await expect(database.write(['INSERT INTO numbers VALUES (7)', 'SELECT nonsense'])).rejects.toThrow(
      '"nonsense"',
    );
    expect(await ask(database.url, 'SELECT n FROM numbers WHERE n = 7')).toEqual([]);
    await database.write([]);
  });

  it('writes though a client has made the shared session read-only', async () => {
    await ask(database.url, 'SET default_transaction_read_only = on');
    await database.write(['INSERT INTO numbers VALUES (8)']);
    expect(await ask(database.url, 'SELECT n FROM numbers WHERE n = 8')).toEqual([{ n: 8 }]);
  });

  it('starts another one from its copy, and both go their own ways', async () => {
    const before = process.cpuUsage();
    const other = await startEmbedded('erp', AbortSignal.timeout(60_000), await copyOf());
    expect(costSince(before)).toBeLessThan(0.75 * costOfNew);
    await other.write(['INSERT INTO numbers VALUES (100)']);
    expect(await ask(database.url, 'SELECT n FROM numbers WHERE n = 100')).toEqual([]);
    expect(await ask(other.url, 'SELECT n FROM numbers WHERE n >= 8 ORDER BY n')).toEqual([
      { n: 8 },
      { n: 100 },
    ]);
    await other.stop();
  });

  it('leaves our thread free while it computes', async () => {
    const before = performance.eventLoopUtilization();
    await ask(database.url, 'SELECT count(*) FROM generate_series(1, 2000000)');
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  it('stops at once amid a query, and refuses writes from then on', async () => {
    const other = await startEmbedded('erp', AbortSignal.timeout(60_000), await copyOf());
    const client = new pg.Client(other.url);
    client.on('error', () => undefined);
    await client.connect();
    const query = expect(
      client.query('SELECT count(*) FROM generate_series(1, 100000000)'),
    ).rejects.toThrow();
    const write = expect(other.write(['SELECT 1'])).rejects.toThrow('the erp database was stopped');
    const before = performance.now();
    await other.stop();
    expect(performance.now() - before).toBeLessThan(1500);
    await Promise.all([query, write]);
    await expect(other.write(['SELECT 1'])).rejects.toThrow('the erp database was stopped');
    await other.stop();
  });

  it('ends, and says so, when a message breaks its engine', async () => {
    const other = await startEmbedded('erp', AbortSignal.timeout(60_000), await copyOf());
    const socket = connect(Number(new URL(other.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(Buffer.from([0, 0, 0, 12, 0, 3, 0, 0, 255, 255, 255, 255]));
    await once(socket, 'close');
    await expect(other.write(['SELECT 1'])).rejects.toThrow(/^the erp database ended: .*PGlite broke down/);
    await other.stop();
  });

  it('gives up its start when told to', async () => {
    const controller = new AbortController();
    const start = startEmbedded('shop', controller.signal);
    setTimeout(() => controller.abort(new Error('Ctrl-C')), 300);
    const before = performance.now();
    await expect(start).rejects.toThrow('Ctrl-C');
    expect(performance.now() - before).toBeLessThan(1500);
    await expect(startEmbedded('shop', controller.signal)).rejects.toThrow('Ctrl-C');
  });
});
