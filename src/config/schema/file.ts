import { z } from 'zod';
import { calendarSchema } from '../../calendar/hours.ts';
import { maintenanceSchema } from '../../calendar/maintenance.ts';
import { driverNames } from '../../databases/drivers.ts';
import type { MonitorKind } from '../../monitors/contract.ts';
import { contactsSchema, emails, link, notifySchema, smtpSchema } from './alerting.ts';
import { anyMonitorSchema, defaultsSchema } from './monitor.ts';
import { companyName, file, languages, lasting, name, text, timezone } from './values.ts';

const language = z
  .enum(languages)
  .default('en')
  .describe('Language of mails and explanations.')
  .meta({ examples: ['nl'] });

export const databaseSchema = z.strictObject({
  driver: z
    .enum(driverNames)
    .describe('What kind of server it is; MariaDB is `mysql`.')
    .meta({ examples: ['postgres'] }),
  url: text
    .optional()
    .describe(
      'Host, port, user, password, database and TLS in one: `postgres://`, `mysql://` or `mssql://user:password@host:port/database`. What it says may not be said by another key too.',
    )
    .meta({ examples: ['${SHOP_URL}'] }),
  url_file: file('the `url`')
    .optional()
    .meta({ examples: ['/run/secrets/shop-url'] }),
  host: text
    .optional()
    .describe(
      'Host name or address; `server\\instance` for SQL Server; the path of a socket for PostgreSQL (its folder) and MySQL.',
    )
    .meta({ examples: ['erp.acme.lan'] }),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Port. Absent: the driver's own.")
    .meta({ examples: [1433] }),
  database: text
    .optional()
    .describe('Name of the database on the server.')
    .meta({ examples: ['ACME'] }),
  user: text
    .optional()
    .describe('Login; it needs to read and nothing else.')
    .meta({ examples: ['exporter'] }),
  password: z
    .string()
    .optional()
    .describe('Password of the login.')
    .meta({ examples: ['${ERP_PASSWORD}'] }),
  password_file: file('the `password`')
    .optional()
    .meta({ examples: ['/run/secrets/erp'] }),
  timezone: timezone
    .default('UTC')
    .describe('Zone in which the timestamps without a zone are written.')
    .meta({ examples: ['Europe/Brussels'] }),
  connections: z
    .int()
    .min(1)
    .max(100)
    .default(2)
    .describe('Most sessions, and so statements, at once.')
    .meta({ examples: [4] }),
  connect_timeout: lasting(100)
    .prefault('5s')
    .describe('How long making a connection may take.')
    .meta({ examples: ['10s'] }),
  lock_timeout: lasting(1)
    .prefault('2s')
    .describe('How long a statement waits for a lock.')
    .meta({ examples: ['500ms'] }),
  tls: z
    .enum(['disable', 'require', 'verify-ca', 'verify-full'])
    .optional()
    .describe(
      '`disable`: plain text; `require`: encrypted, whoever answers; `verify-ca`: the certificate must be signed by a known authority; `verify-full`: and name the host. Absent: `disable` on this machine and for sockets, else `require`.',
    )
    .meta({ examples: ['verify-full'] }),
  tls_ca_file: file('the certificates of the authorities (PEM); absent: the public ones')
    .optional()
    .meta({ examples: ['ca.pem'] }),
  tls_cert_file: file('the certificate (PEM) that the exporter shows to the server')
    .optional()
    .meta({ examples: ['client.pem'] }),
  tls_key_file: file('the key (PEM) of that certificate')
    .optional()
    .meta({ examples: ['client.key'] }),
  tls_server_name: text
    .optional()
    .describe('Name that the certificate must bear. Absent: `host`.')
    .meta({ examples: ['erp.acme.example'] }),
});
export type DatabaseEntry = z.output<typeof databaseSchema>;

export const companySchema = z.strictObject({
  title: text
    .optional()
    .describe('What people call it. Absent: its name.')
    .meta({ examples: ['ACME NV'] }),
  project: text
    .optional()
    .describe('Your number or name of the project, for mails and tickets.')
    .meta({ examples: ['P-1234'] }),
  language,
  contacts: contactsSchema
    .optional()
    .describe('The own people of the company, who get its mails: `company` in `notify`.')
    .meta({ examples: [{ emails: ['orders@acme.example'] }] }),
  timezone: timezone
    .optional()
    .describe(
      'Zone in which its day begins (`:today`, "failed today"). Absent: `timezone` of the configuration.',
    )
    .meta({ examples: ['Europe/Paris'] }),
});

export const responderSchema = z.strictObject({
  emails,
  language,
});

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

/** The top level of a configuration, made of whatever stands for its entries. */
function rootOf(entries: Entries) {
  return z.strictObject({
    timezone: timezone
      .default('UTC')
      .describe('Zone of everything that names no other: days of companies, calendars, cron expressions.')
      .meta({ examples: ['Europe/Brussels'] }),
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
    defaults: entries.defaults
      .describe('What holds for every monitor that does not say otherwise.')
      .meta({ examples: [{ every: '1m', timeout: '10s' }] }),
    maintenance: z
      .array(entries.maintenance)
      .optional()
      .describe(
        'Times in which trouble is expected: alerts of what they cover are silent, data are collected.',
      )
      .meta({ examples: [[{ cron: '0 2 * * sun', for: '2h', reason: 'weekly restart' }]] }),
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
