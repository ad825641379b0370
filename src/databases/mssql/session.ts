import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Connection, type ConnectionConfiguration } from 'tedious';
import { unlessAborted } from '../shared/aborting.ts';
import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { isUnknownDatabase, toDatabaseError } from './errors.ts';
import { execute } from './statement.ts';
import type { PooledSession } from '../shared/pool.ts';
import { pemTexts } from '../shared/tls.ts';

type TokenStreamParser = ReturnType<Connection['createTokenStreamParser']>;

/** A connection that has logged in. */
export class Session implements PooledSession {
  readonly connection: Connection;

  private constructor(settings: DatabaseSettings) {
    this.connection = new Connection(connectionConfig(settings));
    // Whoever waits for an answer is told as well.
    this.connection.on('error', () => undefined);
    prepare(this.connection, settings);
  }

  /** Connects and logs in. @throws DatabaseError; of kind `aborted` when `signal` fires first. */
  static async open(settings: DatabaseSettings, signal: AbortSignal): Promise<Session> {
    let session: Session | undefined;
    try {
      session = new Session(settings);
      await unlessAborted(session.#connect(signal), signal);
      await unlessAborted(session.#setLocking(settings, signal), signal);
      return session;
    } catch (error) {
      session?.destroy();
      throw openingError(error);
    }
  }

  /** False too when a transaction is still open, as after a cancel that did not roll back: closing the session does. */
  get usable(): boolean {
    const { state, STATE, socket, inTransaction } = this.connection;
    return state === STATE.LOGGED_IN && socket?.writable === true && !inTransaction;
  }

  get received(): number {
    return this.connection.socket?.bytesRead ?? 0;
  }

  end(): Promise<void> {
    this.destroy();
    return Promise.resolve();
  }

  destroy(): void {
    this.connection.close();
  }

  #connect(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.connection.connect((error) => {
        if (error === undefined) resolve();
        else reject(error);
        // One that is closed while its TCP connection is being made goes on to log in.
        if (signal.aborted) this.destroy();
      });
    });
  }

  /**
   * Sets for the whole session, once, how it waits for locks. Nothing resets our sessions, and the server takes back what a
   * statement sent by `sp_executesql` sets.
   */
  async #setLocking(
    { lockTimeoutMs, connectTimeoutMs, timezone }: DatabaseSettings,
    signal: AbortSignal,
  ): Promise<void> {
    const text = `set lock_timeout ${Math.round(lockTimeoutMs)}\nset deadlock_priority low`;
    const limits = { signal, timeoutMs: connectTimeoutMs, zone: timezone };
    await Array.fromAsync(execute(this.connection, { text, parameters: [], bare: true }, limits));
  }
}

/** What broke while the session was being set up leaves nothing that could be lost. */
function openingError(error: unknown): DatabaseError {
  const failure = toDatabaseError(error, 'connect');
  if (failure.kind !== 'lost' && failure.kind !== 'timeout') return failure;
  return new DatabaseError('unreachable', failure.message, { code: failure.code, cause: error });
}

/** The configuration of tedious for `settings`. */
export function connectionConfig(settings: DatabaseSettings): ConnectionConfiguration {
  const [host = '', instance] = settings.host.split('\\');
  const { mode } = settings.tls;
  const address =
    settings.port === undefined && instance !== undefined
      ? { instanceName: instance }
      : { port: settings.port ?? 1433 };
  return {
    server: host,
    authentication: {
      type: 'default',
      options: { userName: settings.user ?? '', password: settings.password ?? '' },
    },
    options: {
      ...address,
      ...(settings.database === undefined ? {} : { database: settings.database }),
      appName: 'erp-exporter',
      readOnlyIntent: true,
      abortTransactionOnError: true,
      connectTimeout: settings.connectTimeoutMs,
      // Statements are timed by their own execution.
      requestTimeout: 0,
      // Callers try again by themselves, with a growing pause.
      maxRetriesOnTransientErrors: 0,
      useUTC: true,
      lowerCaseGuids: true,
      encrypt: mode !== 'disable',
      trustServerCertificate: mode !== 'verify-full',
      serverName: settings.tls.serverName ?? nameOf(host, mode),
      cryptoCredentialsDetails: pemTexts(settings.tls),
    },
  };
}

/** TLS asks for a name; an address is none (RFC 6066), so where the name is not checked anyway any will do. */
function nameOf(host: string, mode: DatabaseSettings['tls']['mode']): string {
  return isIP(host) !== 0 && mode !== 'verify-full' ? 'sqlserver' : host;
}

/** Makes of a connection that is about to be opened what we want of a session. */
function prepare(connection: Connection, settings: DatabaseSettings): void {
  if (settings.tls.mode !== 'disable') demandEncryption(connection, settings.tls.mode === 'verify-ca');
  survive(connection, settings.connectTimeoutMs);
  explainRefusal(connection);
}

/**
 * tedious goes on in plain text, password and all, when the server (or somebody in between) says that it cannot encrypt;
 * and it can check the signature of a certificate only together with its name. So both are looked at before the login.
 */
function demandEncryption(connection: Connection, signatureOnly: boolean): void {
  let encrypted: TLSSocket | undefined;
  connection.on('secure', (cleartext) => {
    encrypted = cleartext;
  });
  const sendLogin = connection.sendLogin7Packet.bind(connection);
  connection.sendLogin7Packet = () => {
    if (encrypted === undefined) throw new Error('The server does not offer encryption');
    // Declared as an Error, though Node sets a code.
    const problem: unknown = encrypted.authorizationError;
    if (signatureOnly && !encrypted.authorized && problem !== 'ERR_TLS_CERT_ALTNAME_INVALID')
      throw new Error(`The server's certificate is not trusted: ${String(problem)}`);
    // A server may send us on to another, which has to prove itself anew.
    encrypted = undefined;
    sendLogin();
  };
}

/**
 * tedious lets an error in the token stream, such as a token it does not expect, go unhandled, and touches the request of
 * a message that ends after its connection was closed. Either would end the process; here either ends the connection. And
 * it waits without limit for the end of an answer to a login that has begun.
 */
function survive(connection: Connection, connectTimeoutMs: number): void {
  let loggedIn = false;
  connection.once('connect', () => {
    loggedIn = true;
  });
  const createParser = connection.createTokenStreamParser.bind(connection);
  connection.createTokenStreamParser = (message, handler) => {
    const parser = createParser(message, handler);
    const emit = parser.emit.bind(parser);
    parser.emit = (event: string | symbol, ...values: unknown[]) =>
      !connection.closed && emit(event, ...values);
    if (loggedIn) parser.parser.on('error', (error) => connection.socket?.destroy(error));
    else boundLogin(connection, parser, connectTimeoutMs);
    return parser;
  };
}

/** Has the login fail, which then waits for the end or an error of `parser`, when neither would come. */
function boundLogin(connection: Connection, parser: TokenStreamParser, connectTimeoutMs: number): void {
  const { socket } = connection;
  const fail = (error: Error): void => {
    settle();
    if (parser.listenerCount('error') > 0) parser.emit('error', error);
  };
  const closed = (): void => fail(new Error('The connection was closed amid the login'));
  const timer = setTimeout(
    () => fail(new Error('The server did not end its answer to the login')),
    connectTimeoutMs,
  );
  const settle = (): void => {
    clearTimeout(timer);
    socket?.off('close', closed);
  };
  socket?.once('close', closed);
  parser.parser.on('error', fail);
  parser.once('end', settle);
}

/** Gives the error of a refused login the number and the words of the server, which tedious leaves out. */
function explainRefusal(connection: Connection): void {
  let reason: { number: number; message: string } | undefined;
  connection.on('errorMessage', ({ number, message }) => {
    if (reason === undefined || !isUnknownDatabase(reason.number)) reason = { number, message };
  });
  connection.once('connect', (error) => {
    if (error !== undefined && reason !== undefined) Object.assign(error, reason);
  });
}
