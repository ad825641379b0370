import type { TlsMode } from '../contract.ts';

/** What the URL of a database says. */
export interface UrlParts {
  readonly file?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly password?: string;
  readonly authentication?: string;
  readonly tenant?: string;
  readonly tls?: TlsMode;
  readonly tls_server_name?: string;
  /** Paths of files (PEM), by the key of the configuration that says the same. */
  readonly tls_ca_file?: string;
  readonly tls_cert_file?: string;
  readonly tls_key_file?: string;
}

export type ParsedUrl =
  | { readonly ok: true; readonly parts: UrlParts; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** What a parameter of a URL says, by its name in small letters. */
export type UrlParameters = Readonly<Record<string, UrlParameter>>;
export type UrlParameter =
  | 'host'
  | 'instance'
  | 'database'
  | 'user'
  | 'password'
  | 'tls_ca_file'
  | 'tls_cert_file'
  | 'tls_key_file'
  /** `disable`, `require`, `verify-ca`, `verify-full` and what others call them. */
  | 'tls'
  /** Whether to encrypt, a truth value; then the certificate is checked, unless it is to be trusted. */
  | 'encrypt'
  /** Whether to take any certificate. */
  | 'trust';

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

/** What helps whatever the characters are. */
const orKeys = 'or give user and password as keys of their own';

/** Parameters whose values may hold a bare "@". */
const textParameters: ReadonlySet<string | undefined> = new Set(['user', 'password', 'database']);

/**
 * Whether an "@" stands behind the host, or rather in front of it: an earlier "/" or "?" of the user or password has then been
 * taken for the end of the host.
 */
function hasLateAt(tail: string, { urlParameters }: UrlGrammar): boolean {
  const [path = '', ...query] = tail.split('?');
  const isText = (pair: string) => {
    const name = pair.slice(0, pair.indexOf('=')).toLowerCase();
    return Object.hasOwn(urlParameters, name) && textParameters.has(urlParameters[name]);
  };
  return (
    path.includes('@') ||
    query
      .join('?')
      .split('&')
      .some((pair) => pair.includes('@') && !isText(pair))
  );
}

/** What a URL may not hold bare (RFC 3986 section 3.2.1), in words; undefined when all is well. */
function bareCharacter(rest: string, grammar: UrlGrammar): string | undefined {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const tail = rest.slice(authority.length);
  if (/%(?![0-9a-f]{2})/i.test(rest)) return `holds a bare "%"; write %25 for it, ${orKeys}`;
  if (!isDecodable(rest)) return 'holds a %-escape that is no UTF-8; write é as %C3%A9';
  if (authority.split('@').length > 2)
    return `holds a bare "@" in its user or password; write %40 for it, ${orKeys}`;
  if (hasLateAt(tail, grammar) || tail.includes('#'))
    return `holds a bare "@", "/", "?" or "#" in its user or password; write %40, %2F, %3F or %23 for it, ${orKeys}`;
  return undefined;
}

/** The first value that the parameters give to a setting. */
type Said = (setting: UrlParameter) => string | undefined;

function tlsOf(said: Said): TlsMode | { readonly unknown: string } | undefined {
  const word = said('tls');
  if (word !== undefined) return tlsWords[word.toLowerCase().replaceAll('_', '-')] ?? { unknown: word };
  const encrypt = said('encrypt');
  const trust = said('trust')?.toLowerCase() === 'true';
  if (encrypt === undefined) return trust ? 'require' : undefined;
  const encrypted = encryptWords[encrypt.toLowerCase()];
  if (encrypted === undefined) return { unknown: encrypt };
  if (!encrypted) return 'disable';
  return trust ? 'require' : 'verify-full';
}

/** Without what is undefined or empty. */
export function present(parts: Readonly<Record<string, string | number | undefined>>): UrlParts {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined && value !== ''));
}

function hostOf(hostname: string, said: Said): string {
  const host = said('host') ?? decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1');
  const instance = said('instance');
  return instance === undefined ? host : `${host}\\${instance}`;
}

/** What of a driver its URLs depend on. */
export interface UrlGrammar {
  readonly name: string;
  readonly place: 'server' | 'file';
  readonly schemes: readonly string[];
  readonly urlParameters: UrlParameters;
  readonly parseConnectionString?: (text: string) => ParsedUrl;
}

/** What a URL says of the server: everything but its path. */
function serverParts(url: URL, hostless: boolean, said: Said, tls: TlsMode | undefined): UrlParts {
  return present({
    host: hostOf(hostless ? '' : url.hostname, said),
    port: url.port === '' ? undefined : Number(url.port),
    database: decodeURIComponent(url.pathname.slice(1)) || said('database'),
    user: decodeURIComponent(url.username) || said('user'),
    password: decodeURIComponent(url.password) || said('password'),
    tls,
    tls_ca_file: said('tls_ca_file'),
    tls_cert_file: said('tls_cert_file'),
    tls_key_file: said('tls_key_file'),
  });
}

/** What a URL says twice, and differently; undefined when it does not. */
function conflictOf(url: URL, said: Said): string | undefined {
  const twice = [
    { name: 'database', first: url.pathname.slice(1), second: said('database') },
    { name: 'user', first: url.username, second: said('user') },
    { name: 'password', first: url.password, second: said('password') },
  ].find(({ first, second }) => first !== '' && second !== undefined && decodeURIComponent(first) !== second);
  return twice && `says two different ${twice.name}s, as a part and as a parameter; keep one of them`;
}

function parseServerUrl(rest: string, { schemes: [scheme = ''], urlParameters }: UrlGrammar): ParsedUrl {
  // A user without a host, as sockets have it, is no URL to the standard: a host is put in to read the rest.
  const hostless = /^[^/?#]*@(?=[/?#]|$)/.test(rest);
  const url = URL.parse(`${scheme}://${hostless ? rest.replace('@', '@none') : rest}`);
  if (url === null)
    return {
      ok: false,
      message: `cannot be understood; ${serverForm(scheme)}, the port a number up to 65535`,
    };
  const parameters = [...url.searchParams];
  const meaning = (key: string): UrlParameter | undefined => {
    const name = key.toLowerCase();
    return Object.hasOwn(urlParameters, name) ? urlParameters[name] : undefined;
  };
  const said: Said = (setting) => parameters.findLast(([key]) => meaning(key) === setting)?.[1];
  const conflict = conflictOf(url, said);
  if (conflict !== undefined) return { ok: false, message: conflict };
  const tls = tlsOf(said);
  if (typeof tls === 'object')
    return {
      ok: false,
      message: `asks for TLS${/^[\w-]{1,20}$/.test(tls.unknown) ? ` ${JSON.stringify(tls.unknown)}` : ' in words'}, which is not offered; say disable, require, verify-ca or verify-full`,
    };
  const ignored = parameters.map(([key]) => key).filter((key) => meaning(key) === undefined);
  return { ok: true, parts: serverParts(url, hostless, said, tls), ignored };
}

/** `h1:5432,h2:5432`, as libpq and JDBC take it for servers that stand in for one another. */
function hasSeveralHosts(rest: string): boolean {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  return authority.slice(authority.lastIndexOf('@') + 1).includes(',');
}

/** `sqlite:///var/lib/shop.db`: the path alone, percent-decoded. */
function parseFileUrl(rest: string, { schemes: [scheme = ''] }: UrlGrammar): ParsedUrl {
  const form = `write ${scheme}:///var/lib/shop.db`;
  if (!rest.startsWith('/'))
    return { ok: false, message: `names a host, where there is a file alone; ${form}` };
  const [path = '', query = ''] = rest.split('?');
  if (!isDecodable(path)) return { ok: false, message: 'holds a bare "%"; write %25 for it' };
  if (path.endsWith('/')) return { ok: false, message: `names no file; ${form}` };
  const ignored = [...new URLSearchParams(query).keys()];
  return { ok: true, parts: { file: decodeURIComponent(path) }, ignored };
}

const serverForm = (scheme: string): string => `write ${scheme}://user:password@host:port/database`;

/**
 * Takes the URL of a database apart, percent-decoded: `scheme://user:password@host:port/database?parameters`, or
 * `scheme:///path` for a driver of files. No message shows any of it, as it holds a password.
 */
export function parseDatabaseUrl(text: string, driver: UrlGrammar): ParsedUrl {
  const [usual = ''] = driver.schemes;
  const form = driver.place === 'file' ? `write ${usual}:///var/lib/shop.db` : serverForm(usual);
  const match = /^([a-z][\w+.-]*):\/\/(.*)$/is.exec(text);
  if (match === null)
    return driver.parseConnectionString?.(text) ?? { ok: false, message: `is no URL; ${form}` };
  const [, scheme = '', rest = ''] = match;
  if (!driver.schemes.includes(scheme.toLowerCase()))
    return {
      ok: false,
      message: `is a URL of ${scheme.toLowerCase()}, but driver is ${driver.name}; make them agree`,
    };
  if (driver.place === 'file') return parseFileUrl(rest, driver);
  const bare = bareCharacter(rest, driver);
  if (bare !== undefined) return { ok: false, message: bare };
  if (hasSeveralHosts(rest))
    return {
      ok: false,
      message: 'names several hosts; name one, and configure a database for each server that is to be read',
    };
  return parseServerUrl(rest, driver);
}
