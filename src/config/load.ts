import type { MonitorKind } from '../monitors/contract.ts';
import { kinds as allKinds } from '../monitors/kinds.ts';
import { trackerKinds } from '../tickets/trackers.ts';
import type { Config, ConfigProblem, LoadResult } from './config.ts';
import { freezeConfig } from './freeze.ts';
import { configJsonSchema, holdsSql } from './schema/json-schema.ts';
import { outlineSchema } from './schema/file.ts';
import { monitorSchema } from './schema/monitor.ts';
import { readAccess } from './sections/access/access.ts';
import { readAlerting } from './sections/alerting.ts';
import { readCalendars, readMaintenance } from './sections/calendars.ts';
import { checkEntries, checkDatabasesThere, checkReferences, warnOfUnused } from './sections/checks.ts';
import { isMapping, monitorsOf, responderNamesOf, withoutExtensions } from './sections/entries.ts';
import type { Mapping } from './sections/entries.ts';
import { readKnownErrors, shippedErrorsFile } from './sections/known-errors-file.ts';
import { readMails } from './sections/mails/mails.ts';
import { readMonitors } from './sections/monitors.ts';
import { readCompanies, readResponders } from './sections/parties.ts';
import { readPrometheus } from './sections/prometheus/prometheus.ts';
import { readRemedies } from './sections/remedies/remedies.ts';
import { reservedNames } from './sections/reserved-names.ts';
import { checkShownSecrets, nameToShow } from './sections/shown-texts.ts';
import { readStateDatabase, warnOfForgetting } from './sections/state-database/state-database.ts';
import { readStatusPage } from './sections/status-page.ts';
import { readTickets } from './sections/tickets/tickets.ts';
import {
  checkStateFile,
  readDatabases,
  readDefaults,
  readEnvironment,
  readStateFile,
  readTimezone,
} from './sections/top-level.ts';
import { expandEnvironment } from './source/environment.ts';
import type { Environment } from './source/environment.ts';
import { readText, resolveBeside } from './source/files.ts';
import type { Path } from './source/path.ts';
import { readSource } from './source/positions.ts';
import { Report } from './source/report.ts';

/** Reads the catalogue of known errors, with the problems of its files. */
function readErrors(root: Mapping, file: string) {
  const own = nameToShow(root['known_errors_file']);
  const flows = monitorsOf(root).flatMap((entry) =>
    isMapping(entry) && typeof entry['flow'] === 'string' ? [entry['flow']] : [],
  );
  return readKnownErrors(shippedErrorsFile, own === undefined ? undefined : resolveBeside(file, own), {
    responders: responderNamesOf(root),
    flows,
  });
}

function readMonitorList(
  root: Mapping,
  report: Report,
  kinds: readonly MonitorKind[],
  given: Pick<Config, 'environment' | 'timezone' | 'databases' | 'companies'>,
): Config['monitors'] {
  const { environment, timezone, databases, companies } = given;
  return readMonitors(monitorsOf(root), {
    report,
    kinds: new Map(kinds.map((kind) => [kind.kind, { kind, schema: monitorSchema(kind) }])),
    isReserved: reservedNames(kinds),
    environment,
    defaults: readDefaults(root, report),
    timezone,
    drivers: new Map([...databases.values()].map(({ name, driver }) => [name, driver])),
    calendars: readCalendars(root, report, timezone),
    companies: [...companies.keys()],
  });
}

/** What reading the sections that may be absent needs of the others. */
type Given = Pick<Config, 'timezone' | 'monitors' | 'knownErrors' | 'companies'>;

/** The sections that may be absent. */
async function readOptional(
  root: Mapping,
  report: Report,
  file: string,
  { timezone, companies: parties, monitors, knownErrors }: Given,
): Promise<Partial<Config>> {
  const companies = [...parties.keys()];
  const access = await readAccess(root, report, { file, companies });
  const statusPage = readStatusPage(root, report, { companies, monitors });
  const prometheus = await readPrometheus(root, report, file);
  const tickets = await readTickets(root, { report, file, kinds: trackerKinds });
  const remedies = await readRemedies(root, {
    report,
    file,
    companies,
    monitors,
    calendars: readCalendars(root, report, timezone),
    errors: knownErrors.errors,
    databases: await readDatabases(root, report, file, 'writable_databases'),
  });
  const mails = await readMails(root, { report, file, timezone, companies: parties });
  return {
    ...(access === undefined ? {} : { access }),
    ...(statusPage === undefined ? {} : { statusPage }),
    ...(prometheus === undefined ? {} : { prometheus }),
    ...(tickets === undefined ? {} : { tickets }),
    ...(remedies === undefined ? {} : { remedies }),
    ...(mails === undefined ? {} : { mails }),
  };
}

async function readConfig(
  root: Mapping,
  report: Report,
  file: string,
  kinds: readonly MonitorKind[],
): Promise<{ readonly config: Config; readonly problems: readonly ConfigProblem[] }> {
  report.read(outlineSchema, root, []);
  checkDatabasesThere(root, report, kinds);
  checkReferences(root, report);
  const environment = readEnvironment(root);
  const timezone = readTimezone(root);
  const databases = await readDatabases(root, report, file);
  const stateFile = readStateFile(root, file);
  await checkStateFile(databases, stateFile, report);
  const companies = readCompanies(root, report, timezone);
  const responders = readResponders(root, report);
  const monitors = readMonitorList(root, report, kinds, { environment, timezone, databases, companies });
  const { catalogue: knownErrors, problems } = await readErrors(root, file);
  const given = { timezone, companies, monitors, knownErrors };
  return {
    config: {
      environment,
      timezone,
      databases,
      companies,
      responders,
      alerting: readAlerting(root, { companies, responders }, report),
      maintenance: readMaintenance(root, report, timezone),
      ...(await readOptional(root, report, file, given)),
      stateFile,
      ...(await readStateDatabase(root, report, file)),
      knownErrors,
      monitors,
    },
    problems: [...report.problems, ...problems],
  };
}

function warn(root: Mapping, config: Config, report: Report): void {
  warnOfUnused(root, config, report);
  warnOfForgetting(config, report);
}

/** More than anybody reads at once; a log and a page must not grow by what a file holds. */
const maxProblems = 100;

function failure(file: string, problems: readonly ConfigProblem[]): LoadResult {
  const more = problems.length - maxProblems;
  if (more <= 0) return { ok: false, problems };
  const message = `and ${more} more ${more === 1 ? 'problem' : 'problems'}: mend these first`;
  const last = { file, line: 1, column: 1, path: '', message };
  return { ok: false, problems: [...problems.slice(0, maxProblems), last] };
}

/**
 * Reads a configuration file. All its problems are reported at once, in the order of the file.
 *
 * `${NAME}` is replaced by the variable of `env` in every text except SQL statements, where `$` has a meaning of its own.
 * Never throws because of the content of the file, or of a file that it names, nor when one is missing.
 *
 * @param file path as the user wrote it; every message starts with it.
 * @param options.kinds the allowed values of `kind:`; absent: every kind of the product.
 */
export async function loadConfig(
  file: string,
  { env, kinds = allKinds }: { readonly env: Environment; readonly kinds?: readonly MonitorKind[] },
): Promise<LoadResult> {
  const found = await readText(file);
  if ('fault' in found)
    return failure(file, [{ file, line: 1, column: 1, path: '', message: `cannot be read: ${found.fault}` }]);
  const source = readSource(found.text);
  const schema = configJsonSchema(kinds);
  const data = withoutExtensions(source.data);
  const isSql = (path: Path) => holdsSql(schema, path);
  const expansion = expandEnvironment(data, env, isSql);
  const report = new Report(file, source, expansion);
  const root = expansion.data;
  const isStructureCertain = source.firstUncertainLine === Infinity;
  if (!isMapping(root)) {
    if (isStructureCertain)
      report.problem(
        [],
        root === null
          ? 'is empty; add databases: and monitors:'
          : 'is not a configuration; add databases: and monitors:',
      );
    return failure(file, report.problems);
  }
  if (!isStructureCertain) {
    checkEntries(root, report, kinds);
    return failure(file, report.problems);
  }
  checkShownSecrets(root, report, isSql);
  const { config, problems } = await readConfig(root, report, file, kinds);
  if (problems.length > 0) return failure(file, problems);
  warn(root, config, report);
  return {
    ok: true,
    config: freezeConfig(config),
    warnings: report.warnings,
    problemAt: (path, message) => report.at(path, message),
  };
}
