import type { TLSSocket } from 'node:tls';
import type { Connection } from 'tedious';
import type { DatabaseSettings } from '../contract.ts';
import { isUnknownDatabase } from './errors.ts';

/*
 * What tedious' Connection leaves open, closed by means of its private methods: tests/databases/internals.test.ts names each.
 */

type TokenStreamParser = ReturnType<Connection['createTokenStreamParser']>;

/** Guards a connection that is about to be opened. */
export function guard(connection: Connection, { tls, connectTimeoutMs }: DatabaseSettings): void {
  if (tls.mode !== 'disable') demandEncryption(connection, tls.mode === 'verify-ca');
  survive(connection, connectTimeoutMs);
  explainRefusal(connection);
}

/**
 * tedious goes on in plain text, password and all, when the server (or an attacker in between) says that it cannot encrypt;
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
      throw Object.assign(new Error(`The server's certificate is not trusted: ${String(problem)}`), {
        code: problem,
      });
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
