import type { z } from 'zod';
import { calendarSchema } from '../../calendar/hours.ts';
import type { MonitorKind } from '../../monitors/contract.ts';
import { asksDatabases } from '../../monitors/shared/asks-databases.ts';
import type { Config } from '../config.ts';
import { databaseSchema } from '../schema/database.ts';
import { outlineSchema } from '../schema/file.ts';
import { monitorSchema } from '../schema/monitor.ts';
import { companySchema, responderSchema } from '../schema/parties.ts';
import type { Report } from '../source/report.ts';
import { checkAlertingEntries } from './alerting.ts';
import { entriesOf, isMapping, listOf, monitorsOf, namesOf, responderNamesOf, textsOf } from './entries.ts';
import type { Mapping } from './entries.ts';
import { checkNotifyReferences } from './notify.ts';
import { References } from './references.ts';
import { checkTicketReferences } from './ticket-references.ts';

/** Schema of the entries of each section that is a mapping by name. */
const entrySchemas = {
  databases: databaseSchema,
  writable_databases: databaseSchema,
  calendars: calendarSchema,
  companies: companySchema.nullable(),
  responders: responderSchema,
} as const satisfies Readonly<Record<string, z.ZodType>>;

/** Reports that there are no databases, unless each monitor is of a kind that asks none. */
export function checkDatabasesThere(root: Mapping, report: Report, kinds: readonly MonitorKind[]): void {
  const monitors = monitorsOf(root);
  const without = new Set(kinds.filter((each) => !asksDatabases(each)).map(({ kind }) => kind));
  const needsNone = (entry: unknown) => isMapping(entry) && without.has(String(entry['kind']));
  if (root['databases'] !== undefined || (monitors.length > 0 && monitors.every(needsNone))) return;
  report.problem(
    ['databases'],
    'is missing; add it: The databases to read, by the name that monitors refer to.',
  );
}

/** Checks each entry on its own: all that can be checked when the end of the file is uncertain because of a syntax error. */
export function checkEntries(root: Mapping, report: Report, kinds: readonly MonitorKind[]): void {
  report.read(outlineSchema, root, []);
  checkDatabasesThere(root, report, kinds);
  for (const [section, schema] of Object.entries(entrySchemas))
    for (const [name, entry] of entriesOf(root, section)) report.read(schema, entry, [section, name]);
  for (const [index, entry] of monitorsOf(root).entries()) {
    const kind = kinds.find((candidate) => isMapping(entry) && candidate.kind === entry['kind']);
    if (kind !== undefined) report.read(monitorSchema(kind), entry, ['monitors', index]);
  }
  checkAlertingEntries(root, report);
}

/** Checks that every name that an entry refers to is defined. */
export function checkReferences(root: Mapping, report: Report): void {
  const references = new References(
    {
      databases: namesOf(root, 'databases'),
      calendars: namesOf(root, 'calendars'),
      companies: namesOf(root, 'companies'),
      responders: responderNamesOf(root),
      monitors: textsOf(monitorsOf(root), 'name'),
    },
    report,
  );
  references.check(root['defaults'], ['defaults']);
  for (const [index, entry] of monitorsOf(root).entries()) references.check(entry, ['monitors', index]);
  for (const [index, entry] of listOf(root, 'maintenance').entries())
    references.check(entry, ['maintenance', index]);
  const rules = { references, flows: textsOf(monitorsOf(root), 'flow'), report };
  checkNotifyReferences(root, rules);
  checkTicketReferences(root, rules);
}

/** Warns of entries that nothing uses, often the sign of a mistake elsewhere. */
export function warnOfUnused(root: Mapping, config: Config, report: Report): void {
  const { monitors } = config;
  const remedies = isMapping(root['remedies']) ? listOf(root['remedies'], 'list') : [];
  const databases = new Set(monitors.flatMap((monitor) => monitor.databases));
  const companies = new Set(monitors.flatMap((monitor) => monitor.companies));
  const calendars = new Set(
    [...monitorsOf(root), ...remedies, root['defaults']].map(
      (entry) => isMapping(entry) && entry['calendar'],
    ),
  );
  for (const [section, used] of Object.entries({ databases, companies, calendars }))
    for (const name of namesOf(root, section))
      if (!(used as ReadonlySet<unknown>).has(name))
        report.warn([section, name], 'is not used by any monitor; remove it, or use it in a monitor', 'key');
}
