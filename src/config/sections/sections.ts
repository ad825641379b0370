import type { z } from 'zod';
import { buildCalendar, calendarSchema } from '../../calendar/hours.ts';
import { buildMaintenance, maintenanceSchema } from '../../calendar/maintenance.ts';
import type { MaintenanceWindow } from '../../calendar/maintenance.ts';
import type { DatabaseSettings } from '../../databases/contract.ts';
import { validateCron } from '../../calendar/schedule.ts';
import { isTimeZone } from '../../time.ts';
import type { Company, Responder } from '../config.ts';
import { databaseSettings } from './databases.ts';
import { resolveBeside } from '../source/files.ts';
import { defaultsSchema } from '../schema/monitor.ts';
import type { Defaults, NamedCalendar } from './monitors.ts';
import { isMapping } from './references.ts';
import type { Mapping } from './references.ts';
import type { Report } from '../source/report.ts';
import { companySchema, databaseSchema, responderSchema } from '../schema/file.ts';

/** The company of a configuration that names none. */
const soleCompany = 'default';

/** What an entry of a section looks like. */
export const entrySchemas = {
  databases: databaseSchema,
  calendars: calendarSchema,
  companies: companySchema.nullable(),
  responders: responderSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;
/** The entries of a section by name; none when it is no mapping, which the outline complains about. */
export function entriesOf(root: Mapping, section: string): readonly (readonly [string, unknown])[] {
  const entries = root[section];
  return isMapping(entries) ? Object.entries(entries) : [];
}

export function namesOf(root: Mapping, section: string): readonly string[] {
  return entriesOf(root, section).map(([name]) => name);
}

/** The entries of a section that are right, by name; what is wrong with the others becomes problems. */
function readEntries<Schema extends z.ZodType>(
  root: Mapping,
  section: string,
  schema: Schema,
  report: Report,
): (readonly [string, z.output<Schema>])[] {
  return entriesOf(root, section).flatMap(([name, value]) => {
    const entry = report.read(schema, value, [section, name]);
    return entry === undefined ? [] : [[name, entry] as const];
  });
}

/** The zone of everything that names none; UTC when it is absent, or wrong, which the outline complains about. */
export function readTimezone(root: Mapping): string {
  const timezone = root['timezone'];
  return typeof timezone === 'string' && isTimeZone(timezone) ? timezone : 'UTC';
}

export function readDefaults(root: Mapping, report: Report): Defaults {
  const defaults = report.read(defaultsSchema, root['defaults'] ?? {}, ['defaults']);
  return defaults ?? defaultsSchema.parse({});
}

export async function readDatabases(
  root: Mapping,
  report: Report,
  file: string,
): Promise<ReadonlyMap<string, DatabaseSettings>> {
  const databases = new Map<string, DatabaseSettings>();
  for (const [name, entry] of readEntries(root, 'databases', entrySchemas.databases, report))
    databases.set(name, await databaseSettings(name, entry, { report, file, path: ['databases', name] }));
  return databases;
}

export function readCalendars(
  root: Mapping,
  report: Report,
  timezone: string,
): ReadonlyMap<string, NamedCalendar> {
  return new Map(
    readEntries(root, 'calendars', entrySchemas.calendars, report).map(([name, entry]) => [
      name,
      {
        calendar: buildCalendar(entry, timezone),
        key: JSON.stringify({ ...entry, timezone: entry.timezone ?? timezone }),
      },
    ]),
  );
}

export function readCompanies(root: Mapping, report: Report, zone: string): ReadonlyMap<string, Company> {
  if (root['companies'] === undefined)
    return new Map([
      [soleCompany, { name: soleCompany, title: soleCompany, project: '', language: 'en', timezone: zone }],
    ]);
  return new Map(
    readEntries(root, 'companies', entrySchemas.companies, report).map(([name, entry]) => {
      const {
        title = name,
        project = '',
        language,
        timezone = zone,
        contacts,
      } = entry ?? companySchema.parse({});
      return [
        name,
        {
          name,
          title,
          project,
          language,
          timezone,
          ...(contacts === undefined
            ? {}
            : { contacts: { emails: contacts.emails, language: contacts.language ?? language } }),
        },
      ];
    }),
  );
}

/** Where the state is kept: `:memory:` or a path. */
export function readStateFile(root: Mapping, file: string): string {
  const given = root['state_file'];
  if (typeof given !== 'string' || given.trim() === '' || given === ':memory:') return ':memory:';
  return resolveBeside(file, given.trim());
}

/** The windows of `maintenance:` that are right, in the order of the file. */
export function readMaintenance(
  root: Mapping,
  report: Report,
  timezone: string,
): readonly MaintenanceWindow[] {
  const entries = root['maintenance'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((value: unknown, index) => {
    const path = ['maintenance', index];
    const entry = report.read(maintenanceSchema, value, path);
    if (entry === undefined) return [];
    const fault = entry.cron === undefined ? undefined : validateCron(entry.cron, timezone);
    if (fault === undefined) return [buildMaintenance(entry, timezone)];
    report.problem([...path, 'cron'], fault);
    return [];
  });
}

export function readResponders(root: Mapping, report: Report): ReadonlyMap<string, Responder> {
  return new Map(
    readEntries(root, 'responders', entrySchemas.responders, report).map(([name, entry]) => [
      name,
      { name, ...entry },
    ]),
  );
}
