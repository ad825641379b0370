import { z } from 'zod';
import { dayMs } from '../../time.ts';
import { smtpSchema } from './alerting.ts';
import { emails } from './parties.ts';
import { companyName, durationOfAtLeast, fileWith, languages, name, text, timezone } from './values.ts';

/** `mails.smtp` */
export const mailServerSchema = smtpSchema.omit({ password_file: true }).extend({
  password_file: fileWith('the password; it is read anew for each mail')
    .optional()
    .meta({ examples: ['/run/secrets/smtp'] }),
  tls_ca_file: fileWith('the trusted CA certificates (PEM). Absent: those of the public authorities')
    .optional()
    .meta({ examples: ['ca.pem'] }),
});

/** What every mail has that is sent again and again. */
const plannedKeys = {
  to: emails
    .max(50, { error: 'has more than 50 addresses; write that of a mailing list' })
    .describe('Who gets it, each in a mail of their own.')
    .meta({ examples: [['orders@acme.example']] }),
  companies: z
    .array(companyName)
    .min(1)
    .optional()
    .describe(
      'The companies that it tells about, and no other: entries of `companies`. Needed where there are several.',
    )
    .meta({ examples: [['acme']] }),
  cron: text
    .default('0 7 * * mon')
    .describe('When it is sent, at most once a day: minute, hour, day of month, month, weekday.')
    .meta({ examples: ['0 7 * * mon'] }),
  timezone: timezone
    .optional()
    .describe('Time zone of `cron`. Absent: `timezone` of the configuration.')
    .meta({ examples: ['Europe/Brussels'] }),
  language: z
    .enum(languages)
    .optional()
    .describe('Language of the mail. Absent: that of the first company.')
    .meta({ examples: ['nl'] }),
} as const;

/** An entry of `mails.reports`. */
export const reportMailSchema = z.strictObject({
  period: z
    .enum(['day', 'week', 'month'])
    .default('week')
    .describe('How much it tells: the days before the last midnight at each company.')
    .meta({ examples: ['month'] }),
  ...plannedKeys,
});

/** An entry of `mails.signs_of_life`. */
export const signOfLifeSchema = z.strictObject({
  ...plannedKeys,
  confirm_within: durationOfAtLeast(dayMs)
    .optional()
    .describe(
      'Somebody is to confirm on the page that the mail arrives, within this time of the first mail and of the last confirmation: else the next mails say that nobody did, and `erp_sign_of_life_confirm_by_timestamp_seconds` is in the past. Needs `page_url`. Absent: nobody is asked to.',
    )
    .meta({ examples: ['28d'] }),
});

/** `mails:` without its entries, which are read one by one. */
export const mailsOutline = z.strictObject({
  smtp: z.unknown(),
  reports: z.record(name, z.unknown()).optional(),
  signs_of_life: z.record(name, z.unknown()).optional(),
});

/** `mails:`, whole, for the JSON Schema and the documentation. */
export const mailsSchema = z.strictObject({
  smtp: mailServerSchema.describe(
    'The mail server, as the exporter reaches it: STARTTLS, or TLS from the start on port 465. Its certificate is verified.',
  ),
  reports: z
    .record(name, reportMailSchema)
    .optional()
    .describe('Reports by name, from the Prometheus of `prometheus`.')
    .meta({ examples: [{ weekly: { to: ['orders@acme.example'], companies: ['acme'] } }] }),
  signs_of_life: z
    .record(name, signOfLifeSchema)
    .optional()
    .describe('Mails which say that monitoring is alive, by name.')
    .meta({ examples: [{ monday: { to: ['it@acme.example'], companies: ['acme'] } }] }),
});
