import { isIP } from 'node:net';
import { DatabaseError, type DatabaseErrorKind, type DatabaseSettings } from '../contract.ts';
import { toDatabaseError } from './errors.ts';

/** Codes of OpenSSL for a certificate whose issuer is not among the trusted ones. */
const untrusted: ReadonlySet<string> = new Set([
  'node:DEPTH_ZERO_SELF_SIGNED_CERT',
  'node:SELF_SIGNED_CERT_IN_CHAIN',
  'node:UNABLE_TO_GET_ISSUER_CERT',
  'node:UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'node:UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const otherName = 'node:ERR_TLS_CERT_ALTNAME_INVALID';

const trustAdvice =
  'set tls_ca_file to the certificate (PEM) of the authority that signed it, or to the certificate itself when the server signed its own';

/** Both at once for an address, since a certificate that somebody's own authority signed seldom names one. */
function nameAdvice(host: string): string {
  const byName = `connect by a name that the certificate has, or set tls_server_name to it`;
  return isIP(host) === 0
    ? byName
    : `the certificate does not name the address ${host}; ${byName}; ${trustAdvice}`;
}

/** What to do about a failure to connect; undefined when its words say enough. */
function adviceOn(code: string | undefined, { host, port, tls }: DatabaseSettings): string | undefined {
  const [server = '', instance] = host.split('\\');
  if (instance !== undefined && port === undefined) {
    if (code === 'node:ETIMEOUT')
      return `either SQL Server Browser (UDP port 1434) did not answer, which tells the port of instance ${instance}, or the instance did not; start the Browser and open its port, or set port: to the port of the instance, which needs no Browser`;
    if (code === 'node:EINSTLOOKUP')
      return `the port of instance ${instance} is asked of SQL Server Browser (UDP port 1434); set port: to the port of the instance, which needs no Browser`;
  }
  if (code === undefined || !(untrusted.has(code) || code === otherName)) return undefined;
  if (code === otherName) return nameAdvice(tls.serverName ?? server);
  return tls.mode === 'verify-full' && isIP(server) !== 0 && tls.serverName === undefined
    ? `${trustAdvice}; and where it does not name the address ${server}, set tls_server_name to the name that it has`
    : trustAdvice;
}

/** What Entra said is in the second of two errors. */
function refusedToken(error: unknown): DatabaseError | undefined {
  const [first, second] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  if (!(first instanceof Error) || !('code' in first) || first.code !== 'EFEDAUTH') return undefined;
  const words = second instanceof Error ? `: ${second.message.split('\n', 1)[0] ?? ''}` : '';
  return new DatabaseError('login', `Entra ID gave no token for the login${words}`, {
    code: 'node:EFEDAUTH',
    cause: error,
  });
}

/** What `mssql` wraps, which has the codes and causes. */
function originalOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'originalError' in thrown ? thrown.originalError : thrown;
}

/** What broke while the session was being set up leaves nothing that could be lost. */
function openingKind({ kind }: DatabaseError): DatabaseErrorKind {
  return kind === 'lost' || kind === 'timeout' ? 'unreachable' : kind;
}

/** The words of Node.js without its own hint, which is for who starts programs by hand. */
function bare(message: string): string {
  return message
    .replace(/; if the root CA is installed locally, try running Node\.js with --use-system-ca/, '')
    .replace(/[:\s]+$/, '');
}

/** A shorter password may be a piece of any word, and masking it would show it. */
const leastSecret = 8;

/** What others say, without the password. */
function masked(message: string, password = ''): string {
  return password.length < leastSecret ? message : message.replaceAll(password, '***');
}

/** The error of a session that could not be opened, with what to do about it, and never with the password. */
export function openingError(thrown: unknown, settings: DatabaseSettings): DatabaseError {
  if (thrown instanceof DatabaseError && thrown.kind === 'aborted') return thrown;
  const original = originalOf(thrown);
  const failure = refusedToken(original) ?? toDatabaseError(original, 'connect');
  const advice = adviceOn(failure.code, settings);
  const words = masked(failure.message, settings.password);
  const message = advice === undefined ? words : `${bare(words)}: ${advice}`;
  const kind = openingKind(failure);
  if (kind === failure.kind && message === failure.message) return failure;
  return new DatabaseError(kind, message, { code: failure.code, cause: thrown });
}
