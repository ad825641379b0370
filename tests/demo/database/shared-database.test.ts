import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PGlite, protocol } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SharedDatabase } from '../../../src/demo/database/shared-database.ts';

const { serialize, Parser } = protocol;

/** A client that sends single messages of the protocol and remembers the names of those that come back. */
class Wire {
  readonly #socket: Socket;
  readonly received: string[] = [];
  readonly values: (string | null)[] = [];

  constructor(port: number) {
    const parser = new Parser();
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (data) => {
      parser.parse(data, (message) => {
        this.received.push(message.name);
        if ('fields' in message && Array.isArray(message.fields) && message.name === 'dataRow')
          this.values.push(...message.fields.map(String));
      });
    });
    this.send(serialize.startup({ user: 'postgres', database: 'postgres' }));
  }

  send(...messages: readonly Uint8Array[]): void {
    for (const message of messages) this.#socket.write(message);
  }

  async until(name: string): Promise<void> {
    await expect.poll(() => this.received, { timeout: 5000, interval: 5 }).toContain(name);
  }

  async leave(): Promise<void> {
    if (this.#socket.destroyed) return;
    this.#socket.destroy();
    await once(this.#socket, 'close');
  }
}

describe('SharedDatabase', () => {
  let database: SharedDatabase;
  let server: PGLiteSocketServer;
  let port: number;
  const clients: pg.Client[] = [];
  const wires: Wire[] = [];

  const client = async (): Promise<pg.Client> => {
    const one = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
    one.on('error', () => undefined);
    clients.push(one);
    await one.connect();
    return one;
  };
  const wire = async (): Promise<Wire> => {
    const one = new Wire(port);
    wires.push(one);
    await one.until('readyForQuery');
    one.received.length = 0;
    return one;
  };
  const numbers = async (): Promise<readonly number[]> => {
    const { rows } = await (await client()).query<{ n: number }>('SELECT n FROM numbers ORDER BY n');
    return rows.map(({ n }) => n);
  };

  beforeAll(async () => {
    database = new SharedDatabase({ dataDir: 'memory://' });
    await database.waitReady;
    server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 20 });
    await server.start();
    port = Number(server.getServerConn().split(':').at(-1));
  });
  beforeEach(async () => database.write('DROP TABLE IF EXISTS numbers; CREATE TABLE numbers (n int)'));
  afterEach(async () => {
    await Promise.all(clients.splice(0).map(async (one) => one.end()));
    await Promise.all(wires.splice(0).map(async (one) => one.leave()));
  });
  afterAll(async () => {
    await server.stop();
    await database.close();
  });

  it('lets a client end its extended query before another one begins', async () => {
    const [one, other] = [await wire(), await client()];
    one.send(serialize.parse({ text: `SELECT 'mine'` }), serialize.flush());
    await one.until('parseComplete');
    let answered = false;
    const answer = other
      .query<{ text: string }>('SELECT $1::text AS text', ['other'])
      .finally(() => (answered = true));
    const write = database.write('INSERT INTO numbers VALUES (1)');
    await sleep(100);
    expect(answered).toBe(false);
    one.send(serialize.bind({}), serialize.execute({}), serialize.sync());
    expect((await answer).rows).toEqual([{ text: 'other' }]);
    await write;
    await one.until('readyForQuery');
    expect(one.values).toEqual(['mine']);
    expect(one.received).not.toContain('error');
  });

  it.each([
    ['in a transaction', [serialize.query('BEGIN; INSERT INTO numbers VALUES (13)')], 'readyForQuery'],
    ['amid an extended query', [serialize.parse({ text: 'SELECT 1' }), serialize.flush()], 'parseComplete'],
    ['amid a failed one', [serialize.parse({ text: 'SELECT nonsense' }), serialize.flush()], 'error'],
  ])('goes on when a client leaves %s', async (_where, messages, reply) => {
    const one = await wire();
    one.send(...messages);
    await one.until(reply);
    await one.leave();
    await database.write('INSERT INTO numbers VALUES (1)');
    expect(await numbers()).toEqual([1]);
  });

  it('gives every one of many clients its own rows', async () => {
    const many = await Promise.all(Array.from({ length: 6 }, client));
    await Promise.all(
      many.map(async (one, index) => {
        for (let turn = 0; turn < 30; turn += 1) {
          if (turn % 7 === index) await expect(one.query('SELECT nonsense', [])).rejects.toThrow('nonsense');
          await one.query('BEGIN READ ONLY');
          const { rows } = await one.query<{ sum: number }>('SELECT $1::int + $2::int AS sum', [index, turn]);
          expect(rows).toEqual([{ sum: index + turn }]);
          await one.query('COMMIT');
          if (turn % 5 === 0) await database.write(`INSERT INTO numbers VALUES (${turn})`);
        }
      }),
    );
    expect(await numbers()).toHaveLength(36);
  });

  it('writes between the transactions of clients, never within one', async () => {
    const one = await client();
    await one.query('BEGIN READ ONLY');
    const write = database.write('INSERT INTO numbers VALUES (1)');
    await sleep(50);
    expect((await one.query('SELECT n FROM numbers')).rows).toEqual([]);
    await one.query('COMMIT');
    await write;
    expect((await one.query('SELECT n FROM numbers')).rows).toEqual([{ n: 1 }]);
  });

  it('ends a transaction that a client keeps open for too long', async () => {
    const one = await client();
    await one.query('BEGIN; INSERT INTO numbers VALUES (13)');
    const before = performance.now();
    await database.write('INSERT INTO numbers VALUES (1)', 200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(190);
    expect(await numbers()).toEqual([1]);
  });

  it('throws the words of the server, writes nothing then, and goes on', async () => {
    await expect(
      database.write('BEGIN; INSERT INTO numbers VALUES (1); SELECT nonsense; COMMIT'),
    ).rejects.toThrow('column "nonsense" does not exist');
    expect(await numbers()).toEqual([]);
  });

  it('needs its own turns: PGlite alone mixes up two clients', async () => {
    const plain = await PGlite.create({
      dataDir: 'memory://',
      loadDataDir: await database.dumpDataDir('none'),
    });
    const bare = new PGLiteSocketServer({ db: plain, host: '127.0.0.1', port: 0, maxConnections: 5 });
    await bare.start();
    const barePort = Number(bare.getServerConn().split(':').at(-1));
    const [one, other] = [new Wire(barePort), new Wire(barePort)];
    wires.push(one, other);
    await Promise.all([one.until('readyForQuery'), other.until('readyForQuery')]);
    one.send(serialize.parse({ text: `SELECT 'mine'` }), serialize.flush());
    await one.until('parseComplete');
    other.send(serialize.parse({ text: `SELECT 'other'` }), serialize.flush());
    await other.until('parseComplete');
    one.send(serialize.bind({}), serialize.execute({}), serialize.sync());
    await one.until('dataRow');
    expect(one.values).toEqual(['other']);
    await bare.stop();
    await plain.close();
  });
});
