import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import mssql from 'mssql';
import { describe, expect, it } from 'vitest';
import type { DatabaseSettings } from '../../../src/databases/contract.ts';
import { connectionConfig } from '../../../src/databases/mssql/connection-config.ts';
import { makeCertificate } from '../../helpers/certificate.ts';
import { freePort, startSilentServer } from '../../helpers/tcp.ts';
import { answer, never, single, useBench } from '../../helpers/tds-database.ts';
import { grant, type Exchange, type Script } from '../../helpers/tds-responder.ts';
import { tokens } from '../../helpers/tds-tokens.ts';
import { failureOf, rowsOf, timeOf } from '../contract/scene.ts';

const bench = useBench();
// More than fits a packet, so that the first is on its way.
const packetful = Buffer.alloc(5000, tokens.collation());

describe('logging in', () => {
  const refuse =
    (...errors: [number, string][]): NonNullable<Script['login']> =>
    (_, exchange) =>
      exchange.end(
        ...errors.map(([number, text]) => tokens.error(number, text, 14)),
        tokens.done({ error: true }),
      );
  const denied: [number, string] = [18456, "Login failed for user 'exporter'."];

  it('tells a refused login by the number and the words of the server', async () => {
    const { database } = await bench.start({ login: refuse(denied) });
    const error = await failureOf(database.ping(never));
    expect(error).toMatchObject({ kind: 'login', code: 'mssql:18456', message: denied[1] });
  });

  it('shows no password, whatever the server says', async () => {
    const { database } = await bench.start({ login: refuse([18456, 'Login with geheim-7 failed']) });
    const error = await failureOf(database.ping(never));
    expect(error).toMatchObject({ kind: 'login', code: 'mssql:18456', message: 'Login with *** failed' });
  });

  it('masks no letter of a password that is part of other words', async () => {
    const { database } = await bench.start({ login: refuse(denied) }, { password: 'log' });
    expect((await failureOf(database.ping(never))).message).toBe(denied[1]);
  });

  it('tells an unknown database from a refused login, though the server names both', async () => {
    const unknown: [number, string] = [
      4060,
      'Cannot open database "ACME" requested by the login. The login failed.',
    ];
    const { database } = await bench.start({ login: refuse(unknown, denied) });
    const error = await failureOf(database.ping(never));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'mssql:4060', message: unknown[1] });
  });

  it('tries again when asked to, and gets in when the server lets it', async () => {
    let open = false;
    const { database } = await bench.start({
      login: (login, exchange) => (open ? grant(exchange) : refuse(denied)(login, exchange)),
      answer: (_, exchange) => answer(exchange, single),
    });
    expect((await failureOf(rowsOf(database, 'SELECT 1 AS n'))).kind).toBe('login');
    expect((await failureOf(rowsOf(database, 'SELECT 1 AS n'))).kind).toBe('login');
    open = true;
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  it('gives up on a server that never answers the login', async () => {
    const { database } = await bench.start({ login: () => undefined }, { connectTimeoutMs: 200 });
    const took = await timeOf(async () => {
      expect((await failureOf(database.ping(never))).kind).toBe('unreachable');
    });
    expect(took).toBeLessThan(1500);
  });

  it('can be given up, and closed, while the server does not answer', async () => {
    const { database } = await bench.start({ login: () => undefined }, { connectTimeoutMs: 60_000 });
    expect((await failureOf(database.ping(AbortSignal.timeout(100)))).kind).toBe('aborted');
    const waiting = failureOf(database.ping(never));
    await delay(50);
    expect(await timeOf(() => database.close())).toBeLessThan(2000);
    expect((await waiting).kind).toBe('aborted');
  });

  it.each([
    ['resets the connection', (exchange: Exchange) => exchange.reset()],
    ['closes the connection', (exchange: Exchange) => exchange.socket.end()],
    ['answers nonsense', (exchange: Exchange) => exchange.end(tokens.garbage())],
    ['begins an answer and says no more', (exchange: Exchange) => void exchange.send(packetful)],
    [
      'closes the connection amid its answer',
      (exchange: Exchange) => void exchange.send(packetful).then(() => exchange.reset()),
    ],
  ])('survives a server that %s', async (_, login) => {
    const { database } = await bench.start(
      { login: (_, exchange) => login(exchange) },
      { connectTimeoutMs: 1000 },
    );
    expect((await failureOf(database.ping(never))).kind).toBe('unreachable');
  });

  it.each([
    ['resets the connection', (exchange: Exchange) => exchange.reset()],
    ['answers nonsense', (exchange: Exchange) => exchange.end(tokens.garbage())],
    ['does not answer', () => undefined],
  ])('cannot use a session whose locking could not be set, as the server %s', async (_, setup) => {
    const { database } = await bench.start(
      {
        setup: ({ text }, exchange) => {
          if (text.startsWith('set lock_timeout')) setup(exchange);
          else exchange.end(tokens.done());
        },
      },
      { connectTimeoutMs: 300 },
    );
    const took = await timeOf(async () => {
      expect((await failureOf(database.ping(never))).kind).toBe('unreachable');
    });
    expect(took).toBeLessThan(2000);
  });

  it('makes a session as new before it is used again', async () => {
    const { responder, database } = await bench.start({ answer: (_, exchange) => answer(exchange, single) });
    await rowsOf(database, 'SELECT 1 AS n');
    const { setups, logins } = responder;
    const [before, sessions] = [setups.length, logins.length];
    await rowsOf(database, 'SELECT 1 AS n');
    // What the server forgets with `sp_reset_connection` is set again.
    const again = setups.slice(before).join('\n');
    for (const setting of ['set xact_abort on', 'set lock_timeout 4000', 'set deadlock_priority low'])
      expect(again).toContain(setting);
    expect(logins).toHaveLength(sessions);
  });

  it('closes a session that the server does not make as new', async () => {
    let statements = 0;
    const { responder, database } = await bench.start({
      setup: (_, exchange) => {
        if (statements === 0) exchange.end(tokens.done());
      },
      answer: (_, exchange) => {
        statements += 1;
        answer(exchange, single);
      },
    });
    const took = await timeOf(() => rowsOf(database, 'SELECT 1 AS n'));
    expect(took).toBeLessThan(2000);
    await expect.poll(() => responder.sessions).toBe(0);
  });

  it('tells that nothing listens, that nobody answers and that no such host exists', async () => {
    const refused = await failureOf(bench.connect(await freePort()).ping(never));
    expect(refused).toMatchObject({ kind: 'unreachable', code: 'node:ECONNREFUSED' });
    const silent = await startSilentServer();
    bench.after(() => silent.close());
    const mute = bench.connect(silent.port, { connectTimeoutMs: 200 });
    expect(await failureOf(mute.ping(never))).toMatchObject({ kind: 'unreachable', code: 'node:ETIMEOUT' });
    const nowhere = bench.connect(1433, { host: 'no-such-host.invalid' });
    expect((await failureOf(nowhere.ping(never))).kind).toBe('unreachable');
  });
});

describe('an account of Windows', () => {
  const nonce = Buffer.from('01234567');
  /** The challenge of [MS-NLMP] 2.2.1.2 for a domain, without information about the target. */
  const challenge = (domain: string): Buffer => {
    const name = Buffer.from(domain, 'utf16le');
    const head = Buffer.alloc(56);
    head.write('NTLMSSP\0');
    head.writeInt32LE(2, 8);
    head.writeInt16LE(name.length, 12);
    head.writeInt16LE(name.length, 14);
    head.writeInt32LE(56, 16);
    head.writeInt32LE(0x00028233, 20);
    nonce.copy(head, 24);
    return Buffer.concat([head, name]);
  };

  it.each(['disable', 'require'] as const)('logs in by NTLM, with tls %s', async (mode) => {
    const folder = mkdtempSync(join(tmpdir(), 'erp-ntlm-'));
    const certificate = makeCertificate(folder, 'own', 'erp.example');
    rmSync(folder, { recursive: true });
    const messages: Buffer[] = [];
    const { responder, database } = await bench.start(
      {
        ...(mode === 'disable' ? {} : { tls: certificate }),
        login: (_, exchange) => exchange.end(tokens.sspi(challenge('ACME'))),
        sspi: (message, exchange) => {
          messages.push(message);
          grant(exchange);
        },
        answer: (_, exchange) => answer(exchange, single),
      },
      { user: 'ACME\\reader', tls: { mode } },
    );
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins.every(({ user, password }) => user === '' && password === '')).toBe(true);
    const text = messages.at(-1)?.toString('utf16le') ?? '';
    for (const word of ['ACME', 'reader']) expect(text).toContain(word);
    expect(Buffer.concat(messages).includes(Buffer.from('geheim-7', 'utf16le'))).toBe(false);
  });
});

describe('a named instance', () => {
  const named = { host: '127.0.0.1\\SAGE' };

  it('whose Browser does not answer names it, its port, and `port`', async () => {
    const silent = createSocket('udp4');
    silent.bind(1434, '127.0.0.1');
    await once(silent, 'listening');
    bench.after(async () => {
      silent.close();
      await once(silent, 'close');
    });
    const database = bench.connect(1, { ...named, connectTimeoutMs: 200 }, ['port']);
    const error = await failureOf(database.ping(never));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'node:ETIMEOUT' });
    expect(error.message).toMatch(
      /SQL Server Browser \(UDP port 1434\) did not answer.* instance SAGE.*set port:/,
    );
  });

  it('that the Browser does not know names the Browser, and `port`', async () => {
    const browser = createSocket('udp4');
    browser.on('message', (_, { port, address }) => {
      const list = 'ServerName;ERP;InstanceName;OTHER;IsClustered;No;Version;16.0;tcp;50123;;';
      browser.send(Buffer.concat([Buffer.from([5, 0, 0]), Buffer.from(list)]), port, address);
    });
    browser.bind(1434, '127.0.0.1');
    await once(browser, 'listening');
    bench.after(async () => {
      browser.close();
      await once(browser, 'close');
    });
    const error = await failureOf(bench.connect(1, named, ['port']).ping(never));
    expect(error).toMatchObject({ kind: 'unreachable', code: 'node:EINSTLOOKUP' });
    expect(error.message).toMatch(/Port for SAGE not found.*SQL Server Browser.*set port:/);
  });
});

describe('encryption', () => {
  const folder = mkdtempSync(join(tmpdir(), 'erp-mssql-'));
  const own = makeCertificate(folder, 'own', 'erp.example');
  const other = makeCertificate(folder, 'other', 'erp.example');
  rmSync(folder, { recursive: true });
  const script: Script = { tls: own, answer: (_, exchange) => answer(exchange, single) };
  const ca = own.cert;

  it.each([
    [{ mode: 'require' }],
    [{ mode: 'verify-ca', ca }],
    [{ mode: 'verify-ca', ca, serverName: 'another.example' }],
    [{ mode: 'verify-full', ca, serverName: 'erp.example' }],
  ] as const)('talks to a server that fits %o', async (tls) => {
    const { responder, database } = await bench.start(script, { tls });
    expect(await rowsOf(database, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(responder.logins.at(-1)?.password).toBe('geheim-7');
  });

  it.each([
    [{ mode: 'verify-ca' }],
    [{ mode: 'verify-ca', ca: other.cert }],
    [{ mode: 'verify-full', ca: other.cert, serverName: 'erp.example' }],
    [{ mode: 'verify-full', ca, serverName: 'another.example' }],
  ] as const)('sends no login to a server that does not fit %o', async (tls) => {
    const { responder, database } = await bench.start(script, { tls });
    const error = await failureOf(database.ping(never));
    expect(error.kind).toBe('unreachable');
    expect(error.message).toMatch(/certificate/);
    expect(responder.logins).toEqual([]);
  });

  it.each([
    [
      { mode: 'verify-full' },
      /self-signed certificate: set tls_ca_file to .*; and where it does not name the address 127\.0\.0\.1, set tls_server_name/,
    ],
    [
      { mode: 'verify-full', ca },
      /does not name the address 127\.0\.0\.1; connect by a name .*, or set tls_server_name to it; set tls_ca_file/,
    ],
    [
      { mode: 'verify-full', serverName: 'erp.example' },
      /self-signed certificate: set tls_ca_file to [^;]*$/,
    ],
    [{ mode: 'verify-ca' }, /not trusted: DEPTH_ZERO_SELF_SIGNED_CERT: set tls_ca_file/],
    [
      { mode: 'verify-full', ca, serverName: 'another.example' },
      /: connect by a name that the certificate has, or set tls_server_name to it$/,
    ],
  ] as const)(
    'says of %o what to do about the certificate of a server with an address',
    async (tls, words) => {
      const { database } = await bench.start(script, { tls });
      const error = await failureOf(database.ping(never));
      expect(error.kind).toBe('unreachable');
      expect(error.message).toMatch(words);
    },
  );

  it.each(['require', 'verify-ca', 'verify-full'] as const)(
    'sends no login in plain text when %s was asked for',
    async (mode) => {
      const { responder, database } = await bench.start({}, { tls: { mode, ca } });
      const error = await failureOf(database.ping(never));
      expect(error).toMatchObject({ kind: 'unreachable', message: 'The server does not offer encryption' });
      expect(responder.logins).toEqual([]);
    },
  );
});

describe('the address', () => {
  const settings: DatabaseSettings = {
    name: 'erp',
    driver: 'mssql',
    host: 'erp.example',
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 1000,
    lockTimeoutMs: 1000,
    tls: { mode: 'require' },
  };
  const optionsFor = (overrides: Partial<DatabaseSettings>): unknown =>
    connectionConfig({ ...settings, ...overrides });

  it('is a host with port 1433, or with a port, or a named instance', () => {
    expect(optionsFor({})).toMatchObject({ server: 'erp.example', options: { port: 1433 } });
    expect(optionsFor({ port: 14330 })).toMatchObject({ server: 'erp.example', options: { port: 14330 } });
    const instance = { server: 'erp.example', options: { instanceName: 'SAGE' } };
    expect(optionsFor({ host: 'erp.example\\SAGE' })).toMatchObject(instance);
    expect(optionsFor({ host: 'erp.example\\SAGE' })).not.toHaveProperty('options.port');
  });

  it('with a port needs no look for the instance', () => {
    const both = optionsFor({ host: 'erp.example\\SAGE', port: 14330 });
    expect(both).toMatchObject({ server: 'erp.example', options: { port: 14330 } });
    expect(both).not.toHaveProperty('options.instanceName');
  });
});

describe('the login', () => {
  const base: DatabaseSettings = {
    name: 'erp',
    driver: 'mssql',
    host: 'erp.example',
    user: 'app-id',
    password: 'app-secret',
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 1000,
    lockTimeoutMs: 1000,
    tls: { mode: 'verify-full' },
  };

  it.each<[Partial<DatabaseSettings>, unknown]>([
    [{}, { type: 'default', options: { userName: 'app-id', password: 'app-secret' } }],
    [
      { user: 'ACME\\reader' },
      { type: 'ntlm', options: { domain: 'ACME', userName: 'reader', password: 'app-secret' } },
    ],
    [
      { authentication: 'entra-service-principal', tenant: 'acme.example' },
      {
        type: 'azure-active-directory-service-principal-secret',
        options: { clientId: 'app-id', clientSecret: 'app-secret', tenantId: 'acme.example' },
      },
    ],
    [
      { authentication: 'entra-default' },
      { type: 'azure-active-directory-default', options: { clientId: 'app-id' } },
    ],
  ])('of %o is handed to the pool', (overrides, authentication) => {
    const config = connectionConfig({ ...base, ...overrides });
    expect(config.authentication).toEqual(authentication);
    expect(() => new mssql.ConnectionPool(config)).not.toThrow();
  });
});
