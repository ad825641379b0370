import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { companyName, lasting, name, text } from './values.ts';

/** How long Alertmanager remembers what it told, unless told otherwise: `--data.retention`. */
const memoryMs = 120 * 3_600_000;

/** `Name <address>` or a bare address (RFC 5322 section 3.4, without its rarer forms). */
const mailbox = text.refine((value) => z.email().safeParse(/<([^<>]+)>$/.exec(value)?.[1] ?? value).success, {
  error: 'is no e-mail address',
});

/** `smtp:`, as Alertmanager wants it. */
export const smtpSchema = z.strictObject({
  smarthost: text
    .regex(/^(?:\[[\da-f:.]+\]|[^\s:[\]]+):\d{1,5}$/i, {
      error: 'is no host and port; write them as mail.example:587',
    })
    .describe('Host and port of the mail server that takes the mails.')
    .meta({ examples: ['mail.example:587'] }),
  from: mailbox.describe('Sender of the mails.').meta({ examples: ['erp-exporter@acme.example'] }),
  hello: text
    .optional()
    .describe('Name by which Alertmanager greets the mail server. Absent: `localhost`.')
    .meta({ examples: ['monitor.acme.example'] }),
  username: text
    .optional()
    .describe('Login at the mail server. Absent: it asks for none.')
    .meta({ examples: ['erp-exporter'] }),
  password_file: text
    .refine(isAbsolute, { error: 'is no absolute path, and Alertmanager runs elsewhere; begin it with /' })
    .optional()
    .describe(
      'File that holds the password of the login, where Alertmanager finds it. Alertmanager alone reads it; there is no key for the password itself, so that it never stands in a generated file.',
    )
    .meta({ examples: ['/run/secrets/smtp'] }),
  require_tls: z
    .boolean()
    .default(true)
    .describe('Send no mail over a connection without TLS.')
    .meta({ examples: [true] }),
});

const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema, z.array(schema).min(1)]).optional();

const matchSchema = z.strictObject({
  alert: oneOrMore(text)
    .describe('Names of alerts. ErpWatchdog is matched by its name alone.')
    .meta({ examples: ['ErpDatabaseDown'] }),
  responder: oneOrMore(name)
    .describe('Who acts first, as the error or else its monitor says.')
    .meta({ examples: ['erp_partner'] }),
  company: oneOrMore(companyName)
    .describe('Entries of `companies`.')
    .meta({ examples: ['acme'] }),
  flow: oneOrMore(text)
    .describe('Flows of monitors.')
    .meta({ examples: [['orders', 'payments']] }),
  monitor: oneOrMore(name)
    .describe('Names of monitors.')
    .meta({ examples: ['web_orders'] }),
  severity: oneOrMore(z.enum(['critical', 'warning']))
    .describe('How bad it is: `critical`, `warning`.')
    .meta({ examples: ['critical'] }),
  known: z
    .union([z.boolean(), z.array(z.boolean()).min(1)], { error: 'must be true or false' })
    .optional()
    .describe('Whether the catalogue knows the error. An alert that is about no error is neither.')
    .meta({ examples: [false] }),
});

/** An entry of `notify:`. */
export const notifySchema = z.strictObject({
  match: matchSchema
    .prefault({})
    .describe(
      'Which alerts: all that is named here must hold. Each is a value or a list of values. Absent: all.',
    )
    .meta({ examples: [{ severity: 'critical', flow: ['orders', 'payments'] }] }),
  to: z
    .union([name, z.array(name)])
    .describe(
      'Who gets the mail, each in its language: responders, `company` (the contacts of the company that the alert is about), `responder` (whoever acts first). An alert for which that is nobody goes on to the next rule; an empty list ends its way.',
    )
    .meta({ examples: [['erp_partner', 'company']] }),
  repeat: lasting(60_000)
    .refine((ms) => ms <= memoryMs, { error: 'must be at most 5d; Alertmanager remembers no longer' })
    .prefault('4h')
    .describe('Least time between two mails of one trouble when nothing is new.')
    .meta({ examples: ['4h'] }),
  digest: lasting(60_000)
    .optional()
    .describe(
      'What is not critical is gathered for so long and then told in one mail for each company. Absent: told at once.',
    )
    .meta({ examples: ['1h'] }),
});

/** A web address that stands in mails. */
export const link = text
  .refine((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ''), {
    error: 'is no web address; begin with https://',
  })
  .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), {
    error: 'holds a login, which every mail would show; remove it',
  });
