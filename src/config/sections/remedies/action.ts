import { driverOf } from '../../../databases/drivers.ts';
import { parametersOf } from '../../../databases/shared/named-parameters.ts';
import { statementProblem } from '../../../remedies/statement-text.ts';
import { placeholders, urlTemplateProblem } from '../../../remedies/template.ts';
import type { RemedyAction } from '../../config.ts';
import type { RemedyEntry } from '../../schema/remedies.ts';
import { isOwnMachine, namedCertificates, namedFile } from '../../source/named-file.ts';
import { suggest } from '../../source/nearest.ts';
import type { Path } from '../../source/path.ts';
import type { RemedyContext } from './context.ts';

type Http = Exclude<RemedyEntry['http'], undefined>;
type Statement = Exclude<RemedyEntry['statement'], undefined>;

/** Headers that the exporter sends itself. */
const ownHeaders: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'upgrade',
  'idempotency-key',
]);

function checkHeaders({ headers, header_files: files }: Http, path: Path, { report }: RemedyContext): void {
  const seen = new Set<string>();
  for (const [key, entries] of [
    ['headers', headers],
    ['header_files', files],
  ] as const)
    for (const [name, value] of Object.entries(entries)) {
      const lower = name.toLowerCase();
      const at = [...path, key, name];
      if (ownHeaders.has(lower)) report.problem(at, 'is set by the exporter itself; remove it', 'key');
      else if (seen.has(lower)) report.problem(at, 'is given twice; keep one of the two', 'key');
      else if (key === 'headers' && /\{(?:record|company|monitor)\}/.test(value))
        report.problem(
          at,
          'has a placeholder, which a header is sent with as it is; write it into url or body',
        );
      seen.add(lower);
    }
}

function checkUrl({ url, header_files: files }: Http, path: Path, { report }: RemedyContext): void {
  const problem = urlTemplateProblem(url);
  if (problem !== undefined) {
    report.problem([...path, 'url'], problem);
    return;
  }
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && Object.keys(files).length > 0 && !isOwnMachine(hostname))
    report.warn([...path, 'url'], 'the secrets of header_files cross the network unencrypted; use https');
}

async function httpAction(http: Http, path: Path, context: RemedyContext): Promise<RemedyAction> {
  checkUrl(http, path, context);
  checkHeaders(http, path, context);
  const headerFiles: Record<string, string> = {};
  for (const [name, file] of Object.entries(http.header_files)) {
    const found = await namedFile(file, [...path, 'header_files', name], context);
    if (found !== undefined) headerFiles[name] = found.path;
  }
  const ca = await namedCertificates(http.tls_ca_file, [...path, 'tls_ca_file'], context);
  return {
    type: 'http',
    method: http.method,
    url: http.url,
    headers: http.headers,
    headerFiles,
    ...(http.body === undefined ? {} : { body: http.body }),
    allowsPrivate: http.allow_private,
    timeoutMs: http.timeout,
    ...(ca === undefined ? {} : { ca }),
  };
}

function statementAction(
  { database, sql, timeout }: Statement,
  path: Path,
  { report, databases }: RemedyContext,
): RemedyAction | undefined {
  const settings = databases.get(database);
  if (settings === undefined) {
    const names = [...databases.keys()];
    const hint = suggest(database, names, 'there are none; add it under writable_databases');
    report.problem(
      [...path, 'database'],
      `no writable database is called ${JSON.stringify(database)}; ${hint}`,
    );
    return undefined;
  }
  const { quoting } = driverOf(settings.driver);
  const problem = statementProblem(sql, parametersOf(sql, quoting, new Set(placeholders)));
  if (problem !== undefined) report.problem([...path, 'sql'], problem);
  return { type: 'statement', database, sql, timeoutMs: timeout };
}

/** What a remedy does. @returns undefined when that cannot be told, which is reported. */
export async function readAction(
  { http, statement }: RemedyEntry,
  path: Path,
  context: RemedyContext,
): Promise<RemedyAction | undefined> {
  if (http !== undefined) return httpAction(http, [...path, 'http'], context);
  if (statement !== undefined) return statementAction(statement, [...path, 'statement'], context);
  return undefined;
}
