import { driverOf, drivers } from '../../databases/drivers.ts';
import type { Family, MonitorKind, MonitorQuery } from '../../monitors/contract.ts';
import { asksDatabases } from '../../monitors/shared/asks-databases.ts';
import { companyColumn } from '../../monitors/shared/row-companies.ts';
import type { MonitorConfig } from '../config.ts';
import { commonSchema } from '../schema/monitor.ts';
import { suggest } from '../source/nearest.ts';
import type { Path } from '../source/path.ts';
import { isMapping } from './entries.ts';
import type { Mapping } from './entries.ts';
import { buildMonitor, checkSchedule, checkSends } from './monitor-build.ts';
import type { KindSchema, MonitorContext } from './monitor-build.ts';
import { checkFamilies, checkNames } from './monitor-conflicts.ts';
import type { PartialMonitor } from './monitor-conflicts.ts';

/** The kind that an entry names. Without a valid one, the common keys are still checked. */
function kindOf(entry: Mapping, path: Path, { report, kinds }: MonitorContext): KindSchema | undefined {
  const given = entry['kind'];
  const names = [...kinds.keys()];
  const known = typeof given === 'string' ? kinds.get(given) : undefined;
  if (known !== undefined) return known;
  if (given === undefined) report.problem([...path, 'kind'], `is missing; write one of ${names.join(', ')}`);
  else
    report.problem(
      [...path, 'kind'],
      `no kind of monitor is called ${JSON.stringify(given)}; ${suggest(typeof given === 'string' ? given : '', names, '')}`,
    );
  report.read(commonSchema, entry, path);
  return undefined;
}

/** The families of a monitor. Reports declared ones that have a name of the exporter, or a label that it sets. */
function readFamilies(
  kind: MonitorKind,
  settings: Mapping,
  path: Path,
  { report, isReserved, environment }: MonitorContext,
): readonly Family[] {
  const declared = kind.declaredFamilies?.(settings) ?? [];
  for (const { family, path: place } of declared) {
    if (isReserved(family.name))
      report.problem(
        [...path, ...place],
        'is a name of the exporter itself; choose another one, such as shop_open_baskets',
      );
    if (environment !== '' && family.labels.includes('environment'))
      report.problem(
        [...path, ...place],
        'has the label environment, which the exporter itself sets on every series because the configuration has the key environment; rename the column with AS',
      );
  }
  return [...kind.families, ...declared.map(({ family }) => family)];
}

/** Reports databases that a comparing monitor cannot use, because their driver cannot compare. */
function checkComparing(kind: MonitorKind, settings: Mapping, path: Path, context: MonitorContext): void {
  if (kind.comparesDatabases !== true) return;
  const able = drivers.filter(({ canCompare }) => canCompare).map(({ name }) => name);
  for (const { database, key } of kind.queries(settings)) {
    const driver = context.drivers.get(database);
    if (driver === undefined || driverOf(driver).canCompare) continue;
    context.report.problem(
      [...path, ...key.split('.').slice(0, 1), 'database'],
      `driver ${driver} cannot reconcile; use a database with driver ${able.join(', ')}`,
    );
  }
}

/** Whether each query can return the column that says which company a row belongs to. */
function canServeSeveral(queries: readonly MonitorQuery[]): boolean {
  return queries.every(({ columns }) => columns.some(({ name }) => name === companyColumn.name));
}

/** Whether a monitor of several companies can tell them apart, and whether a kind that asks no database was given a query. */
function checkCompanies(
  config: MonitorConfig,
  canary: string | undefined,
  path: Path,
  report: MonitorContext['report'],
): void {
  const { kind, settings } = config;
  if (config.shared && !asksDatabases(kind))
    report.problem(
      path,
      'serves several companies at once, but reads the same for all of them, so that each record would be reported for all; put {company} into its path, or name one company in companies',
    );
  if (canary !== undefined && !asksDatabases(kind))
    report.problem(
      [...path, 'canary'],
      `is a query, and kind ${kind.kind} asks no database; remove it`,
      'key',
    );
  if (config.shared && !canServeSeveral(kind.queries(settings)))
    report.problem(
      path,
      'serves several companies at once, but its queries do not use :company, so that each record would be reported for all of them; use :company in both queries, or name one company in companies',
    );
  for (const company of config.ignoredCompanies)
    if (config.companies.includes(company))
      report.problem(
        [...path, 'ignore_companies'],
        `${company} is a company of this monitor; take it out of one of the two lists`,
      );
}

function readMonitor(entry: unknown, path: Path, context: MonitorContext): PartialMonitor {
  const { report } = context;
  const unread = { path, name: '', families: [], config: undefined };
  if (!isMapping(entry)) {
    report.problem(path, 'must be a mapping of keys; start it with "- name: …"');
    return unread;
  }
  const name = typeof entry['name'] === 'string' ? entry['name'] : '';
  const known = kindOf(entry, path, context);
  if (known === undefined) return { ...unread, name };
  const { kind, schema } = known;
  const whole = report.read(schema, entry, path);
  // Read separately, so that a mistake in the common keys does not hide one in the keys of the kind.
  const settings = report.read(kind.settings, entry, path);
  const common = report.read(commonSchema, entry, path);
  if (common !== undefined) checkSchedule(common, path, context);
  if (settings === undefined) return { ...unread, name };
  for (const problem of kind.problems?.(settings) ?? [])
    report.problem([...path, ...problem.path], problem.message);
  for (const doubt of kind.doubts?.(settings, new Set(Object.keys(entry))) ?? [])
    report.warn([...path, ...doubt.path], doubt.message);
  const families = readFamilies(kind, settings, path, context);
  if (whole === undefined || common === undefined) return { path, name, families, config: undefined };
  checkComparing(kind, settings, path, context);
  const config = buildMonitor(kind, settings, common, context);
  checkSends(config, path, report);
  checkCompanies(config, common.canary, path, report);
  return { path, name, families, config };
}

/** Reads `monitors:` and collects the problems. @returns the monitors that are valid on their own. */
export function readMonitors(entries: readonly unknown[], context: MonitorContext): readonly MonitorConfig[] {
  const monitors = entries.map((entry, index) => readMonitor(entry, ['monitors', index], context));
  checkNames(monitors, context.report);
  checkFamilies(monitors, context.report);
  return monitors.flatMap(({ config }) => (config === undefined ? [] : [config]));
}
