import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import mssql from 'mssql';
import mysql from 'mysql2';
import pg from 'pg';
import { Connection, Request } from 'tedious';
import valueParser from 'tedious/lib/value-parser.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../src/databases/mysql/connect.ts';
import type { Lender } from '../../src/databases/mssql/pool.ts';
import { CopyConnection } from '../../src/databases/postgres/copy-filter.ts';
import { startMariadb, type Mariadb } from '../helpers/mariadb.ts';
import { everything, Probe, refusal } from '../helpers/pg-probe.ts';
import { int16, int32, message, startPostgresResponder } from '../helpers/postgres-responder.ts';
import { describeReal } from '../helpers/real.ts';
import { answer, never, single, useBench } from '../helpers/tds-database.ts';
import type { Script } from '../helpers/tds-responder.ts';
import { table, tokens, types } from '../helpers/tds-tokens.ts';

/*
 * Every part of a client package that its documentation does not promise and that a driver relies on, by name. When an update
 * of the package takes one away, the test of that name fails; docs/dependencies.md says what each is for.
 */

const packages = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};

describe('a client package whose internals are used', () => {
  it.each(['pg', 'mssql', 'tedious', 'mysql2'])('%s is pinned to one version', (name) => {
    expect(packages.dependencies[name]).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

async function connectPg(answers: readonly Buffer[], connection?: pg.Connection) {
  const responder = await startPostgresResponder(answers);
  onTestFinished(() => responder.close());
  const config = { host: '127.0.0.1', port: responder.port, user: 'u', password: 'p', pipeline: true };
  const client = new pg.Client(connection === undefined ? config : { ...config, ...{ connection } });
  client.on('error', () => undefined);
  const key = once(client.connection, 'backendKeyData');
  await client.connect();
  return { client, responder, key };
}

describe('pg', () => {
  it('Client with pipeline takes a subclass of Query and calls its submit and its handlers', async () => {
    const { client } = await connectPg([everything, refusal]);
    const [first, second] = [new Probe(), new Probe()];
    client.query(first);
    client.query(second);
    await Promise.all([first.ended, second.ended]);
    expect(first.calls).toEqual([
      'RowDescription',
      'DataRow ["7"] of 11 bytes',
      'EmptyQuery',
      'CopyInResponse',
      'PortalSuspended',
      'CommandComplete',
    ]);
    expect(second.calls).toEqual(['Error 42601']);
  });

  it('Connection.parse, bind, describe, execute, sync and sendCopyFail write those messages', async () => {
    const { client, responder } = await connectPg([everything]);
    const probe = new Probe();
    client.query(probe);
    await probe.ended;
    await expect.poll(() => responder.received.map(({ type }) => type).join('')).toBe('PBDESf');
    const [parse, , portal, execute] = responder.received;
    expect(parse?.content).toEqual(Buffer.concat([Buffer.from('\0SELECT $1\0'), int16(1), int32(1184)]));
    expect(portal?.content.toString()).toBe('P\0');
    expect(execute?.content).toEqual(Buffer.concat([Buffer.from('\0'), int32(5)]));
  });

  it('Client.connection emits backendKeyData with processID and secretKey', async () => {
    const { key } = await connectPg([]);
    expect((await key)[0]).toMatchObject({ processID: 4711, secretKey: 815 });
  });

  it('Connection.connect and cancel make a CancelRequest', async () => {
    const { responder } = await connectPg([]);
    const wire = new pg.Connection({ ssl: false }) as pg.Connection & {
      connect(port: number, host: string): void;
      cancel(processId: number, secretKey: number): void;
    };
    wire.once('connect', () => wire.cancel(4711, 815));
    wire.connect(responder.port, '127.0.0.1');
    await expect.poll(() => responder.starts[1]).toEqual(int32(80877102, 4711, 815));
    wire.stream.destroy();
  });

  it('Connection.requestSsl asks for TLS', async () => {
    const { responder } = await connectPg([]);
    const wire = new pg.Connection({ ssl: { rejectUnauthorized: false } }) as pg.Connection & {
      connect(port: number, host: string): void;
      requestSsl(): void;
    };
    wire.on('error', () => undefined);
    wire.once('connect', () => wire.requestSsl());
    wire.connect(responder.port, '127.0.0.1');
    await expect.poll(() => responder.starts[1]).toEqual(int32(80877103));
    wire.stream.destroy();
  });

  it.each([{ keepAlive: true }, { ssl: false as const }])(
    'Client takes the option connection, and Connection.attachListeners what its parser is fed, with %o',
    async (config) => {
      const connection = new CopyConnection(config);
      const copied: string[] = [];
      connection.copySink = (bytes, from, to) => void copied.push(bytes.toString('utf8', from, to));
      const rows = Buffer.concat([
        message('H', Buffer.from([0]), int16(0)),
        message('d', 'row'),
        message('c'),
      ]);
      const { client } = await connectPg([Buffer.concat([rows, message('C', 'COPY 1\0')])], connection);
      expect(client.connection).toBe(connection);
      const probe = new Probe();
      client.query(probe);
      await probe.ended;
      expect(copied).toEqual(['row']);
      expect(probe.calls).toEqual(['CommandComplete']);
    },
  );
});

describe('tedious', () => {
  const bench = useBench();
  async function connectTedious(
    prepare: (connection: Connection) => void = () => undefined,
    script: Script = { answer: (_, exchange) => answer(exchange, single) },
  ): Promise<Connection> {
    const { responder } = await bench.start(script);
    const connection = new Connection({
      server: '127.0.0.1',
      authentication: { type: 'default', options: { userName: 'u', password: 'p' } },
      options: { port: responder.port, encrypt: false },
    });
    bench.after(() => {
      connection.close();
      return Promise.resolve();
    });
    prepare(connection);
    await new Promise<void>((resolve, reject) => {
      connection.connect((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
    return connection;
  }

  /** Runs a batch to its end; what its event columnMetadata brought. */
  async function columnsOf(connection: Connection): Promise<unknown> {
    let columns: unknown;
    await new Promise<void>((resolve, reject) => {
      const request = new Request('SELECT 1', (error) => {
        if (error) reject(error);
        else resolve();
      });
      request.on('columnMetadata', (given) => {
        columns = given;
      });
      connection.execSqlBatch(request);
    });
    return columns;
  }

  it('ConnectionPool of mssql lends by acquire, takes back by release, and calls beforeConnect before a login', async () => {
    const { responder } = await bench.start({ answer: (_, exchange) => answer(exchange, single) });
    const opened: Connection[] = [];
    const loginsBefore: number[] = [];
    const pool = new mssql.ConnectionPool({
      server: '127.0.0.1',
      user: 'u',
      password: 'p',
      validateConnection: 'socket',
      pool: { max: 1, min: 0 },
      options: { port: responder.port, encrypt: false },
      beforeConnect: (connection) => {
        opened.push(connection);
        loginsBefore.push(responder.logins.length);
      },
    }) as mssql.ConnectionPool & Lender;
    bench.after(async () => {
      await pool.close();
    });
    await pool.connect();
    const first = await pool.acquire(pool);
    expect(first).toBeInstanceOf(Connection);
    // One connection is opened to try, and closed again.
    expect([opened.indexOf(first), loginsBefore]).toEqual([1, [0, 1]]);
    pool.release(first);
    expect(await pool.acquire(pool)).toBe(first);
    first.close();
    pool.release(first);
    const second = await pool.acquire(pool);
    expect([second === first, opened.indexOf(second)]).toEqual([false, 2]);
    pool.release(second);
  });

  it('lib/value-parser.js exports readValue, and decoders of rows call what stands there', async () => {
    expect(Object.getOwnPropertyDescriptor(valueParser, 'readValue')).toMatchObject({ writable: true });
    const exact = '12345678901234567890.12345678';
    const { database } = await bench.start({
      answer: (_, exchange) =>
        answer(exchange, table([types.decimal(38, 8)('total')], [[1234567890123456789012345678n]])),
    });
    const rows = await Array.fromAsync(
      database.query('SELECT total', {}, { signal: never, maxRows: 1, timeoutMs: 5000 }),
    );
    expect(rows).toEqual([{ total: exact }]);
  });

  it('Connection.sendLogin7Packet sends the login, and can keep it back', async () => {
    const login = connectTedious((connection) => {
      connection.sendLogin7Packet = () => {
        throw new Error('kept back');
      };
    });
    await expect(login).rejects.toThrow('kept back');
  });

  it('Connection.createTokenStreamParser makes the parser of every answer, whose parser is a stream', async () => {
    let made = 0;
    const connection = await connectTedious((each) => {
      const create = each.createTokenStreamParser.bind(each);
      each.createTokenStreamParser = (incoming, handler) => {
        const parser = create(incoming, handler);
        made += 1;
        expect(parser).toBeInstanceOf(EventEmitter);
        expect(parser.parser).toBeInstanceOf(Readable);
        return parser;
      };
    });
    const before = made;
    expect(before).toBeGreaterThan(0);
    await columnsOf(connection);
    expect(made).toBe(before + 1);
  });

  it('Connection has state, STATE, socket, closed and inTransaction', async () => {
    const connection = await connectTedious();
    const { state, STATE, socket, closed, inTransaction } = connection;
    expect(state).toBe(STATE.LOGGED_IN);
    expect(socket?.writable).toBe(true);
    expect(socket?.bytesRead).toBeGreaterThan(0);
    expect([closed, inTransaction]).toEqual([false, false]);
    connection.close();
    expect(connection.closed).toBe(true);
    expect(connection.state).not.toBe(STATE.LOGGED_IN);
  });

  it('the event columnMetadata names the types of columns as the readers of values do', async () => {
    const specs = { n: types.int('n'), d: types.decimal(9, 2)('d'), at: types.datetimeoffset(7)('at') };
    const connection = await connectTedious(undefined, {
      answer: (_, exchange) => exchange.end(table(Object.values(specs), []), tokens.done()),
    });
    const columns = await columnsOf(connection);
    expect(columns).toMatchObject([
      { colName: 'n', type: { name: 'IntN' } },
      { colName: 'd', type: { name: 'DecimalN' }, scale: 2 },
      { colName: 'at', type: { name: 'DateTimeOffset' }, scale: 7 },
    ]);
  });
});

describeReal('mysql2', ['mariadb'], () => {
  let server: Mariadb;
  let connection: mysql.Connection;
  const sql = 'SELECT CAST(? AS UUID) AS id, 7 AS n';

  beforeAll(async () => {
    server = await startMariadb({ tls: true });
    ({ connection } = await connect(server.settings(), never));
  });
  afterAll(async () => {
    connection.destroy();
    await server.dispose();
  });

  const described = [
    expect.objectContaining({ name: 'id', extendedTypeName: 'uuid', columnType: mysql.Types.STRING }),
    expect.objectContaining({
      name: 'n',
      columnType: mysql.Types.LONG,
      flags: expect.any(Number) as unknown,
    }),
  ];

  it('a prepared statement has columns, with type, flags, length and character set', async () => {
    const columns = await new Promise<unknown>((resolve, reject) => {
      connection.prepare(sql, (error, statement) => {
        if (error) reject(error);
        else resolve(Reflect.get(statement, 'columns'));
      });
    });
    expect(columns).toEqual(described);
    const [, number] = columns as readonly unknown[];
    expect(number).toMatchObject({ columnLength: 1, characterSet: 63 });
  });

  it('a command emits fields that say the same, before its rows', async () => {
    const command = connection.execute({
      sql,
      values: ['00000000-0000-0000-0000-000000000001'],
      rowsAsArray: true,
    });
    const fields = once(command, 'fields');
    const rows = await Array.fromAsync(command.stream());
    expect((await fields)[0]).toEqual(described);
    expect(rows).toEqual([['00000000-0000-0000-0000-000000000001', 7]]);
  });

  it('ssl.verifyIdentity checks the name of the option host, whatever the option stream leads to', async () => {
    const tls = { mode: 'verify-full', ca: server.ca } as const;
    const link = await connect({ ...server.settings(), tls: { ...tls, serverName: 'localhost' } }, never);
    link.connection.destroy();
    // An address that the certificate does not name; without the trick in connect.ts mysql2 would not look.
    await expect(connect({ ...server.settings(), tls }, never)).rejects.toThrow(/127\.0\.0\.1/);
  });
});
