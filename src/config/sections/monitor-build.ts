import type { z } from 'zod';
import { always } from '../../calendar/calendar.ts';
import type { Schedule } from '../../calendar/schedule.ts';
import { driverOf } from '../../databases/drivers.ts';
import { parametersOf } from '../../databases/shared/named-parameters.ts';
import type { MonitorKind, MonitorQuery } from '../../monitors/contract.ts';
import type { MonitorConfig } from '../config.ts';
import type { CommonSettings } from '../schema/monitor.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import type { NamedCalendar } from './calendars.ts';
import type { Mapping } from './entries.ts';
import type { Defaults } from './top-level.ts';

/** A kind, with the schema of a whole monitor of that kind. */
export interface KindSchema {
  readonly kind: MonitorKind;
  readonly schema: z.ZodType;
}

/** What reading a monitor needs of the rest of the configuration. */
export interface MonitorContext {
  readonly report: Report;
  /** The allowed values of `kind:`. */
  readonly kinds: ReadonlyMap<string, KindSchema>;
  /** Whether a name is kept from the metrics that a monitor declares. */
  readonly isReserved: (name: string) => boolean;
  /** What every series bears as the label `environment`; '': it is free. */
  readonly environment: string;
  readonly defaults: Defaults;
  readonly timezone: string;
  /** Driver by name of the database. */
  readonly drivers: ReadonlyMap<string, string>;
  readonly calendars: ReadonlyMap<string, NamedCalendar>;
  readonly companies: readonly string[];
}

const companyParameter: ReadonlySet<string> = new Set(['company']);

function scheduleOf(common: CommonSettings, { defaults, timezone }: MonitorContext): Schedule {
  const { cron, every } = common;
  if (cron === undefined) return { everyMs: every ?? defaults.every };
  return typeof cron === 'string'
    ? { cron, timezone }
    : { cron: cron.expression, timezone: cron.timezone ?? timezone };
}

/** Reports a schedule that is given twice, and warns of an interval that is shorter than the time limit. */
export function checkSchedule(
  common: CommonSettings,
  path: Path,
  { report, defaults }: MonitorContext,
): void {
  if (common.cron !== undefined && common.every !== undefined)
    report.problem([...path, 'cron'], 'every is set too; keep one of the two', 'key');
  const every = common.every ?? defaults.every;
  const timeout = common.timeout ?? defaults.timeout;
  if (common.cron === undefined && every < timeout)
    report.warn(
      [...path, common.every === undefined ? 'timeout' : 'every'],
      'every is shorter than timeout: scheduled runs are skipped while a slow one is still running; lengthen every or shorten timeout',
    );
}

/** Names of flows that look like e-mails. A name decides nothing; it is worth a question. */
const mailFlow = /^e?-?mails?$/i;

/** Warns of a flow of e-mails that does not say so: its alert would never fire. */
export function checkSends(
  { kind, flow, sends }: Pick<MonitorConfig, 'kind' | 'flow' | 'sends'>,
  path: Path,
  report: MonitorContext['report'],
): void {
  if (kind.sends !== undefined && sends === '' && mailFlow.test(flow))
    report.warn(
      [...path, 'flow'],
      `${flow} is a name like any other: ErpMailsNotGenerated is for monitors with sends: mail; add that, or rename the flow`,
    );
}

/** Whether a query or the canary of the monitor uses `:company`. */
function usesCompany(
  queries: readonly MonitorQuery[],
  canary: string | undefined,
  drivers: MonitorContext['drivers'],
): boolean {
  const statements = [
    ...queries,
    ...(canary === undefined ? [] : [{ database: queries[0]?.database ?? '', sql: canary }]),
  ];
  return statements.some(({ database, sql }) => {
    const driver = drivers.get(database);
    return driver !== undefined && parametersOf(sql, driverOf(driver).quoting, companyParameter).size > 0;
  });
}

/** Builds a monitor from its valid settings: defaults filled in, references resolved. */
export function buildMonitor(
  kind: MonitorKind,
  settings: Mapping,
  common: CommonSettings,
  context: MonitorContext,
): MonitorConfig {
  const { defaults } = context;
  const timeoutMs = common.timeout ?? defaults.timeout;
  const queries = kind.queries(settings);
  const databases = [...new Set(queries.map(({ database }) => database))];
  const companies = common.companies === undefined ? context.companies : [...new Set(common.companies)];
  const calendarName = common.calendar ?? defaults.calendar;
  const named = calendarName === undefined ? undefined : context.calendars.get(calendarName);
  return {
    name: common.name,
    kind,
    settings,
    flow: common.flow,
    companies,
    ignoredCompanies: [...new Set(common.ignore_companies)],
    shared:
      companies.length > 1 &&
      !(kind.readsCompany?.(settings) ?? usesCompany(queries, common.canary, context.drivers)),
    criticality: common.criticality ?? defaults.criticality,
    schedule: scheduleOf(common, context),
    calendar: named?.calendar ?? always,
    calendarKey: named?.key ?? 'always',
    timeoutMs,
    runTimeoutMs: kind.longRunMs?.(settings) ?? timeoutMs,
    holdMs: common.hold ?? defaults.hold,
    maxRows: common.max_rows ?? defaults.max_rows,
    maxBytes: common.max_bytes ?? defaults.max_bytes,
    maxSeries: common.max_series ?? defaults.max_series,
    ...(common.canary === undefined ? {} : { canary: common.canary }),
    ...(common.record_url === undefined ? {} : { recordUrl: common.record_url }),
    responder: common.responder ?? defaults.responder ?? '',
    sends: kind.sends?.(settings) ?? '',
    databases,
  };
}
