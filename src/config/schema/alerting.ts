import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { companyName, durationOfAtLeast, environmentName, name, text } from './values.ts';

/** How long Alertmanager keeps the notifications that it sent: the default of its `--data.retention`. */
const retentionMs = 120 * 3_600_000;

/** `Name <address>` or a bare address (RFC 5322 section 3.4, without its rarer forms). */
const mailbox = text.refine((value) => z.email().safeParse(/<([^<>]+)>$/.exec(value)?.[1] ?? value).success, {
  error: 'is not an e-mail address',
});

/** `smtp:`, with the keys of Alertmanager's own `smtp_*` settings. */
export const smtpSchema = z.strictObject({
  smarthost: text
    .regex(/^(?:\[[\da-f:.]+\]|[^\s:[\]]+):\d{1,5}$/i, {
      error: 'is not a host and port; write it as mail.example:587',
    })
    .describe('Host and port of the mail server that sends the mails.')
    .meta({ examples: ['mail.example:587'] }),
  from: mailbox.describe('Sender address of the mails.').meta({ examples: ['erp-exporter@acme.example'] }),
  hello: text
    .optional()
    .describe('Host name in the EHLO greeting. Absent: `localhost`.')
    .meta({ examples: ['monitor.acme.example'] }),
  username: text
    .optional()
    .describe('Login at the mail server. Absent: no login.')
    .meta({ examples: ['erp-exporter'] }),
  password_file: text
    .refine(isAbsolute, { error: 'must be an absolute path, because Alertmanager reads it; start it with /' })
    .optional()
    .describe(
      'File with the password, as a path on the host of Alertmanager: only Alertmanager reads it. There is no key for the password itself, so that it never appears in a generated file.',
    )
    .meta({ examples: ['/run/secrets/smtp'] }),
  require_tls: z
    .boolean()
    .default(true)
    .describe('Refuse to send mail over a connection without TLS.')
    .meta({ examples: [true] }),
});

const oneOrMore = <Schema extends z.ZodType>(schema: Schema) =>
  z.union([schema, z.array(schema).min(1)]).optional();

/** What a rule asks of the labels of an alert. */
export const matchSchema = z.strictObject({
  alert: oneOrMore(text)
    .describe('Names of alerts. ErpWatchdog is matched only if it is named here.')
    .meta({ examples: ['ErpDatabaseDown'] }),
  environment: oneOrMore(environmentName)
    .describe(
      'Environments of exporters, as their configurations name them; for an Alertmanager that serves several.',
    )
    .meta({ examples: ['test'] }),
  responder: oneOrMore(name)
    .describe('First responder: that of the known error, else that of the monitor.')
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
    .describe('Severity of the alert: `critical` or `warning`.')
    .meta({ examples: ['critical'] }),
  known: z
    .union([z.boolean(), z.array(z.boolean()).min(1)], { error: 'must be true or false' })
    .optional()
    .describe(
      'Whether the error is in the catalogue of known errors. Alerts that are not about an error match neither value.',
    )
    .meta({ examples: [false] }),
});

/** An entry of `notify:`. */
export const notifySchema = z.strictObject({
  match: matchSchema
    .prefault({})
    .describe(
      'Which alerts the rule applies to: every key must match. Each key takes a value or a list of values. Absent: all alerts.',
    )
    .meta({ examples: [{ severity: 'critical', flow: ['orders', 'payments'] }] }),
  to: z
    .union([name, z.array(name)])
    .describe(
      'Who gets the mail, each in their own language: names of responders, `company` (the contacts of the company that the alert is about), `responder` (the first responder, or that of the monitor if the first has no address). If an alert has no such recipient, the next rule is tried; an empty list drops the alert.',
    )
    .meta({ examples: [['erp_partner', 'company']] }),
  repeat: durationOfAtLeast(60_000)
    .refine((ms) => ms <= retentionMs, {
      error: 'must be at most 5d; Alertmanager does not remember sent notifications for longer',
    })
    .prefault('4h')
    .describe('Minimum time between two mails about the same problem when nothing has changed.')
    .meta({ examples: ['4h'] }),
  digest: durationOfAtLeast(60_000)
    .optional()
    .describe(
      'Alerts that are not critical are collected for this long and sent in one mail per company. Absent: sent at once.',
    )
    .meta({ examples: ['1h'] }),
});

/** A web address that mails link to. */
export const webAddress = text
  .refine((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ''), {
    error: 'is not a web address; start it with https://',
  })
  .refine((url) => !/^[^/]*\/\/[^/?#]*@/.test(url), {
    error: 'contains a login, which every mail would show; remove it',
  });
