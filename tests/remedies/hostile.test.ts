import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RemedyAction } from '../../src/config/config.ts';
import { openWritable } from '../../src/databases/sqlite/writable.ts';
import { handlerOf } from './attempts.ts';
import { hostileKeys } from './hostile-keys.ts';

/** Answers every request alike, and keeps what came, byte by byte. */
class RawServer {
  readonly requests: string[] = [];
  readonly #answer: string | undefined;
  readonly #server = createServer((socket) => this.#serve(socket));

  constructor(answer?: string) {
    this.#answer = answer;
  }

  async listen(): Promise<number> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()));
  }

  #serve(socket: Socket): void {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (head < 0 || text.length < head + 4 + length) return;
      this.requests.push(text);
      if (this.#answer === undefined) socket.destroy();
      else socket.end(this.#answer);
    });
  }
}

let server: RawServer;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const httpTo = (port: number): RemedyAction => ({
  type: 'http',
  method: 'POST',
  url: `http://127.0.0.1:${port}/api/orders/{record}/relaunch?by={monitor}`,
  headers: { Accept: 'text/plain' },
  headerFiles: { Authorization: '/run/token' },
  body: { order: '{record}', company: '{company}' },
  allowsPrivate: true,
  timeoutMs: 20_000,
});

it('a hostile key reaches no other address and no header of its own, by a real connection', async () => {
  server = new RawServer('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
  const port = await server.listen();
  try {
    const { run } = handlerOf(httpTo(port));
    for (const record of hostileKeys) {
      const before = server.requests.length;
      const outcome = await run(record);
      const raw = server.requests.slice(before);
      if (raw.length === 0) {
        expect(outcome).toMatchObject({ type: 'done', result: { answer: 'not_sent' } });
        continue;
      }
      expect(raw).toHaveLength(1);
      const [head = '', body = ''] = (raw[0] ?? '').split(/\r\n\r\n(.*)/s);
      const [line = '', ...headers] = head.split('\r\n');
      const [, segment = ''] =
        /^POST \/api\/orders\/([^/?#\s]*)\/relaunch\?by=web_orders HTTP\/1\.1$/.exec(line) ?? [];
      expect(decodeURIComponent(segment)).toBe(record);
      expect(headers.map((each) => each.split(':')[0]?.toLowerCase()).sort()).toEqual(
        [
          'accept',
          'authorization',
          'connection',
          'content-length',
          'content-type',
          'host',
          'idempotency-key',
          'user-agent',
        ].sort(),
      );
      expect(JSON.parse(Buffer.from(body, 'latin1').toString('utf8'))).toEqual({
        order: record,
        company: 'acme',
      });
    }
    expect(server.requests.length).toBeGreaterThan(25);
  } finally {
    await server.close();
  }
});

it('says what was answered, masked and cut, and begins an attempt once', async () => {
  server = new RawServer(
    'HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy',
  );
  const port = await server.listen();
  try {
    const { run, results } = handlerOf(httpTo(port));
    expect(await run('10045')).toEqual({
      type: 'done',
      note: 'answer 429: busy',
      result: { answer: '429', retryAfterMs: 120_000 },
    });
    expect(server.requests[0]).toContain('Idempotency-Key: remedy/abc/1/1');
    expect(await run('10045', { attempts: 2 })).toMatchObject({
      type: 'done',
      result: { answer: 'unknown' },
    });
    expect(server.requests).toHaveLength(1);
    expect(results).toEqual(['rejected', 'unknown']);
  } finally {
    await server.close();
  }
});

it('a connection that breaks after the request is an unknown outcome; one that never was is none', async () => {
  server = new RawServer();
  const port = await server.listen();
  const { run, results } = handlerOf(httpTo(port));
  expect(await run('1')).toMatchObject({ type: 'done', result: { answer: 'lost' } });
  await server.close();
  expect(await run('1')).toMatchObject({ type: 'done', result: { answer: 'unreachable' } });
  expect(results).toEqual(['unknown', 'failed']);
});

it('a dry run sends nothing', async () => {
  const { run, results } = handlerOf(httpTo(1));
  const payload = {
    remedy: 'relaunch',
    order: 'x',
    isDryRun: true,
    monitor: 'web_orders',
    record: '7',
    error: 'e',
    since: null,
    n: 1,
  };
  expect(await run('7', { payload })).toMatchObject({
    note: 'dry run: would have sent POST http://127.0.0.1:1/api/orders/7/relaunch?by=web_orders',
  });
  expect(results).toEqual(['dry_run']);
});

it('a hostile key changes no row but its own: SQLite', async () => {
  const file = join(folder, 'erp.db');
  const own = new DatabaseSync(file);
  own.exec('CREATE TABLE orders (n TEXT PRIMARY KEY, state TEXT, company TEXT)');
  const database = openWritable({
    name: 'fix',
    driver: 'sqlite',
    file,
    host: '',
    timezone: 'UTC',
    connections: 1,
    connectTimeoutMs: 20_000,
    lockTimeoutMs: 5000,
    tls: { mode: 'disable' },
  });
  const action: RemedyAction = {
    type: 'statement',
    database: 'fix',
    sql: "UPDATE orders SET state = 'again', company = :company WHERE n = :record",
    timeoutMs: 20_000,
  };
  try {
    const { run } = handlerOf(action, database);
    const insert = own.prepare("INSERT INTO orders VALUES (?, 'failed', '')");
    const keys = hostileKeys.filter((key) => !key.includes('\0'));
    for (const key of [...keys, 'innocent']) insert.run(key);
    for (const key of keys) {
      expect(await run(key)).toMatchObject({ result: { answer: 'done' }, note: '1 row changed' });
    }
    expect(await run('gone')).toMatchObject({ result: { answer: 'no_row' } });
    const rows = own.prepare('SELECT n, state FROM orders ORDER BY n').all();
    expect(rows).toHaveLength(keys.length + 1);
    expect(rows.filter(({ state }) => state === 'failed').map(({ n }) => n)).toEqual(['innocent']);
  } finally {
    await database.close();
    own.close();
  }
});
