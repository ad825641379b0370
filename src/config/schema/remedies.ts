import { z } from 'zod';
import { sqlText } from '../../monitors/shared/settings.ts';
import { databaseSchema } from './database.ts';
import { companyName, durationOfAtLeast, fileWith, name, text } from './values.ts';

const second = 1000;
const minute = 60 * second;
/** Longest time that a call or a statement may take: a lease of the outbox must outlast it. */
const mostTimeoutMs = 60 * second;

const timeout = (what: string) =>
  durationOfAtLeast(100)
    .refine((ms) => ms <= mostTimeoutMs, { error: 'must be at most 1m' })
    .prefault('20s')
    .describe(`Maximum time that ${what} may take. One that was cut off counts as an attempt.`)
    .meta({ examples: ['30s'] });

const headerName = z.string().regex(/^[!#$%&'*+\-.^_`|~\w]+$/, {
  error: 'is not the name of a header',
});
const headerText = z.string().regex(/^[\t\x20-\x7E]*$/, {
  error: 'must be one line of plain ASCII; a header cannot hold anything else',
});

const httpSchema = z.strictObject({
  method: z
    .enum(['POST', 'PUT', 'PATCH', 'DELETE'])
    .default('POST')
    .describe('Method of the call.')
    .meta({ examples: ['PUT'] }),
  url: text
    .describe(
      'Address of the call. `{record}`, `{company}` and `{monitor}` may stand in segments of the path and in values of the query, where they are encoded; nowhere else. Only this host is called, and redirects are not followed.',
    )
    .meta({ examples: ['https://erp.acme.example/api/orders/{record}/relaunch'] }),
  headers: z
    .record(headerName, headerText)
    .default({})
    .describe('Headers, sent as they are.')
    .meta({ examples: [{ Accept: 'application/json' }] }),
  header_files: z
    .record(headerName, fileWith('the value of the header'))
    .default({})
    .describe('Headers whose values are secrets, by the file that holds each; it is read anew for each call.')
    .meta({ examples: [{ Authorization: '/run/secrets/erp-authorization' }] }),
  body: z
    .unknown()
    .optional()
    .describe(
      'Body, sent as JSON. `{record}`, `{company}` and `{monitor}` in its texts are replaced; keys are not. Absent: no body.',
    )
    .meta({ examples: [{ order: '{record}', reason: 'relaunched by erp-exporter' }] }),
  allow_private: z
    .boolean()
    .default(false)
    .describe(
      'Whether the host may have an address of a private network, or of this machine. Looked at when it is called.',
    )
    .meta({ examples: [true] }),
  timeout: timeout('the call'),
  tls_ca_file: fileWith('the trusted CA certificates (PEM). Absent: those of the public authorities')
    .optional()
    .meta({ examples: ['ca.pem'] }),
});

const statementSchema = z.strictObject({
  database: name.describe('Entry of `writable_databases`.').meta({ examples: ['erp_relaunch'] }),
  sql: sqlText
    .describe(
      'One statement: INSERT, UPDATE, DELETE, CALL, EXEC, or a SELECT of one function. `:record`, `:company` and `:monitor` are bound by the driver. It runs in a transaction of its own.',
    )
    .meta({
      contentMediaType: 'application/sql',
      examples: ["UPDATE web_orders SET export_state = 'waiting' WHERE order_number = :record"],
    }),
  timeout: timeout('the statement'),
});

const perHour = (count: number, what: string) =>
  z
    .int()
    .min(1)
    .max(1000)
    .default(count)
    .describe(`Most attempts within an hour, ${what}. Counted over restarts and replicas.`)
    .meta({ examples: [10] });

const limitKeys = {
  wait: durationOfAtLeast(0)
    .prefault('10m')
    .describe('How long a record is left alone after it has failed, since many mend themselves.')
    .meta({ examples: ['5m'] }),
  attempts: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('Most attempts on one record.')
    .meta({ examples: [2] }),
  pause: durationOfAtLeast(minute)
    .prefault('15m')
    .describe(
      'Time between two attempts on one record, and how long the effect of one is waited for. An answer may ask for more by `Retry-After`.',
    )
    .meta({ examples: ['30m'] }),
  per_hour: perHour(20, 'of this remedy'),
  calendar: name
    .optional()
    .describe('Entry of `calendars`: attempts are made within these hours alone. Absent: at any time.')
    .meta({ examples: ['office'] }),
} as const;

/** One entry of `remedies.list`. */
export const remedySchema = z
  .strictObject({
    name: name.describe('Name, used as a label and on the page.').meta({ examples: ['relaunch_order'] }),
    errors: z
      .array(text)
      .default([])
      .describe(
        'Ids of the known errors that it may mend by itself; each must be one that a retry may resolve (`retryable`). Absent, with `by_hand: any`: none.',
      )
      .meta({ examples: [['rate-limit']] }),
    by_hand: z
      .enum(['same', 'any', 'none'])
      .default('same')
      .describe(
        'Which failed records somebody with the right `remedies` may have tried at once, from the page or the command line: `same`: those of `errors`; `any`: those of any error, for what was corrected in the meantime; `none`.',
      )
      .meta({ examples: ['any'] }),
    monitors: z
      .array(name)
      .min(1)
      .optional()
      .describe('The monitors whose records it may mend. Absent: all.')
      .meta({ examples: [['web_orders']] }),
    companies: z
      .array(companyName)
      .min(1)
      .optional()
      .describe('The companies whose records it may mend. Absent: all.')
      .meta({ examples: [['acme']] }),
    dry_run: z
      .boolean()
      .default(true)
      .describe('Only shows what it would do, on page and in metrics. `false`: it does it.')
      .meta({ examples: [false] }),
    ...limitKeys,
    http: httpSchema
      .optional()
      .describe('A call that mends one record.')
      .meta({
        examples: [{ url: 'https://erp.acme.example/api/orders/{record}/relaunch' }],
      }),
    statement: statementSchema
      .optional()
      .describe('A statement that mends one record.')
      .meta({ examples: [{ database: 'erp_relaunch', sql: 'CALL relaunch(:record)' }] }),
  })
  .refine((entry) => (entry.http === undefined) !== (entry.statement === undefined), {
    error: 'needs either http or statement',
  })
  .refine(({ errors, by_hand: byHand }) => errors.length > 0 || byHand === 'any', {
    path: ['errors'],
    error: 'is empty: name the known errors that it may mend, or let people use it with by_hand: any',
  });
export type RemedyEntry = z.output<typeof remedySchema>;

const frame = <Entry extends z.ZodType>(entry: Entry) =>
  z.strictObject({
    per_hour: perHour(60, 'of all remedies together'),
    least_success: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Least share of the attempts of the last hour that must have worked. Below it a remedy stops, and tries one record after half an hour. At least 5 attempts are judged. `0`: it never stops by itself.',
      )
      .meta({ examples: [0.7] }),
    list: z
      .array(entry)
      .min(1, { error: 'is empty; add a remedy, or remove remedies' })
      .describe('The remedies. Of those that fit a record, the first is used.'),
  });

/** `remedies:` without its entries, which are read one by one, so that a mistake in one does not hide those in others. */
export const remediesFrameSchema = frame(z.unknown());

/** `remedies:`, for the JSON Schema and the documentation. */
export const remediesSchema = frame(remedySchema);

/** An entry of `writable_databases`. */
export const writableDatabaseSchema = databaseSchema;
