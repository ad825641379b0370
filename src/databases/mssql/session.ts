import { isIP } from 'node:net';
import { Connection, type ConnectionConfiguration } from 'tedious';
import { unlessAborted } from '../shared/aborting.ts';
import { DatabaseError, type DatabaseSettings } from '../contract.ts';
import { toDatabaseError } from './errors.ts';
import { guard } from './guards.ts';
import { execute } from './statement.ts';
import type { PooledSession } from '../shared/pool.ts';
import { pemTexts } from '../shared/tls.ts';

/** A connection that has logged in. */
export class Session implements PooledSession {
  readonly connection: Connection;

  private constructor(settings: DatabaseSettings) {
    this.connection = new Connection(connectionConfig(settings));
    // A caller that waits for an answer gets the error as well.
    this.connection.on('error', () => undefined);
    guard(this.connection, settings);
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
