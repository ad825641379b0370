import { driverNames } from '../../databases/drivers.ts';
import { z } from 'zod';
import { calendarSchema } from '../../calendar/hours.ts';
import { maintenanceSchema } from '../../calendar/maintenance.ts';
import type { MonitorKind } from '../../monitors/contract.ts';
import { trackerKinds } from '../../tickets/trackers.ts';
import { webAddress, notifySchema, smtpSchema } from './alerting.ts';
import { accessSchema } from './access.ts';
import { databaseSchema } from './database.ts';
import { anyMonitorSchema, defaultsSchema } from './monitor.ts';
import { mailsSchema } from './mails.ts';
import { companySchema, responderSchema } from './parties.ts';
import { prometheusSchema } from './prometheus.ts';
import { remediesSchema, writableDatabaseSchema } from './remedies.ts';
import { statusPageSchema } from './status-page.ts';
import { ticketsSchema } from './tickets.ts';
import { companyName, environmentName, fileWith, name, text, timezone } from './values.ts';

interface Entries {
  readonly database: z.ZodType;
  readonly calendar: z.ZodType;
  readonly company: z.ZodType;
  readonly responder: z.ZodType;
  readonly defaults: z.ZodType;
  readonly maintenance: z.ZodType;
  readonly smtp: z.ZodType;
  readonly notify: z.ZodType;
  readonly access: z.ZodType;
  readonly statusPage: z.ZodType;
  readonly prometheus: z.ZodType;
  readonly tickets: z.ZodType;
  readonly writableDatabase: z.ZodType;
  readonly remedies: z.ZodType;
  readonly mails: z.ZodType;
  readonly stateDatabase: z.ZodType;
  readonly monitor: z.ZodType;
}

const generalKeys = {
  environment: environmentName
    .optional()
    .describe(
      'Which environment this exporter watches: the label `environment` of every series it exports, and of every alert about them. Set it where one Prometheus or Alertmanager serves several environments, such as test and production. Absent: no such label.',
    )
    .meta({ examples: ['test'] }),
  timezone: timezone
    .default('UTC')
    .describe('Default time zone of company days, calendars and cron expressions.')
    .meta({ examples: ['Europe/Brussels'] }),
} as const;

const sectionKeys = (
  entries: Pick<Entries, 'database' | 'stateDatabase' | 'calendar' | 'company' | 'responder'>,
) => ({
  databases: z
    .record(name, entries.database)
    .refine((databases) => Object.keys(databases).length > 0, {
      error: 'is empty; add at least one database',
    })
    .optional()
    .describe(
      'The databases to read, by the name that monitors refer to. Absent where every monitor watches files.',
    )
    .meta({ minProperties: 1, examples: [{ shop: { driver: driverNames[0], url: '${SHOP_URL}' } }] }),
  state_database: entries.stateDatabase
    .describe(
      'The PostgreSQL database that replicas share, for what `tickets` and `remedies` must remember; its login must be able to write to the schema `erp_exporter`, and nothing else. Keys as below `databases`. Absent: it is kept in `state_file`, of one process.',
    )
    .meta({ examples: [{ driver: driverNames[0], url: '${STATE_URL}' }] }),
  calendars: z
    .record(name, entries.calendar)
    .optional()
    .describe('Business hours: when flows are expected to move. By name.')
    .meta({ examples: [{ office: { days: 'mon-fri', from: '08:20', for: '10h', holidays: ['12-25'] } }] }),
  companies: z
    .record(companyName, entries.company)
    .optional()
    .describe(
      'The companies, dossiers or legal entities, by the name that is used in the label `company` and in `:company`. Absent: a single company named `default`.',
    )
    .meta({ examples: [{ acme: { title: 'ACME NV', language: 'nl' } }] }),
  responders: z
    .record(name, entries.responder)
    .optional()
    .describe(
      'Who acts on errors. customer, shop_admin, erp_partner, web_agency and it are built in; an entry sets their addresses, or adds another responder.',
    )
    .meta({ examples: [{ erp_partner: { emails: ['support@partner.example'], language: 'de' } }] }),
});

const defaultKeys = (entries: Pick<Entries, 'defaults' | 'maintenance'>) => ({
  defaults: entries.defaults
    .describe('Default settings of all monitors.')
    .meta({ examples: [{ every: '1m', timeout: '10s' }] }),
  maintenance: z
    .array(entries.maintenance)
    .optional()
    .describe(
      'Maintenance windows: alerts about the monitors and companies that a window covers are silenced, data is still collected.',
    )
    .meta({ examples: [[{ cron: '0 2 * * sun', for: '2h', reason: 'weekly restart' }]] }),
});

const notificationKeys = (entries: Pick<Entries, 'smtp' | 'notify'>) => ({
  smtp: entries.smtp
    .describe(
      'The mail server of Alertmanager, used by `erp-exporter alertmanager`. Mails that the exporter itself sends have their own, below `mails`.',
    )
    .meta({ examples: [{ smarthost: 'mail.example:587', from: 'erp-exporter@acme.example' }] }),
  notify: z
    .array(entries.notify)
    .optional()
    .describe(
      'Who gets which mails, used by `erp-exporter alertmanager`: the first rule that matches an alert applies. Alerts that no rule matches go to the first responder, or to that of the monitor if the first has no address; those of unknown errors, and those without such a responder, go to `web_agency` if it has addresses, else to the contacts of the company. Only addresses that are given for a company get mails about it, each once for an alert, in the language of the first recipient that it belongs to; alerts that concern no company go to responders of all companies.',
    )
    .meta({ examples: [[{ match: { severity: 'warning' }, to: 'company', digest: '1h' }]] }),
});

const addressKeys = {
  page_url: webAddress
    .optional()
    .describe("Public address of the exporter's page; mails link to it.")
    .meta({ examples: ['https://monitor.acme.example/erp'] }),
  runbook_url: webAddress
    .optional()
    .describe(
      'Public address of a runbook of your own, with a section for each alert (`#erprecordfailed`); mails link to it. Absent: `/docs/runbook` below `page_url`.',
    )
    .meta({ examples: ['https://wiki.acme.example/erp-alerts'] }),
  grafana_url: webAddress
    .optional()
    .describe('Public address of Grafana; mails link to the dashboard of the flow.')
    .meta({ examples: ['https://grafana.acme.example'] }),
  state_file: text
    .default(':memory:')
    .describe(
      'SQLite file that stores which classes of errors were seen, so that a new class is still recognised as new after a restart, the results of reconciliation, and the last 24 hours of each monitor, which the page draws. A relative path starts at the directory of the configuration file. `:memory:`: kept only until the process ends.',
    )
    .meta({ examples: ['/var/lib/erp-exporter/state.db'] }),
  known_errors_file: fileWith('your own known errors, which are tried before the shipped ones')
    .optional()
    .meta({ examples: ['own-errors.yml'] }),
} as const;

const viewingKeys = (entries: Pick<Entries, 'access' | 'statusPage' | 'prometheus'>) => ({
  access: entries.access
    .describe(
      'Who sees what: users, certificates and tokens, their companies and rights. Absent: whoever gets in sees everything.',
    )
    .meta({ examples: [{ visitors: [{ user: 'prometheus', rights: ['metrics'] }] }] }),
  status_page: entries.statusPage
    .describe(
      'A public view of some flows: a state and a text written by hand, without records, figures and names but those that stand here. Absent: there is none.',
    )
    .meta({
      examples: [
        {
          enabled: true,
          title: 'Status of the shop',
          url: 'https://status.acme.example',
          companies: { acme: { name: 'ACME shop', flows: { orders: { name: 'Orders' } } } },
        },
      ],
    }),
  prometheus: entries.prometheus
    .describe(
      'The Prometheus that scrapes this exporter: the pages of companies and monitors then offer charts of 7 and 30 days from it, asked for by the exporter when somebody wants to see them, and `erp-exporter report` reads it. Nothing else needs it. Absent: charts show the last 24 hours, and there are no reports.',
    )
    .meta({ examples: [{ url: 'http://127.0.0.1:9090' }] }),
});

const actingKeys = (entries: Pick<Entries, 'tickets' | 'writableDatabase' | 'remedies'>) => ({
  tickets: entries.tickets
    .describe(
      'Tickets: one per company, flow, monitor and type of event, with a comment when more of the same comes, and closed by itself when all is well again and nobody has worked on it. Absent: there are none.',
    )
    .meta({
      examples: [
        {
          webhook: { url: 'http://erp-exporter:9745', token_file: '/run/secrets/erp-tickets' },
          trackers: { desk: { type: 'builtin', companies: 'all' } },
        },
      ],
    }),
  writable_databases: z
    .record(name, entries.writableDatabase)
    .optional()
    .describe(
      'Databases that remedies write to, by the name that `statement.database` refers to; keys as in `databases`. Their logins are used for nothing else: no monitor reads by them, and no name may be one of `databases` too.',
    )
    .meta({
      examples: [{ erp_relaunch: { driver: driverNames[0], url_file: '/run/secrets/relaunch-url' } }],
    }),
  remedies: entries.remedies
    .describe(
      'Actions that mend records which failed for a passing reason: a call or a statement for each known error. Absent: nothing is mended. Each only shows what it would do until it says `dry_run: false`.',
    )
    .meta({
      examples: [
        {
          list: [
            {
              name: 'relaunch_order',
              errors: ['rate-limit'],
              http: { url: 'https://erp.acme.example/api/orders/{record}/relaunch' },
            },
          ],
        },
      ],
    }),
});

const mailKeys = (entries: Pick<Entries, 'mails'>) => ({
  mails: entries.mails
    .describe(
      'Mails that the exporter itself sends: reports, and signs of life. Those about alerts are sent by Alertmanager, see `notify`. Absent: it sends none.',
    )
    .meta({
      examples: [
        {
          smtp: { smarthost: 'mail.example:587', from: 'erp-exporter@acme.example' },
          signs_of_life: { monday: { to: ['it@acme.example'] } },
        },
      ],
    }),
});

/** The top level of a configuration, built from the schemas of its entries. The order of keys is that of the documentation. */
function rootOf(entries: Entries) {
  return z.strictObject({
    ...generalKeys,
    ...sectionKeys(entries),
    ...defaultKeys(entries),
    ...notificationKeys(entries),
    ...addressKeys,
    ...viewingKeys(entries),
    ...actingKeys(entries),
    ...mailKeys(entries),
    monitors: z
      .array(entries.monitor)
      .min(1, { error: 'is empty; add at least one monitor' })
      .describe('The checks to run.'),
  });
}

/** The top level without its entries, which are read one by one, so that a mistake in one does not hide those in others. */
export const outlineSchema = rootOf({
  database: z.unknown(),
  calendar: z.unknown(),
  company: z.unknown(),
  responder: z.unknown(),
  defaults: z.unknown().optional(),
  maintenance: z.unknown(),
  smtp: z.unknown().optional(),
  notify: z.unknown(),
  access: z.unknown().optional(),
  statusPage: z.unknown().optional(),
  prometheus: z.unknown().optional(),
  tickets: z.unknown().optional(),
  writableDatabase: z.unknown(),
  remedies: z.unknown().optional(),
  mails: z.unknown().optional(),
  stateDatabase: z.unknown().optional(),
  monitor: z.unknown(),
});

/** The whole configuration, for the JSON Schema and the documentation. */
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
    access: accessSchema.optional(),
    statusPage: statusPageSchema.optional(),
    prometheus: prometheusSchema.optional(),
    tickets: ticketsSchema(trackerKinds).optional(),
    writableDatabase: writableDatabaseSchema,
    remedies: remediesSchema.optional(),
    mails: mailsSchema.optional(),
    stateDatabase: databaseSchema.optional(),
    monitor: anyMonitorSchema(kinds),
  });
}
