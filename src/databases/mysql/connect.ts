import { connect as connectSocket, isIP, type Socket } from 'node:net';
import mysql from 'mysql2';
import { abortedError, unlessAborted } from '../shared/aborting.ts';
import type { DatabaseSettings, TlsSettings } from '../contract.ts';
import { toDatabaseError } from './errors.ts';
import { pemTexts } from '../shared/tls.ts';

const defaultPort = 3306;
const keepAliveMs = 30_000;
const quitMs = 300;
/** Statements that a session keeps prepared; a monitor's next run then takes one round trip. */
const preparedStatements = 128;

/** Of what is sent in either direction. */
export const collation = 'utf8mb4_unicode_ci';

/** A connection that has logged in, and the socket under it, which alone can be closed at once. */
export interface Link {
  readonly connection: mysql.Connection;
  readonly socket: Socket;
}

/**
 * The name that mysql2 checks a certificate against. It checks none when the host is an address (Node then looks for
 * `localhost`); with a dot at its end an address is no address to mysql2, and Node takes the dot off again.
 */
function certifiedName(settings: DatabaseSettings): string {
  const name = settings.tls.serverName ?? settings.host;
  return isIP(name) === 0 ? name : `${name}.`;
}

function tlsOptions(tls: TlsSettings): mysql.SslOptions {
  return {
    rejectUnauthorized: tls.mode !== 'require',
    verifyIdentity: tls.mode === 'verify-full',
    ...pemTexts(tls),
  };
}

function openSocket(settings: DatabaseSettings): Socket {
  if (settings.host.startsWith('/')) return connectSocket(settings.host);
  const socket = connectSocket(settings.port ?? defaultPort, settings.host);
  return socket.setNoDelay(true).setKeepAlive(true, keepAliveMs);
}

function connectionOptions(settings: DatabaseSettings, socket: Socket): mysql.ConnectionOptions {
  const { database, user, password, tls, host } = settings;
  const local = host.startsWith('/');
  return {
    host: certifiedName(settings),
    ...(local ? { socketPath: host } : {}),
    ...(database === undefined ? {} : { database }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(tls.mode === 'disable' ? {} : { ssl: tlsOptions(tls) }),
    stream: socket,
    connectTimeout: settings.connectTimeoutMs,
    connectAttributes: { program_name: 'erp-exporter' },
    charset: collation,
    // A server must not ask for our files, and must read `count (x)` as it does for other clients.
    flags: ['-LOCAL_FILES', '-IGNORE_SPACE'],
    multipleStatements: false,
    maxPreparedStatements: preparedStatements,
    // Nothing is left to mysql2's ideas of zones, numbers and JSON.
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    jsonStrings: true,
    rowsAsArray: true,
  };
}

/** Connects and logs in. @throws DatabaseError when that fails, or `signal` fires first. */
export async function connect(settings: DatabaseSettings, signal: AbortSignal): Promise<Link> {
  if (signal.aborted) throw abortedError();
  const socket = openSocket(settings);
  const connection = mysql.createConnection(connectionOptions(settings, socket));
  // Errors reach the caller that waits for an answer; an emitter without a listener would end the process.
  connection.on('error', () => undefined);
  const connected = new Promise<Link>((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve({ connection, socket }) : reject(error)));
  });
  try {
    return await unlessAborted(connected, signal, 'unanswered');
  } catch (error) {
    socket.destroy();
    throw toDatabaseError(error, 'connect');
  }
}

/** Says goodbye to the server; the socket is closed within `quitMs`, whatever the server does. */
export async function quit({ connection, socket }: Link): Promise<void> {
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    const forced = setTimeout(() => socket.destroy(), quitMs);
    socket.once('close', () => {
      clearTimeout(forced);
      resolve();
    });
    connection.end();
  });
}
