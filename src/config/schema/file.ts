import { z } from 'zod';
import { calendarSchema } from '../../calendar/hours.ts';
import { maintenanceSchema } from '../../calendar/maintenance.ts';
import type { MonitorKind } from '../../monitors/contract.ts';
import { link, notifySchema, smtpSchema } from './alerting.ts';
import { databaseSchema } from './database.ts';
import { anyMonitorSchema, defaultsSchema } from './monitor.ts';
import { companySchema, responderSchema } from './parties.ts';
import { companyName, file, name, text, timezone } from './values.ts';

interface Entries {
  readonly database: z.ZodType;
  readonly calendar: z.ZodType;
  readonly company: z.ZodType;
  readonly responder: z.ZodType;
  readonly defaults: z.ZodType;
  readonly maintenance: z.ZodType;
  readonly smtp: z.ZodType;
  readonly notify: z.ZodType;
  readonly monitor: z.ZodType;
}

const timezoneKey = {
  timezone: timezone
    .default('UTC')
    .describe('Zone of everything that names no other: days of companies, calendars, cron expressions.')
    .meta({ examples: ['Europe/Brussels'] }),
};

const sectionKeys = (entries: Pick<Entries, 'database' | 'calendar' | 'company' | 'responder'>) => ({
  databases: z
    .record(name, entries.database)
    .refine((databases) => Object.keys(databases).length > 0, { error: 'is empty; add a database' })
    .describe('The databases to read, by the names that monitors use.')
    .meta({ minProperties: 1, examples: [{ shop: { driver: 'postgres', url: '${SHOP_URL}' } }] }),
  calendars: z
    .record(name, entries.calendar)
    .optional()
    .describe('Hours in which flows are expected to move, by name.')
    .meta({ examples: [{ office: { days: 'mon-fri', from: '08:20', for: '10h', holidays: ['12-25'] } }] }),
  companies: z
    .record(companyName, entries.company)
    .optional()
    .describe(
      'The companies, dossiers or legal entities, by the names that stand in the label `company` and in `:company`. Absent: one called `default`.',
    )
    .meta({ examples: [{ acme: { title: 'ACME NV', language: 'nl' } }] }),
  responders: z
    .record(name, entries.responder)
    .optional()
    .describe(
      'Who acts on errors. customer, shop_admin, erp_partner, web_agency and it are known without an entry; an entry adds their addresses, or another party.',
    )
    .meta({ examples: [{ erp_partner: { emails: ['support@partner.example'], language: 'de' } }] }),
});

const defaultKeys = (entries: Pick<Entries, 'defaults' | 'maintenance'>) => ({
  defaults: entries.defaults
    .describe('What holds for every monitor that does not say otherwise.')
    .meta({ examples: [{ every: '1m', timeout: '10s' }] }),
  maintenance: z
    .array(entries.maintenance)
    .optional()
    .describe('Times in which trouble is expected: alerts of what they cover are silent, data are collected.')
    .meta({ examples: [[{ cron: '0 2 * * sun', for: '2h', reason: 'weekly restart' }]] }),
});

const notificationKeys = (entries: Pick<Entries, 'smtp' | 'notify'>) => ({
  smtp: entries.smtp
    .describe('The mail server, for `erp-exporter alertmanager`: the exporter itself sends no mail.')
    .meta({ examples: [{ smarthost: 'mail.example:587', from: 'erp-exporter@acme.example' }] }),
  notify: z
    .array(entries.notify)
    .optional()
    .describe(
      'Who gets which mails, for `erp-exporter alertmanager`: the first rule that matches an alert decides. What none matches goes to whoever acts first; of unknown errors and what nobody answers for, to `web_agency` if it has addresses, else to the contacts of the company.',
    )
    .meta({ examples: [[{ match: { severity: 'warning' }, to: 'company', digest: '1h' }]] }),
});

const addressKeys = {
  page_url: link
    .optional()
    .describe('Where people reach the page of the exporter; mails link to it.')
    .meta({ examples: ['https://monitor.acme.example/erp'] }),
  grafana_url: link
    .optional()
    .describe('Where people reach Grafana; mails link to the dashboard of their flow.')
    .meta({ examples: ['https://grafana.acme.example'] }),
  state_file: text
    .default(':memory:')
    .describe(
      'Where the exporter remembers which errors it has seen, so that a new kind of error shows as new after a restart too, and what reconciliation has found. A relative path begins at the folder of the configuration file. `:memory:`: only until it ends.',
    )
    .meta({ examples: ['/var/lib/erp-exporter/state.db'] }),
  known_errors_file: file('known errors of your own, which are tried before those that are shipped')
    .optional()
    .meta({ examples: ['own-errors.yml'] }),
};

/** The top level of a configuration, made of whatever stands for its entries. Its keys stand in the order of the documentation. */
function rootOf(entries: Entries) {
  return z.strictObject({
    ...timezoneKey,
    ...sectionKeys(entries),
    ...defaultKeys(entries),
    ...notificationKeys(entries),
    ...addressKeys,
    monitors: z.array(entries.monitor).min(1, { error: 'is empty; add a monitor' }).describe('The checks.'),
  });
}

/** The top level with its entries unread, so that a mistake in one of them hides none in the others. */
export const outlineSchema = rootOf({
  database: z.unknown(),
  calendar: z.unknown(),
  company: z.unknown(),
  responder: z.unknown(),
  defaults: z.unknown().optional(),
  maintenance: z.unknown(),
  smtp: z.unknown().optional(),
  notify: z.unknown(),
  monitor: z.unknown(),
});

/** All of it, for the JSON Schema and the documentation. */
export function configSchema(kinds: readonly MonitorKind[]): z.ZodType {
  return rootOf({
    database: databaseSchema,
    calendar: calendarSchema,
    company: companySchema.nullable(),
    responder: responderSchema,
    defaults: defaultsSchema.optional(),
    maintenance: maintenanceSchema,
    smtp: smtpSchema.optional(),
    notify: notifySchema,
    monitor: anyMonitorSchema(kinds),
  });
}
