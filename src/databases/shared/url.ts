import type { TlsMode } from '../contract.ts';

/** What the URL of a database says. */
export interface UrlParts {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly tls?: TlsMode;
  /** Paths of files (PEM), by the key of the configuration that says the same. */
  readonly tls_ca_file?: string;
  readonly tls_cert_file?: string;
  readonly tls_key_file?: string;
}

export type ParsedUrl =
  | { readonly ok: true; readonly parts: UrlParts; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Other names that a scheme goes by; else it is called like the driver. */
const schemes: Readonly<Record<string, string>> = {
  postgresql: 'postgres',
  mariadb: 'mysql',
  sqlserver: 'mssql',
};

const tlsWords: Readonly<Record<string, TlsMode>> = {
  disable: 'disable',
  disabled: 'disable',
  false: 'disable',
  require: 'require',
  required: 'require',
  'no-verify': 'require',
  true: 'require',
  'verify-ca': 'verify-ca',
  'verify-full': 'verify-full',
  'verify-identity': 'verify-full',
};

const encryptWords: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  mandatory: true,
  strict: true,
  false: false,
  no: false,
  optional: false,
};

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** What a URL may not hold bare (RFC 3986 section 3.2.1), in words; undefined when all is well. */
function bareCharacter(rest: string): string | undefined {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const tail = rest.slice(authority.length);
  if (/%(?![0-9a-f]{2})/i.test(rest)) return 'holds a bare "%"; write %25 for it';
  if (!isDecodable(rest)) return 'holds a %-escape that is no UTF-8; write é as %C3%A9';
  if (authority.split('@').length > 2) return 'holds a bare "@" in its user or password; write %40 for it';
  const cut = !authority.includes('@') && tail.includes('@') && !/[?&][\w-]+=[^&]*@/.test(tail);
  if (cut || tail.includes('#'))
    return 'holds a bare "/", "?" or "#" in its user or password; write %2F, %3F or %23 for it';
  return undefined;
}

/** `sslmode` of libpq, `ssl-mode` of MySQL, `encrypt` and `trustServerCertificate` of SQL Server. */
function tlsOf(parameters: ReadonlyMap<string, string>): TlsMode | { readonly unknown: string } | undefined {
  const word = parameters.get('sslmode') ?? parameters.get('ssl-mode') ?? parameters.get('ssl');
  if (word !== undefined) return tlsWords[word.toLowerCase().replaceAll('_', '-')] ?? { unknown: word };
  const encrypt = parameters.get('encrypt');
  const trust = parameters.get('trustservercertificate')?.toLowerCase() === 'true';
  if (encrypt === undefined) return trust ? 'require' : undefined;
  const encrypted = encryptWords[encrypt.toLowerCase()];
  if (encrypted === undefined) return { unknown: encrypt };
  if (!encrypted) return 'disable';
  return trust ? 'require' : 'verify-full';
}

const understood: ReadonlySet<string> = new Set([
  ...[
    'host',
    'socket',
    'socketpath',
    'instancename',
    'user',
    'password',
    'sslmode',
    'ssl-mode',
    'ssl',
    'encrypt',
  ],
  ...['trustservercertificate', 'sslrootcert', 'sslcert', 'sslkey'],
]);

function present(parts: Readonly<Record<string, string | number | undefined>>): UrlParts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}

function hostOf(hostname: string, parameters: ReadonlyMap<string, string>): string {
  const socket = parameters.get('host') ?? parameters.get('socket') ?? parameters.get('socketpath');
  const host = socket ?? decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1');
  const instance = parameters.get('instancename');
  return instance === undefined ? host : `${host}\\${instance}`;
}

/**
 * Takes the URL of a database apart: `driver://user:password@host:port/database?parameters`, percent-decoded.
 * No message shows any of it, as it holds a password.
 */
export function parseDatabaseUrl(text: string, driver: string): ParsedUrl {
  const fail = (message: string): ParsedUrl => ({ ok: false, message });
  const form = `write ${driver}://user:password@host:port/database`;
  const match = /^([a-z][\w+.-]*):\/\/(.*)$/is.exec(text);
  const [, scheme = '', rest = ''] = match ?? [];
  if (match === null) return fail(`is no URL; ${form}`);
  const named = schemes[scheme.toLowerCase()] ?? scheme.toLowerCase();
  if (named !== driver) return fail(`is a URL of ${named}, but driver is ${driver}; make them agree`);
  const bare = bareCharacter(rest);
  if (bare !== undefined) return fail(bare);
  // A user without a host, as sockets have it, is no URL to the standard: a host is put in to read the rest.
  const hostless = /^[^/?#]*@(?=[/?#]|$)/.test(rest);
  const url = URL.parse(`${driver}://${hostless ? rest.replace('@', '@none') : rest}`);
  if (url === null) return fail(`cannot be understood; ${form}, the port a number up to 65535`);
  const parameters = new Map([...url.searchParams].map(([key, value]) => [key.toLowerCase(), value]));
  const tls = tlsOf(parameters);
  if (typeof tls === 'object')
    return fail(
      `asks for TLS ${JSON.stringify(tls.unknown)}, which is not offered; say disable, require, verify-ca or verify-full`,
    );
  return {
    ok: true,
    parts: present({
      host: hostOf(hostless ? '' : url.hostname, parameters),
      port: url.port === '' ? undefined : Number(url.port),
      database: decodeURIComponent(url.pathname.slice(1)),
      user: decodeURIComponent(url.username) || parameters.get('user'),
      password: decodeURIComponent(url.password) || parameters.get('password'),
      tls,
      tls_ca_file: parameters.get('sslrootcert'),
      tls_cert_file: parameters.get('sslcert'),
      tls_key_file: parameters.get('sslkey'),
    }),
    ignored: [...url.searchParams.keys()].filter((key) => !understood.has(key.toLowerCase())),
  };
}
