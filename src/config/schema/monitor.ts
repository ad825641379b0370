import { z } from 'zod';
import type { MonitorKind } from '../../monitors/contract.ts';
import { validateCron } from '../../calendar/schedule.ts';
import { queryText } from '../../monitors/shared/settings.ts';
import { companyName, criticality, durationOfAtLeast, name, text, timezone } from './values.ts';

const rowLimit = z.int().min(1).max(10_000_000);
const mebibyte = 1024 * 1024;

/** The keys of `defaults:`, each of which a monitor may set for itself. */
const inheritable = {
  every: durationOfAtLeast(1_000).describe(
    'How often the monitor runs. Runs never overlap: a scheduled run is skipped while the previous one is still running.',
  ),
  timeout: durationOfAtLeast(100).describe(
    'Maximum duration of a run; after that its statement is cancelled on the server.',
  ),
  hold: durationOfAtLeast(0).describe(
    'How long the last good reading is still exported while runs fail; after that its series end.',
  ),
  max_rows: rowLimit.describe(
    'Maximum number of rows of a query. If there are more, counts are lower bounds and erp_monitor_truncated is 1.',
  ),
  max_bytes: z
    .int()
    .min(mebibyte)
    .max(1024 * mebibyte)
    .describe(
      'Maximum size of the rows of a query, in bytes, about. If there are more, the rest is not read: counts are lower bounds and erp_monitor_truncated is 1. A text is cut to 1 MiB; a row of more than 16 MiB fails the run.',
    ),
  max_series: rowLimit.describe(
    'Maximum number of series of a run. If there are more, the run fails with reason `series`.',
  ),
  criticality: criticality.describe(
    '`critical` for flows that cost money as soon as they stop: their alerts have severity critical.',
  ),
  calendar: text.describe('Business hours of the flow, an entry of `calendars`. Absent: round the clock.'),
  responder: text.describe(
    'First responder: customer, shop_admin, erp_partner, web_agency, it, or an entry of `responders`.',
  ),
} as const;

/** `defaults:`, with the built-in value of each key. */
export const defaultsSchema = z.strictObject({
  every: inheritable.every.prefault('1m').meta({ examples: ['30s'] }),
  timeout: inheritable.timeout.prefault('10s').meta({ examples: ['20s'] }),
  hold: inheritable.hold.prefault('1h').meta({ examples: ['30m'] }),
  max_rows: inheritable.max_rows.default(10_000).meta({ examples: [50_000] }),
  max_bytes: inheritable.max_bytes.default(64 * mebibyte).meta({ examples: [268_435_456] }),
  max_series: inheritable.max_series.default(10_000).meta({ examples: [1_000] }),
  criticality: inheritable.criticality.default('normal').meta({ examples: ['normal'] }),
  calendar: inheritable.calendar.optional().meta({ examples: ['office'] }),
  responder: inheritable.responder.optional().meta({ examples: ['it'] }),
});

const cronExpression = z
  .string()
  .superRefine((expression, context) => {
    const message = validateCron(expression, 'UTC');
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe('Five fields: minute, hour, day, month and weekday.');

/** The keys that monitors of every kind have. */
export const commonKeys = {
  name: name
    .describe('Unique name of the monitor: label `monitor`, and used on the command line.')
    .meta({ examples: ['web_orders'] }),
  flow: text
    .describe('The business process that the monitor watches: label `flow`.')
    .meta({ examples: ['orders'] }),
  companies: z
    .array(companyName)
    .min(1)
    .optional()
    .describe(
      'The companies that it serves, entries of `companies`. Absent: all of them. The monitor runs once for each, unless none of its queries uses `:company`: then each query must return a column `company`, and one run serves all.',
    )
    .meta({ examples: [['acme']] }),
  ignore_companies: z
    .array(z.union([z.string(), z.number()]).transform(String))
    .optional()
    .describe(
      'What a column `company` may hold besides the companies of the monitor: rows with these values are left out; an empty text stands for NULL. Rows of any other company fail the run.',
    )
    .meta({ examples: [['closed', 'test']] }),
  every: inheritable.every.optional().meta({ examples: ['5m'] }),
  cron: z
    .union([
      cronExpression,
      z.strictObject({
        expression: cronExpression.meta({ examples: ['0 2 * * *'] }),
        timezone: timezone
          .optional()
          .describe('Time zone of the expression. Absent: `timezone` of the configuration.')
          .meta({ examples: ['Europe/Brussels'] }),
      }),
    ])
    .optional()
    .describe(
      'Instead of `every`: when the monitor runs, as a cron expression, or as a mapping with `expression` and `timezone`.',
    )
    .meta({ examples: ['0 2 * * *'] }),
  calendar: inheritable.calendar.optional().meta({ examples: ['office'] }),
  criticality: inheritable.criticality.optional().meta({ examples: ['critical'] }),
  responder: inheritable.responder.optional().meta({ examples: ['erp_partner'] }),
  timeout: inheritable.timeout.optional().meta({ examples: ['20s'] }),
  hold: inheritable.hold.optional().meta({ examples: ['30m'] }),
  max_rows: inheritable.max_rows.optional().meta({ examples: [50_000] }),
  max_bytes: inheritable.max_bytes.optional().meta({ examples: [268_435_456] }),
  max_series: inheritable.max_series.optional().meta({ examples: [1_000] }),
  canary: queryText
    .optional()
    .describe(
      'A query that must always return a row, run before each run on the database of the first query. It distinguishes "nothing failed" from "the login cannot see anything".',
    )
    .meta({ examples: ["SELECT 1 FROM web_orders WHERE created_at > :now - interval '7 days' LIMIT 1"] }),
  record_url: text
    .refine((url) => !/^https?:/i.test(url) || url.includes('{record}'), {
      error: 'does not contain {record}; write {record} where the key of the record belongs',
    })
    .refine((url) => /^https?:$/.test(URL.parse(url.replaceAll('{record}', 'r'))?.protocol ?? ''), {
      error: 'is not a web address; start it with https://',
    })
    .optional()
    .describe(
      'Address of a record in your own system, where `{record}` is replaced by its key. The page and mails link to it.',
    )
    .meta({ examples: ['https://shop.example/admin/orders/{record}'] }),
} as const;

/** A monitor of one kind: the common keys and those of the kind; other keys are errors. */
export const monitorSchema = (kind: MonitorKind) =>
  z.strictObject({
    ...kind.settings.shape,
    ...commonKeys,
    kind: z.literal(kind.kind).describe(kind.description),
  });

/** The common keys alone; those of the kind are read separately. */
export const commonSchema = z.object(commonKeys);
export type CommonSettings = z.output<typeof commonSchema>;

/** Any monitor, for the JSON Schema. */
export function anyMonitorSchema(kinds: readonly MonitorKind[]): z.ZodType {
  const [first, ...others] = kinds.map(monitorSchema);
  return first === undefined ? z.never() : z.discriminatedUnion('kind', [first, ...others]);
}
