import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import pg from 'pg';
import type { DatabaseSettings } from '../contract.ts';
import { pemTexts } from '../shared/tls.ts';
import { CopyConnection } from './copy-filter.ts';

export const defaultPort = 5432;

/** The methods of pg's `Connection` that make a connection for a CancelRequest; its published types lack them. */
interface CancelWire extends pg.Connection {
  connect(portOrPath: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/** What identifies a session to its server in a CancelRequest. */
export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

function tlsOptions({ host, tls }: DatabaseSettings): false | ConnectionOptions {
  if (tls.mode === 'disable') return false;
  const own = pemTexts(tls);
  if (tls.mode === 'require') return { ...own, rejectUnauthorized: false };
  if (tls.mode === 'verify-ca') return { ...own, checkServerIdentity: () => undefined };
  return { ...own, checkServerIdentity: (_, peer) => checkServerIdentity(tls.serverName ?? host, peer) };
}

/** How pg connects and logs in. @param tooLong see `CopyConnection`. */
export function clientConfig(settings: DatabaseSettings, tooLong: () => void): pg.ClientConfig {
  const { host, port = defaultPort, database, user, password, connectTimeoutMs } = settings;
  const ssl = tlsOptions(settings);
  const connection = new CopyConnection({ ssl, keepAlive: true });
  connection.tooLong = tooLong;
  const config: pg.ClientConfig & { readonly connection: pg.Connection } = {
    connection,
    host,
    port,
    database,
    user,
    // A function, for pg takes an empty text as leave to look for a password in the environment.
    password: () => password ?? '',
    ssl,
    application_name: 'erp-exporter',
    connectionTimeoutMillis: connectTimeoutMs,
    pipeline: true,
  };
  return config;
}

/**
 * Asks the server, over a connection of its own, to end the statement of a session. The server answers nothing.
 * @param limitMs After so long the connection is cut, whatever has become of it.
 */
export function sendCancelRequest(
  settings: DatabaseSettings,
  { processID, secretKey }: BackendKey,
  limitMs: number,
): void {
  const { host, port = defaultPort } = settings;
  const ssl = tlsOptions(settings);
  const wire = new pg.Connection({ ssl }) as CancelWire;
  const send = (): void => wire.cancel(processID, secretKey);
  wire.on('error', () => wire.stream.destroy());
  wire.once('connect', () => (ssl === false ? send() : wire.requestSsl())).once('sslconnect', send);
  if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`);
  else wire.connect(port, host);
  setTimeout(() => wire.stream.destroy(), limitMs).unref();
}
