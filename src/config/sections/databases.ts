import type { DatabaseSettings, TlsMode, TlsSettings } from '../../databases/contract.ts';
import { driverOf } from '../../databases/drivers.ts';
import { readPlace } from './database-place.ts';
import { looksSecret } from '../../secrets.ts';
import { readSecret, resolveBeside } from '../source/files.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import type { DatabaseEntry } from '../schema/database.ts';
import { parseDatabaseUrl } from '../../databases/shared/url.ts';
import type { UrlParts } from '../../databases/shared/url.ts';

interface Context {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
  readonly path: Path;
}

type FileKey = 'url_file' | 'password_file' | 'tls_ca_file' | 'tls_cert_file' | 'tls_key_file';

/** A path as messages may show it: what looks like none may be the secret itself, where its file should be named. */
function shownPath(name: string, resolved: string): string {
  const isPath = /[\\/]|\.[a-z]{2,6}$/i.test(name) && !looksSecret(name);
  return isPath ? resolved : 'the file that is named here';
}

/** The text of the file that a key names; what is wrong with it becomes a problem at that key. */
async function fileOf(
  key: FileKey,
  name: string | undefined,
  { report, file, path }: Context,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const resolved = resolveBeside(file, name);
  const shown = shownPath(name, resolved);
  const found = await readSecret(resolved);
  const text = 'text' in found ? found.text : '';
  const isPem = text.includes('-----BEGIN ');
  if ('fault' in found) report.problem([...path, key], `cannot read ${shown}: ${found.fault}`);
  else if (text === '') report.problem([...path, key], `${shown} is empty; write the value into it`);
  else if (key.startsWith('tls_') && !isPem)
    report.problem([...path, key], `${shown} is no PEM text; it must hold "-----BEGIN …"`);
  else return text;
  return undefined;
}

/** The value of a key that may stand in a file instead. */
async function secretOf(
  key: 'url' | 'password',
  entry: DatabaseEntry,
  context: Context,
): Promise<string | undefined> {
  const { report, path } = context;
  const plain = entry[key];
  if (plain !== undefined && entry[`${key}_file`] !== undefined)
    report.problem([...path, `${key}_file`], `${key} is given too; keep one of the two`, 'key');
  return plain ?? (await fileOf(`${key}_file`, entry[`${key}_file`], context));
}

function urlParts(url: string | undefined, entry: DatabaseEntry, { report, path }: Context): UrlParts {
  if (url === undefined) return {};
  const key = entry.url === undefined ? 'url_file' : 'url';
  const parsed = parseDatabaseUrl(url.trim(), driverOf(entry.driver));
  if (!parsed.ok) {
    report.problem([...path, key], parsed.message);
    return {};
  }
  for (const name of parsed.ignored)
    report.warn(
      [...path, key],
      `its parameter ${JSON.stringify(name)} has no meaning here and is ignored; remove it`,
    );
  for (const name of Object.keys(parsed.parts)) {
    const twice = [name, `${name}_file`].find((key) => key in entry);
    if (twice !== undefined)
      report.problem([...path, twice], `${key} says the ${name} too; keep one of the two`, 'key');
  }
  return parsed.parts;
}

/** A host as other clients of the maker's servers take it, with its port perhaps. */
function serverOf(
  entry: DatabaseEntry,
  host: string,
  { report, path }: Context,
): { readonly host: string; readonly port?: number } {
  if (entry.host === undefined) return { host };
  const server = driverOf(entry.driver).readServer?.(host) ?? { host };
  if ('problem' in server) {
    report.problem([...path, 'host'], server.problem);
    return { host };
  }
  if (server.port !== undefined && entry.port !== undefined)
    report.problem([...path, 'port'], 'host says the port too; keep one of the two', 'key');
  return server;
}

function checkLogin(settings: DatabaseSettings, entry: DatabaseEntry, { report, path }: Context): void {
  const { name, authentications = [], checkLogin: check } = driverOf(entry.driver);
  const { authentication, tenant } = settings;
  if (authentication !== undefined && !authentications.includes(authentication)) {
    report.problem([...path, 'authentication'], `has no meaning for driver ${name}; remove it`, 'key');
    return;
  }
  if (tenant !== undefined && authentications.length === 0)
    report.problem([...path, 'tenant'], `has no meaning for driver ${name}; remove it`, 'key');
  const { problem, warning } = check?.(settings) ?? {};
  if (problem !== undefined) report.problem(path, problem);
  if (warning !== undefined) report.warn(path, warning);
}

/** Whether no packet leaves this machine on the way to `host`. */
function isLocal(host: string): boolean {
  if (host === '') return true;
  const [name = ''] = host.split('\\');
  return host.startsWith('/') || /^(?:localhost|127(?:\.\d+){3}|::1)$/i.test(name);
}

function checkTls(entry: DatabaseEntry, parts: UrlParts, mode: TlsMode, { report, path }: Context): void {
  const cert = entry.tls_cert_file ?? parts.tls_cert_file;
  const key = entry.tls_key_file ?? parts.tls_key_file;
  if (cert !== undefined && key === undefined)
    report.problem(path, 'a client certificate needs its key; add tls_key_file');
  if (key !== undefined && cert === undefined)
    report.problem(path, 'a client key needs its certificate; add tls_cert_file');
  if (entry.tls_ca_file !== undefined && (mode === 'disable' || mode === 'require'))
    report.warn(
      [...path, 'tls_ca_file'],
      `with tls ${mode} no certificate is checked; say tls: verify-full to use it`,
      'key',
    );
}

async function tlsSettings(
  mode: TlsMode,
  entry: DatabaseEntry,
  parts: UrlParts,
  context: Context,
): Promise<TlsSettings> {
  const ca = await fileOf('tls_ca_file', entry.tls_ca_file ?? parts.tls_ca_file, context);
  const cert = await fileOf('tls_cert_file', entry.tls_cert_file ?? parts.tls_cert_file, context);
  const key = await fileOf('tls_key_file', entry.tls_key_file ?? parts.tls_key_file, context);
  const serverName = entry.tls_server_name ?? parts.tls_server_name;
  return {
    mode,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}

/** Without what is undefined. */
function given<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>;
  };
}

/**
 * A database of the configuration, whole: its URL taken apart, the files that it names read, every default filled in.
 * What is wrong becomes problems; the result is of use only when there are none.
 */
export async function databaseSettings(
  name: string,
  entry: DatabaseEntry,
  context: Context,
): Promise<DatabaseSettings> {
  const url = await secretOf('url', entry, context);
  const parts = urlParts(url, entry, context);
  const place = readPlace(entry, parts, context);
  const server = serverOf(entry, place.host, context);
  const password = (await secretOf('password', entry, context)) ?? parts.password;
  const mode = entry.tls ?? parts.tls ?? (isLocal(server.host) ? 'disable' : 'require');
  checkTls(entry, parts, mode, context);
  const optional = {
    port: entry.port ?? server.port ?? parts.port,
    database: entry.database ?? parts.database,
    user: entry.user ?? parts.user,
    password,
    passwordFile:
      entry.password_file === undefined ? undefined : resolveBeside(context.file, entry.password_file),
    acceptSuperuser: entry.accept_superuser,
    authentication: entry.authentication ?? parts.authentication,
    tenant: entry.tenant ?? parts.tenant,
  };
  const settings: DatabaseSettings = {
    name,
    driver: entry.driver,
    ...place,
    host: server.host,
    ...given(optional),
    timezone: entry.timezone,
    connections: entry.connections,
    connectTimeoutMs: entry.connect_timeout,
    lockTimeoutMs: entry.lock_timeout,
    tls: await tlsSettings(mode, entry, parts, context),
  };
  // What a URL that could not be read may have said is not missing.
  const isUnread = (entry.url ?? entry.url_file) !== undefined && Object.keys(parts).length === 0;
  if (!isUnread) checkLogin(settings, entry, context);
  return settings;
}
