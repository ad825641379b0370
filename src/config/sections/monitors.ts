import type { z } from 'zod';
import { always } from '../../calendar/calendar.ts';
import type { Schedule } from '../../calendar/schedule.ts';
import type { Calendar } from '../../calendar/calendar.ts';
import type { Dialect } from '../../databases/named-parameters.ts';
import { parametersOf } from '../../databases/named-parameters.ts';
import type { Family, MonitorKind } from '../../monitors/contract.ts';
import type { MonitorConfig } from '../config.ts';
import { suggest } from '../source/explain.ts';
import { commonSchema } from '../schema/monitor.ts';
import type { CommonSettings, defaultsSchema } from '../schema/monitor.ts';
import type { Path } from '../source/positions.ts';
import { isMapping } from './references.ts';
import type { Mapping } from './references.ts';
import type { Report } from '../source/report.ts';

export type Defaults = z.output<typeof defaultsSchema>;

export interface NamedCalendar {
  readonly calendar: Calendar;
  readonly key: string;
}

/** A kind, with the schema of a whole monitor of it. */
export interface KnownKind {
  readonly kind: MonitorKind;
  readonly schema: z.ZodType;
}

/** What monitors are built upon. */
export interface Surroundings {
  readonly report: Report;
  /** What `kind:` may say. */
  readonly kinds: ReadonlyMap<string, KnownKind>;
  readonly defaults: Defaults;
  readonly timezone: string;
  /** Driver by the name of the database. */
  readonly drivers: ReadonlyMap<string, string>;
  readonly calendars: ReadonlyMap<string, NamedCalendar>;
  readonly companies: readonly string[];
}

/** A monitor as far as it could be read. */
interface ReadMonitor {
  readonly path: Path;
  readonly name: string;
  readonly families: readonly Family[];
  readonly config: MonitorConfig | undefined;
}

const companyParameter: ReadonlySet<string> = new Set(['company']);

/** Quoting rules by driver; of a driver without rules of its own, those of the standard, as PostgreSQL follows them. */
function dialectOf(driver: string | undefined): Dialect {
  return driver === 'mssql' || driver === 'mysql' ? driver : 'postgres';
}

function scheduleOf(common: CommonSettings, { defaults, timezone }: Surroundings): Schedule {
  const { cron, every } = common;
  if (cron === undefined) return { everyMs: every ?? defaults.every };
  return typeof cron === 'string'
    ? { cron, timezone }
    : { cron: cron.expression, timezone: cron.timezone ?? timezone };
}

function checkSchedule(common: CommonSettings, path: Path, { report, defaults }: Surroundings): void {
  if (common.cron !== undefined && common.every !== undefined)
    report.problem([...path, 'cron'], 'every is given too; keep one of the two', 'key');
  const every = common.every ?? defaults.every;
  const timeout = common.timeout ?? defaults.timeout;
  if (common.cron === undefined && every < timeout)
    report.warn(
      [...path, common.every === undefined ? 'timeout' : 'every'],
      'every is shorter than timeout: a slow run makes the next ones wait; lengthen every or shorten timeout',
    );
}

function build(
  kind: MonitorKind,
  settings: Mapping,
  common: CommonSettings,
  around: Surroundings,
): MonitorConfig {
  const { defaults } = around;
  const timeoutMs = common.timeout ?? defaults.timeout;
  const queries = kind.queries(settings);
  const databases = [...new Set(queries.map(({ database }) => database))];
  const companies = common.companies === undefined ? around.companies : [...new Set(common.companies)];
  const statements = [
    ...queries,
    ...(common.canary === undefined ? [] : [{ database: databases[0] ?? '', sql: common.canary }]),
  ];
  const isOwn = statements.some(
    ({ database, sql }) =>
      parametersOf(sql, dialectOf(around.drivers.get(database)), companyParameter).size > 0,
  );
  const calendarName = common.calendar ?? defaults.calendar;
  const named = calendarName === undefined ? undefined : around.calendars.get(calendarName);
  return {
    name: common.name,
    kind,
    settings,
    flow: common.flow,
    companies,
    shared: companies.length > 1 && !isOwn,
    criticality: common.criticality ?? defaults.criticality,
    schedule: scheduleOf(common, around),
    calendar: named?.calendar ?? always,
    calendarKey: named?.key ?? 'always',
    timeoutMs,
    runTimeoutMs: kind.runTimeoutMs?.(settings) ?? timeoutMs,
    holdMs: common.hold ?? defaults.hold,
    maxRows: common.max_rows ?? defaults.max_rows,
    maxSeries: common.max_series ?? defaults.max_series,
    ...(common.canary === undefined ? {} : { canary: common.canary }),
    ...(common.record_url === undefined ? {} : { recordUrl: common.record_url }),
    responder: common.responder ?? defaults.responder ?? '',
    databases,
  };
}

/** The kind that an entry names; without one, its common keys are looked at all the same. */
function kindOf(entry: Mapping, path: Path, { report, kinds }: Surroundings): KnownKind | undefined {
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

function readMonitor(entry: unknown, path: Path, around: Surroundings): ReadMonitor {
  const { report } = around;
  const unread = { path, name: '', families: [], config: undefined };
  if (!isMapping(entry)) {
    report.problem(path, 'must be a mapping of keys; begin it with "- name: …"');
    return unread;
  }
  const name = typeof entry['name'] === 'string' ? entry['name'] : '';
  const known = kindOf(entry, path, around);
  if (known === undefined) return { ...unread, name };
  const { kind, schema } = known;
  const whole = report.read(schema, entry, path);
  // Apart from each other, so that a slip among the common keys does not hide one that only the kind can see.
  const settings = report.read(kind.settings, entry, path);
  const common = report.read(commonSchema, entry, path);
  if (common !== undefined) checkSchedule(common, path, around);
  if (settings === undefined) return { ...unread, name };
  for (const problem of kind.problems?.(settings) ?? [])
    report.problem([...path, ...problem.path], problem.message);
  const families = kind.families(settings);
  if (whole === undefined || common === undefined) return { path, name, families, config: undefined };
  const config = build(kind, settings, common, around);
  if (kind.oneCompany === true && config.shared)
    report.problem(
      path,
      'serves several companies at once, but its queries do not use :company, so that each record would be told for all of them; use :company in both, or name one company in companies',
    );
  return { path, name, families, config };
}

function checkNames(monitors: readonly ReadMonitor[], report: Report): void {
  const first = new Map<string, number>();
  for (const [index, { name, path }] of monitors.entries()) {
    const earlier = first.get(name);
    if (name !== '' && earlier !== undefined)
      report.problem(
        [...path, 'name'],
        `monitors[${earlier}] is called ${JSON.stringify(name)} too; give each its own name`,
      );
    else first.set(name, index);
  }
}

/** One name of a metric can have one help, type and set of labels only: Prometheus refuses a text that says otherwise. */
function checkFamilies(monitors: readonly ReadMonitor[], report: Report): void {
  const first = new Map<string, { readonly family: Family; readonly monitor: string }>();
  for (const { families, name, path } of monitors)
    for (const family of families) {
      const earlier = first.get(family.name);
      if (earlier === undefined) {
        first.set(family.name, { family, monitor: name });
        continue;
      }
      const differing = (['help', 'type', 'labels'] as const).filter(
        (key) => JSON.stringify(family[key]) !== JSON.stringify(earlier.family[key]),
      );
      if (differing.length > 0)
        report.problem(
          path,
          `its metric ${family.name} has another ${differing.join(' and ')} than in monitor ${JSON.stringify(earlier.monitor)}; give it another name, or make them alike`,
        );
    }
}

/** Reads `monitors:`; what is wrong becomes problems. Only monitors that are right in themselves come out. */
export function readMonitors(entries: readonly unknown[], around: Surroundings): readonly MonitorConfig[] {
  const monitors = entries.map((entry, index) => readMonitor(entry, ['monitors', index], around));
  checkNames(monitors, around.report);
  checkFamilies(monitors, around.report);
  return monitors.flatMap(({ config }) => (config === undefined ? [] : [config]));
}
