import { present, type ParsedUrl, type UrlParts } from '../shared/url.ts';

/*
 * Connection strings of ADO.NET, as SqlClient takes them. The parsers that exist drop what they do not know, which here would
 * be another login or another encryption than was asked for; so each keyword has an answer, and a sentence when it is no.
 */

/** The grammar of DbConnectionStringBuilder: a value that begins with a quote is quoted to its end. */
const pair =
  /[\s;]*(?<key>(?:[^=;\s]|==|\s+(?=[^=;\s]))+)\s*=(?!=)\s*(?:"(?<double>(?:[^"]|"")*)"|'(?<single>(?:[^']|'')*)'|(?<bare>[^"';][^;]*|))\s*(?:;|$)/;
const form = 'write Server=host,1433;Database=ACME;User ID=exporter;Password=…';

/** What a keyword does: it sets a part, or it is looked at by a function, which says why not. */
type Meaning = keyof UrlParts | ((value: string) => string | undefined);

const isFalse = (value: string): boolean => /^(?:false|no|0)$/i.test(value);
const refuse = (sentence: string) => (): string => sentence;
const refuseUnlessFalse = (sentence: string) => (value: string) => (isFalse(value) ? undefined : sentence);

const windowsLogin = refuseUnlessFalse(
  'asks for the Windows account of the process (Integrated Security), which is not offered; give User ID=DOMAIN\\user and Password, which log in by NTLM',
);

/** Keywords of SqlClient without their synonyms, in small letters and without spaces. */
const meanings: Readonly<Record<string, Meaning>> = {
  datasource: 'host',
  initialcatalog: 'database',
  userid: 'user',
  password: 'password',
  hostnameincertificate: 'tls_server_name',
  tenantid: 'tenant',
  integratedsecurity: windowsLogin,
  applicationintent: (value) =>
    /^readonly$/i.test(value)
      ? undefined
      : 'asks for an ApplicationIntent that is not ReadOnly, with which the exporter always connects; remove it',
  servercertificate: refuse(
    'names a ServerCertificate, which is not offered; put it into tls_ca_file, as PEM, and say tls: verify-full',
  ),
  columnencryptionsetting: (value) =>
    /^disabled$/i.test(value) ? undefined : 'asks for Always Encrypted, which is not offered; remove it',
  attachdbfilename: refuse('attaches a file of a database, which is not offered; attach it on the server'),
  userinstance: refuseUnlessFalse('asks for a user instance, which is not offered; name a server'),
  contextconnection: refuseUnlessFalse('asks for a context connection, which exists in SQL Server alone'),
  failoverpartner: refuse(
    'names a Failover Partner, which is not offered; name the listener of the group, or one server',
  ),
  networklibrary: (value) =>
    /^dbmssocn$/i.test(value)
      ? undefined
      : 'names a network library other than TCP, which is not offered; remove it',
  transactionbinding: (value) =>
    /^implicit unbind$/i.test(value)
      ? undefined
      : 'asks for another transaction binding, which is not offered; remove it',
};

/** Keywords that change nothing here: the exporter has settings of its own for them, or none is needed. */
const ignorable: ReadonlySet<string> = new Set([
  'applicationname',
  'asynchronousprocessing',
  'commandtimeout',
  'connectretrycount',
  'connectretryinterval',
  'connecttimeout',
  'currentlanguage',
  'enlist',
  'ipaddresspreference',
  'loadbalancetimeout',
  'maxpoolsize',
  'minpoolsize',
  'multipleactiveresultsets',
  'multisubnetfailover',
  'packetsize',
  'persistsecurityinfo',
  'poolblockingperiod',
  'pooling',
  'replication',
  'serverspn',
  'failoverpartnerspn',
  'transparentnetworkipresolution',
  'typesystemversion',
  'workstationid',
]);

const synonyms: Readonly<Record<string, string>> = {
  server: 'datasource',
  address: 'datasource',
  addr: 'datasource',
  networkaddress: 'datasource',
  database: 'initialcatalog',
  user: 'userid',
  uid: 'userid',
  pwd: 'password',
  trusted_connection: 'integratedsecurity',
  net: 'networklibrary',
  network: 'networklibrary',
  app: 'applicationname',
  async: 'asynchronousprocessing',
  connectiontimeout: 'connecttimeout',
  timeout: 'connecttimeout',
  connectionlifetime: 'loadbalancetimeout',
  language: 'currentlanguage',
  extendedproperties: 'attachdbfilename',
  initialfilename: 'attachdbfilename',
  wsid: 'workstationid',
};

/** How SqlClient names the ways to log in, without spaces. */
const sqlLogin = 'sqlpassword';
const entraLogins: Readonly<Record<string, string>> = {
  activedirectoryserviceprincipal: 'entra-service-principal',
  activedirectorydefault: 'entra-default',
};
const managedIdentities: ReadonlySet<string> = new Set([
  'activedirectorymanagedidentity',
  'activedirectorymsi',
]);

interface Pair {
  /** In small letters, without spaces, the synonyms made one. */
  readonly key: string;
  readonly spelled: string;
  readonly value: string;
}

function plainKey(spelled: string): string {
  const key = spelled.toLowerCase().replaceAll(/\s/g, '');
  return Object.hasOwn(synonyms, key) ? (synonyms[key] ?? key) : key;
}

/** The pairs of a string; undefined where it is not of the form. */
function pairsOf(text: string): readonly Pair[] | undefined {
  const pairs: Pair[] = [];
  const next = new RegExp(pair, 'y');
  const end = text.replace(/[\s;]+$/, '').length;
  for (let at = 0; at < end; at = next.lastIndex) {
    next.lastIndex = at;
    const groups = next.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const { key = '', double, single, bare = '' } = groups;
    const value = double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? bare.trimEnd();
    pairs.push({ key: plainKey(key.replaceAll('==', '=')), spelled: key, value });
  }
  return pairs;
}

const known = (key: string): boolean =>
  Object.hasOwn(meanings, key) ||
  ignorable.has(key) ||
  ['authentication', 'encrypt', 'trustservercertificate'].includes(key);

/** What of a string is unknown, or said twice. A piece of a password that was not quoted looks like a keyword: it is not shown. */
function oddPair(pairs: readonly Pair[]): string | undefined {
  const seen = new Set<string>();
  let afterPassword = false;
  for (const [index, { key, spelled }] of pairs.entries()) {
    if (!known(key))
      // A password without its keyword, such as that of a URL without its scheme, holds other characters.
      return afterPassword || !/^[a-z_ ]+$/i.test(spelled)
        ? `has no keyword that is known as its part ${index + 1}; put a value that holds ; or begins with a quote into double quotes`
        : `has the unknown keyword ${JSON.stringify(spelled)}; correct or remove it`;
    if (seen.has(key)) return `says ${spelled} twice; keep one of the two`;
    seen.add(key);
    afterPassword = key === 'password';
  }
  return undefined;
}

/** What some keywords say together, or why that is refused. */
type Found = { readonly parts: UrlParts } | { readonly problem: string };
type Said = (key: string) => string | undefined;

function encryptionOf(said: Said): Found {
  const encrypt = said('encrypt')?.toLowerCase();
  const trust = /^(?:true|yes|1)$/i.test(said('trustservercertificate') ?? '');
  if (encrypt === undefined) return { parts: trust ? { tls: 'require' } : {} };
  if (encrypt === 'strict')
    return {
      problem:
        'asks for Encrypt=Strict (TDS 8), which is not offered; say Encrypt=True, which checks the certificate too',
    };
  if (/^(?:false|no|0|optional)$/.test(encrypt)) return { parts: { tls: 'disable' } };
  if (!/^(?:true|yes|1|mandatory)$/.test(encrypt))
    return { problem: 'says a word for Encrypt that is not known; say True or False' };
  return { parts: { tls: trust ? 'require' : 'verify-full' } };
}

function authenticationOf(said: Said): Found {
  const word = said('authentication');
  const plain = word?.toLowerCase().replaceAll(/\s/g, '') ?? sqlLogin;
  if (plain === sqlLogin) return { parts: {} };
  if (managedIdentities.has(plain))
    return {
      problem: `asks for a managed identity (Authentication=${word ?? ''}), which is not offered by itself; say Authentication=Active Directory Default, which finds one too`,
    };
  const authentication = Object.hasOwn(entraLogins, plain) ? entraLogins[plain] : undefined;
  if (authentication === undefined)
    return {
      problem:
        'asks for an Authentication that is not offered; say Sql Password, Active Directory Service Principal or Active Directory Default',
    };
  return { parts: { authentication } };
}

/** What the parts of the server's name are, and what is wrong with it. */
function serverParts(host: string | undefined): Found {
  if (host === undefined || host === '') return { parts: {} };
  const server = readServer(host);
  return 'problem' in server ? { problem: `its server ${server.problem}` } : { parts: server };
}

/** What the keywords set that stand for themselves, by its name, or why one of them is refused. */
function plainParts(
  pairs: readonly Pair[],
): { readonly plain: ReadonlyMap<string, string> } | { readonly problem: string } {
  const plain = new Map<string, string>();
  for (const { key, value } of pairs) {
    const meaning = meanings[key];
    if (typeof meaning === 'string') plain.set(meaning, value);
    const problem = typeof meaning === 'function' ? meaning(value) : undefined;
    if (problem !== undefined) return { problem };
  }
  return { plain };
}

/** Takes a connection string apart. No message shows a value of it but the name of a way to log in. */
export function parseConnectionString(text: string): ParsedUrl {
  const pairs = pairsOf(text);
  if (pairs === undefined || pairs.length === 0)
    return {
      ok: false,
      message: `is neither a URL nor a connection string; ${form}, and put a value that holds ; or begins with a quote into double quotes`,
    };
  const odd = oddPair(pairs);
  if (odd !== undefined) return { ok: false, message: odd };
  const simple = plainParts(pairs);
  if ('problem' in simple) return { ok: false, message: simple.problem };
  const said: Said = (key) => pairs.find((each) => each.key === key)?.value;
  let parts: UrlParts = present(Object.fromEntries(simple.plain));
  for (const found of [serverParts(simple.plain.get('host')), encryptionOf(said), authenticationOf(said)]) {
    if ('problem' in found) return { ok: false, message: found.problem };
    parts = { ...parts, ...found.parts };
  }
  const ignored = pairs.filter(({ key }) => ignorable.has(key)).map(({ spelled }) => spelled);
  return { ok: true, parts, ignored };
}

/** A server as `host` and `port` have it, or what is wrong with its name. */
export type ServerName = { readonly host: string; readonly port?: number } | { readonly problem: string };

/** Names by which a tool of Microsoft's calls the machine that it runs on. */
const here = /^(?:\.|\(local\)|\(\.\))$/i;

/** What cannot be reached by TCP, in words. */
function unreachable(name: string): string | undefined {
  if (/^(?:np:|\\\\)/i.test(name)) return 'is a named pipe, which is not offered; write tcp:host,1433';
  if (/^lpc:/i.test(name)) return 'asks for shared memory, which is not offered; write tcp:host,1433';
  if (/^admin:/i.test(name))
    return 'asks for the administrator connection, of which a server has one; write tcp:host,1433';
  if (/^\(localdb\)/i.test(name))
    return 'is a LocalDB, which listens on a pipe of Windows alone; write the name of a server';
  return undefined;
}

/**
 * The name of a server as Microsoft's tools take it: `erp`, `tcp:erp,1444`, `erp\SQLEXPRESS`, `(local)`, `.`. With a port the
 * instance needs no looking up.
 */
export function readServer(name: string): ServerName {
  const problem = unreachable(name.trim());
  if (problem !== undefined) return { problem };
  const bare = name.trim().replace(/^tcp:/i, '').trim();
  const [address = '', port, ...more] = bare.split(',').map((part) => part.trim());
  if (more.length > 0) return { problem: 'names several ports; write one, as host,1433' };
  const [server = '', ...instance] = address.split('\\').map((part) => part.trim());
  if (server === '') return { problem: 'is empty before the port or instance; write host,1433' };
  if (/^[^:]+:\d+$/.test(server)) return { problem: 'has its port behind a colon; write host,1433' };
  const machine = here.test(server) ? 'localhost' : server.replace(/^\[(.*)\]$/, '$1');
  const host = [machine, ...instance].join('\\');
  if (port === undefined) return { host };
  const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
  if (number < 1 || number > 65_535)
    return { problem: 'has a port that is no number from 1 to 65535; write host,1433' };
  return { host, port: number };
}
