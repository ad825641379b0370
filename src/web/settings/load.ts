import type { ConfigProblem } from '../../config/source/problem.ts';
import { readText } from '../../config/source/files.ts';
import type { FileText } from '../../config/source/files.ts';
import { readSource } from '../../config/source/positions.ts';
import { Report } from '../../config/source/report.ts';
import type { Transport } from '../server/transport.ts';
import { webConfigSchema } from './schema.ts';
import type { WebConfigData } from './schema.ts';
import { isTlsEnabled, readTransport } from './tls.ts';
import type { Reading } from './tls.ts';

/** What a web configuration file means. */
export interface WebSettings {
  /** undefined: without TLS. */
  readonly transport: Transport | undefined;
  /** Headers of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and the bcrypt hashes of their passwords; empty: no password is asked for. */
  readonly users: ReadonlyMap<string, string>;
  /** At most `burst` requests at once, then one per `interval` milliseconds; an interval of 0: no limit. */
  readonly rateLimit: { readonly interval: number; readonly burst: number };
}

/** Without a file. */
export const noSettings: WebSettings = {
  transport: undefined,
  headers: {},
  users: new Map(),
  rateLimit: { interval: 0, burst: 0 },
};

/** Whether nobody gets in without a password or a certificate that is verified. */
export function isGuarded({ users, transport }: WebSettings): boolean {
  return users.size > 0 || transport?.verifiesClients === true;
}

/** The settings, or all that is wrong with them; and the texts of all files that decide about it, by path. */
export type LoadedSettings = { readonly texts: ReadonlyMap<string, FileText> } & (
  | { readonly ok: true; readonly settings: WebSettings; readonly warnings: readonly ConfigProblem[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }
);

/** Go takes a key without a value for one that is absent. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(present.map(([key, item]) => [key, withoutNulls(item)]));
}

function warnOfUsers(
  { basic_auth_users: users, tls_server_config: tls }: WebConfigData,
  report: Report,
): void {
  if (Object.keys(users).length > 0 && !isTlsEnabled(tls))
    report.warn(['basic_auth_users'], 'passwords cross the network readably without tls_server_config');
}

async function readSettings(content: unknown, reading: Reading): Promise<WebSettings | undefined> {
  const { report } = reading;
  const data = report.read(webConfigSchema, withoutNulls(content) ?? {}, []);
  if (data === undefined) return undefined;
  warnOfUsers(data, report);
  const { http_server_config: http, basic_auth_users: users, rate_limit: rateLimit } = data;
  const headers = Object.entries(http.headers).filter((entry): entry is [string, string] => entry[1] !== '');
  return {
    transport: await readTransport(data.tls_server_config, http.http2, reading),
    headers: Object.fromEntries(headers),
    users: new Map(Object.entries(users)),
    rateLimit,
  };
}

/** Reads a web configuration file and the files that it names. Never throws: whatever is wrong is a problem. */
export async function loadSettings(file: string, now: number): Promise<LoadedSettings> {
  const texts = new Map<string, FileText>();
  const read = async (path: string): Promise<FileText> => {
    const found = await readText(path);
    texts.set(path, found);
    return found;
  };
  const found = await read(file);
  if ('fault' in found) {
    const problem = { file, line: 1, column: 1, path: '', message: `cannot be read: ${found.fault}` };
    return { ok: false, problems: [problem], texts };
  }
  const source = readSource(found.text);
  const report = new Report(file, source, { data: source.data, expanded: new Set(), problems: [] });
  const settings = await readSettings(source.data, { file, report, read, now });
  const { problems, warnings } = report;
  return settings === undefined || problems.length > 0
    ? { ok: false, problems, texts }
    : { ok: true, settings, warnings, texts };
}
