import { kinds } from '../monitors/kinds.ts';
import { checkAlertingEntries, checkNotifyReferences, readAlerting } from './sections/alerting.ts';
import type { Config, ConfigProblem, LoadResult } from './config.ts';
import { expandEnvironment } from './source/environment.ts';
import type { Environment } from './source/environment.ts';
import { readText, resolveBeside } from './source/files.ts';
import { readKnownErrors, shippedErrorsFile } from './sections/known-errors-file.ts';
import { deepFreeze } from './freeze.ts';
import { configJsonSchema, holdsSql } from './schema/json-schema.ts';
import { monitorSchema } from './schema/monitor.ts';
import { readMonitors } from './sections/monitors.ts';
import { readSource } from './source/positions.ts';
import { References, isMapping } from './sections/references.ts';
import type { Mapping } from './sections/references.ts';
import { Report } from './source/report.ts';
import { outlineSchema } from './schema/file.ts';
import {
  entriesOf,
  entrySchemas,
  namesOf,
  readCalendars,
  readCompanies,
  readDatabases,
  readDefaults,
  readMaintenance,
  readResponders,
  readStateFile,
  readTimezone,
} from './sections/sections.ts';

export { formatProblem } from './source/problem.ts';

/** Says what is wrong with the entries of a file in themselves: all that can be told of one whose end is a guess. */
function checkEntries(root: Mapping, report: Report): void {
  report.read(outlineSchema, root, []);
  for (const [section, schema] of Object.entries(entrySchemas))
    for (const [name, entry] of entriesOf(root, section)) report.read(schema, entry, [section, name]);
  for (const [index, entry] of monitorsOf(root).entries()) {
    const kind = kinds.find((candidate) => isMapping(entry) && candidate.kind === entry['kind']);
    if (kind !== undefined) report.read(monitorSchema(kind), entry, ['monitors', index]);
  }
  checkAlertingEntries(root, report);
}

/** The entries of a section that is a list; none when it is no list, which the outline complains about. */
function listOf(root: Mapping, section: string): readonly unknown[] {
  const entries = root[section];
  return Array.isArray(entries) ? entries : [];
}

function monitorsOf(root: Mapping): readonly unknown[] {
  return listOf(root, 'monitors');
}

/** What the entries say under a key, where it is a text. */
function textsOf(entries: readonly unknown[], key: string): readonly string[] {
  const values = entries.map((entry) => (isMapping(entry) ? entry[key] : undefined));
  return [...new Set(values.filter((value) => typeof value === 'string'))];
}

function checkReferences(root: Mapping, report: Report): void {
  const references = new References(
    {
      databases: namesOf(root, 'databases'),
      calendars: namesOf(root, 'calendars'),
      companies: namesOf(root, 'companies'),
      responders: namesOf(root, 'responders'),
      monitors: textsOf(monitorsOf(root), 'name'),
    },
    report,
  );
  references.check(root['defaults'], ['defaults']);
  for (const [index, entry] of monitorsOf(root).entries()) references.check(entry, ['monitors', index]);
  for (const [index, entry] of listOf(root, 'maintenance').entries())
    references.check(entry, ['maintenance', index]);
  checkNotifyReferences(root, references, textsOf(monitorsOf(root), 'flow'), report);
}

/** The catalogue of known errors, and what is wrong with the files that it is made of. */
function readErrors(root: Mapping, file: string) {
  const own = root['known_errors_file'];
  const flows = monitorsOf(root).flatMap((entry) =>
    isMapping(entry) && typeof entry['flow'] === 'string' ? [entry['flow']] : [],
  );
  return readKnownErrors(shippedErrorsFile, typeof own === 'string' ? resolveBeside(file, own) : undefined, {
    responders: namesOf(root, 'responders'),
    flows,
  });
}

async function readConfig(
  root: Mapping,
  report: Report,
  file: string,
): Promise<{ readonly config: Config; readonly problems: readonly ConfigProblem[] }> {
  report.read(outlineSchema, root, []);
  checkReferences(root, report);
  const timezone = readTimezone(root);
  const databases = await readDatabases(root, report, file);
  const companies = readCompanies(root, report, timezone);
  const responders = readResponders(root, report);
  const monitors = readMonitors(monitorsOf(root), {
    report,
    kinds: new Map(kinds.map((kind) => [kind.kind, { kind, schema: monitorSchema(kind) }])),
    defaults: readDefaults(root, report),
    timezone,
    drivers: new Map([...databases.values()].map(({ name, driver }) => [name, driver])),
    calendars: readCalendars(root, report, timezone),
    companies: [...companies.keys()],
  });
  const { catalogue, problems } = await readErrors(root, file);
  const config = {
    timezone,
    databases,
    companies,
    responders,
    alerting: readAlerting(root, { companies, responders }, report),
    maintenance: readMaintenance(root, report, timezone),
    stateFile: readStateFile(root, file),
    knownErrors: catalogue,
    monitors,
  };
  return { config, problems: [...report.problems, ...problems] };
}

/** Points at what is defined and not used: mostly the other half of a slip. */
function warnOfUnused(root: Mapping, { monitors }: Config, report: Report): void {
  const databases = new Set(monitors.flatMap((monitor) => monitor.databases));
  const companies = new Set(monitors.flatMap((monitor) => monitor.companies));
  const calendars = new Set(
    [...monitorsOf(root), root['defaults']].map((entry) => isMapping(entry) && entry['calendar']),
  );
  for (const [section, used] of Object.entries({ databases, companies, calendars }))
    for (const name of namesOf(root, section))
      if (!(used as ReadonlySet<unknown>).has(name))
        report.warn([section, name], 'no monitor uses it; remove it, or name it in a monitor', 'key');
}

function freeze(config: Config): Config {
  for (const map of [config.databases, config.companies, config.responders])
    for (const entry of map.values()) deepFreeze(entry);
  for (const monitor of config.monitors) {
    for (const part of [monitor.settings, monitor.companies, monitor.schedule, monitor.databases])
      deepFreeze(part);
    // Not deeply: its kind and its calendar are no data, and fill caches of their own.
    Object.freeze(monitor);
  }
  deepFreeze(config.alerting);
  Object.freeze(config.monitors);
  return Object.freeze(config);
}

function failure(problems: readonly ConfigProblem[]): LoadResult {
  return { ok: false, problems };
}

/**
 * Reads a configuration file. Everything that is wrong with it comes out at once, in the order of the file.
 *
 * `${NAME}` is replaced by the variable of `env` in every text, save in statements of SQL, which have a use for `$`.
 * Never throws for what a file, or a file that it names, holds or lacks.
 *
 * @param file as the user wrote it: it begins every message.
 */
export async function loadConfig(file: string, { env }: { readonly env: Environment }): Promise<LoadResult> {
  const found = await readText(file);
  if ('fault' in found)
    return failure([{ file, line: 1, column: 1, path: '', message: `cannot be read: ${found.fault}` }]);
  const source = readSource(found.text);
  const schema = configJsonSchema(kinds);
  const expansion = expandEnvironment(source.data, env, (path) => holdsSql(schema, path));
  const report = new Report(file, source, expansion);
  const root = expansion.data;
  const isSound = source.soundUntil === Infinity;
  if (!isMapping(root)) {
    if (isSound)
      report.problem(
        [],
        root === null
          ? 'is empty; write databases: and monitors:'
          : 'is no configuration; write databases: and monitors:',
      );
    return failure(report.problems);
  }
  if (!isSound) {
    checkEntries(root, report);
    return failure(report.problems);
  }
  const { config, problems } = await readConfig(root, report, file);
  if (problems.length > 0) return failure(problems);
  warnOfUnused(root, config, report);
  return {
    ok: true,
    config: freeze(config),
    warnings: report.warnings,
    problemAt: (path, message) => report.at(path, message),
  };
}
