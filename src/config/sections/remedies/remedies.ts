import type { KnownError } from '../../../known-errors/catalogue.ts';
import type { MonitorConfig, Remedies, Remedy } from '../../config.ts';
import { remediesFrameSchema, remedySchema } from '../../schema/remedies.ts';
import type { RemedyEntry } from '../../schema/remedies.ts';
import { suggest } from '../../source/nearest.ts';
import type { Path } from '../../source/path.ts';
import type { Report } from '../../source/report.ts';
import { isMapping, namesOf } from '../entries.ts';
import type { Mapping } from '../entries.ts';
import { readAction } from './action.ts';
import type { RemedyContext } from './context.ts';

function checkErrors({ errors }: RemedyEntry, path: Path, { report, errors: known }: RemedyContext): void {
  const retryable = known.filter((error) => error.retryable).map(({ id }) => id);
  for (const [index, id] of errors.entries()) {
    const at = [...path, 'errors', index];
    const found = known.find((error) => error.id === id);
    if (found === undefined)
      report.problem(
        at,
        `there is no known error ${JSON.stringify(id)}; ${suggest(id, retryable, 'remove it')}`,
      );
    else if (!found.retryable)
      report.problem(
        at,
        `${JSON.stringify(id)} is not resolved by a retry (category ${found.category}); use one of ${[...retryable].sort().join(', ')}, or give an entry of known_errors_file retryable: true`,
      );
  }
}

function checkNames(
  names: readonly string[] | undefined,
  defined: readonly string[],
  place: { readonly path: Path; readonly what: string },
  report: Report,
): void {
  for (const [index, name] of names?.entries() ?? [])
    if (!defined.includes(name))
      report.problem(
        [...place.path, index],
        `there is no ${place.what} ${JSON.stringify(name)}; ${suggest(name, defined, 'remove it')}`,
      );
}

/** Whether a record of a monitor can ever be mended: it lists failed ones, at one of the companies, of one of the flows. */
function mayMeet(entry: RemedyEntry, monitor: MonitorConfig, known: readonly KnownError[]): boolean {
  const isFailing = typeof monitor.settings['failed'] === 'string';
  const isNamed = entry.monitors?.includes(monitor.name) ?? true;
  const hasCompany = monitor.companies.some((company) => entry.companies?.includes(company) ?? true);
  const hasError =
    entry.by_hand === 'any' ||
    known.some(
      ({ id, flows }) => entry.errors.includes(id) && (flows.length === 0 || flows.includes(monitor.flow)),
    );
  return isFailing && isNamed && hasCompany && hasError;
}

function checkReferences(entry: RemedyEntry, path: Path, context: RemedyContext): void {
  const { report, companies, monitors, calendars } = context;
  checkErrors(entry, path, context);
  const names = monitors.map(({ name }) => name);
  checkNames(entry.monitors, names, { path: [...path, 'monitors'], what: 'monitor' }, report);
  checkNames(entry.companies, companies, { path: [...path, 'companies'], what: 'company' }, report);
  if (entry.calendar !== undefined && !calendars.has(entry.calendar))
    report.problem(
      [...path, 'calendar'],
      `there is no calendar ${JSON.stringify(entry.calendar)}; ${suggest(entry.calendar, [...calendars.keys()], 'add it under calendars')}`,
    );
  if (!monitors.some((monitor) => mayMeet(entry, monitor, context.errors)))
    report.warn(
      path,
      'no monitor has failed records that it could mend: look at monitors, companies and errors',
    );
}

async function readRemedy(value: unknown, path: Path, context: RemedyContext): Promise<Remedy | undefined> {
  const entry = context.report.read(remedySchema, value, path);
  if (entry === undefined) return undefined;
  checkReferences(entry, path, context);
  const action = await readAction(entry, path, context);
  if (action === undefined) return undefined;
  const calendar = entry.calendar === undefined ? undefined : context.calendars.get(entry.calendar)?.calendar;
  return {
    name: entry.name,
    errors: new Set(entry.errors),
    monitors: entry.monitors === undefined ? 'all' : new Set(entry.monitors),
    companies: entry.companies === undefined ? 'all' : new Set(entry.companies),
    isDryRun: entry.dry_run,
    byHand: entry.by_hand,
    limits: {
      waitMs: entry.wait,
      attempts: entry.attempts,
      pauseMs: entry.pause,
      perHour: entry.per_hour,
      ...(calendar === undefined ? {} : { calendar }),
    },
    action,
  };
}

function checkUnique(remedies: readonly (Remedy | undefined)[], report: Report): void {
  const first = new Map<string, number>();
  for (const [index, remedy] of remedies.entries()) {
    if (remedy === undefined) continue;
    const before = first.get(remedy.name);
    if (before === undefined) first.set(remedy.name, index);
    else
      report.problem(
        ['remedies', 'list', index, 'name'],
        `remedies.list[${before}] has the name ${JSON.stringify(remedy.name)} too; give each its own name`,
      );
  }
}

/** Names of writable databases that monitors read too, and databases that no remedy uses. */
function checkDatabases(root: Mapping, { report }: RemedyContext, used: ReadonlySet<string>): void {
  const read = namesOf(root, 'databases');
  for (const name of namesOf(root, 'writable_databases')) {
    const path = ['writable_databases', name];
    if (read.includes(name))
      report.problem(
        path,
        'is the name of an entry of databases too; give it another name: monitors never use a login that writes',
        'key',
      );
    else if (!used.has(name))
      report.warn(path, 'is not used by any remedy; remove it, or use it in a statement', 'key');
  }
}

/** The databases that the statements of a section name, also those of entries with problems. */
function usedDatabases(list: readonly unknown[]): ReadonlySet<string> {
  return new Set(
    list.flatMap((entry) => {
      const statement = isMapping(entry) ? entry['statement'] : undefined;
      const database = isMapping(statement) ? statement['database'] : undefined;
      return typeof database === 'string' ? [database] : [];
    }),
  );
}

/** Reads `remedies:`. @returns undefined when it is absent or bad, which is reported. */
export async function readRemedies(root: Mapping, context: RemedyContext): Promise<Remedies | undefined> {
  const { report, databases } = context;
  const frame =
    root['remedies'] === undefined
      ? undefined
      : report.read(remediesFrameSchema, root['remedies'], ['remedies']);
  checkDatabases(root, context, usedDatabases(frame?.list ?? []));
  if (frame === undefined) return undefined;
  const read: (Remedy | undefined)[] = [];
  for (const [index, entry] of frame.list.entries())
    read.push(await readRemedy(entry, ['remedies', 'list', index], context));
  checkUnique(read, report);
  return {
    remedies: read.filter((remedy) => remedy !== undefined),
    perHour: frame.per_hour,
    leastSuccess: frame.least_success,
    databases,
  };
}
