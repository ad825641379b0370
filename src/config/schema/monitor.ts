import { z } from 'zod';
import type { MonitorKind } from '../../monitors/contract.ts';
import { validateCron } from '../../calendar/schedule.ts';
import { sqlText } from '../../monitors/shared/settings.ts';
import { companyName, criticality, lasting, name, text, timezone } from './values.ts';

const bound = z.int().min(1).max(10_000_000);

/** The keys of `defaults:`, all of which a monitor may give for itself. */
const bounds = {
  every: lasting(1_000).describe(
    'How often the monitor runs. Runs never overlap: one that is due while the last one runs waits.',
  ),
  timeout: lasting(100).describe('How long one run may take; its statement is then cancelled on the server.'),
  hold: lasting(0).describe(
    'How long the last good reading is shown while runs fail; then its series vanish.',
  ),
  max_rows: bound.describe(
    'Most rows that one query may hand out. With more, counts are lower bounds and erp_monitor_truncated is 1.',
  ),
  max_series: bound.describe(
    'Most series that one run may export. With more, the run fails with the reason `series`.',
  ),
  criticality: criticality.describe(
    '`critical` for what costs money as soon as it stops: its alerts are critical ones.',
  ),
  calendar: text.describe(
    'The hours in which the flow is expected to move, an entry of `calendars`. Absent: round the clock.',
  ),
  responder: text.describe(
    'Who acts first: customer, shop_admin, erp_partner, web_agency, it, or an entry of `responders`.',
  ),
};

/** What a monitor does that neither it nor `defaults:` says otherwise. */
export const defaultsSchema = z.strictObject({
  every: bounds.every.prefault('1m').meta({ examples: ['30s'] }),
  timeout: bounds.timeout.prefault('10s').meta({ examples: ['20s'] }),
  hold: bounds.hold.prefault('1h').meta({ examples: ['30m'] }),
  max_rows: bounds.max_rows.default(10_000).meta({ examples: [50_000] }),
  max_series: bounds.max_series.default(10_000).meta({ examples: [1_000] }),
  criticality: bounds.criticality.default('normal').meta({ examples: ['normal'] }),
  calendar: bounds.calendar.optional().meta({ examples: ['office'] }),
  responder: bounds.responder.optional().meta({ examples: ['it'] }),
});

const cronExpression = z
  .string()
  .superRefine((expression, context) => {
    const message = validateCron(expression, 'UTC');
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .describe('Minute, hour, day, month and weekday.');

/** The keys that every monitor has, whatever its kind. */
export const commonKeys = {
  name: name
    .describe('What it is called: label `monitor`, and on the command line. Unique.')
    .meta({ examples: ['web_orders'] }),
  flow: text.describe('The business process that it watches: label `flow`.').meta({ examples: ['orders'] }),
  companies: z
    .array(companyName)
    .min(1)
    .optional()
    .describe(
      'The companies that it serves, entries of `companies`. Absent: all of them. It runs once for each, save when no query of it uses `:company`: then its queries return a column `company` and one run serves all.',
    )
    .meta({ examples: [['acme']] }),
  every: bounds.every.optional().meta({ examples: ['5m'] }),
  cron: z
    .union([
      cronExpression,
      z.strictObject({
        expression: cronExpression.meta({ examples: ['0 2 * * *'] }),
        timezone: timezone
          .optional()
          .describe('Zone of its clock. Absent: `timezone` of the configuration.')
          .meta({ examples: ['Europe/Brussels'] }),
      }),
    ])
    .optional()
    .describe(
      'Instead of `every`: when it runs, as a cron expression, or a mapping of `expression` and `timezone`.',
    )
    .meta({ examples: ['0 2 * * *'] }),
  calendar: bounds.calendar.optional().meta({ examples: ['office'] }),
  criticality: bounds.criticality.optional().meta({ examples: ['critical'] }),
  responder: bounds.responder.optional().meta({ examples: ['erp_partner'] }),
  timeout: bounds.timeout.optional().meta({ examples: ['20s'] }),
  hold: bounds.hold.optional().meta({ examples: ['30m'] }),
  max_rows: bounds.max_rows.optional().meta({ examples: [50_000] }),
  max_series: bounds.max_series.optional().meta({ examples: [1_000] }),
  canary: sqlText
    .optional()
    .describe(
      'A query that must return a row whenever all is well, asked of the database of the first query before each run. It tells "nothing failed" from "the login sees nothing".',
    )
    .meta({ examples: ["SELECT 1 FROM web_orders WHERE created_at > :now - interval '7 days' LIMIT 1"] }),
  record_url: text
    .refine((url) => !/^https?:/i.test(url) || url.includes('{record}'), {
      error: 'says nowhere which record; write {record} where its key belongs',
    })
    .refine((url) => /^https?:$/.test(URL.parse(url.replaceAll('{record}', 'r'))?.protocol ?? ''), {
      error: 'is no web address; begin with https://',
    })
    .optional()
    .describe(
      'Where a record can be looked at: `{record}` stands for its key. Makes links on the page and in mails.',
    )
    .meta({ examples: ['https://shop.example/admin/orders/{record}'] }),
};

/** A monitor of one kind: the common keys and the kind's own, nothing else. */
export const monitorSchema = (kind: MonitorKind) =>
  z.strictObject({
    ...kind.settings.shape,
    ...commonKeys,
    kind: z.literal(kind.kind).describe(kind.description),
  });

/** The common keys alone, of a monitor whose own ones are read apart. */
export const commonSchema = z.object(commonKeys);
export type CommonSettings = z.output<typeof commonSchema>;

/** Any monitor, for the JSON Schema. */
export function anyMonitorSchema(kinds: readonly MonitorKind[]): z.ZodType {
  const [first, ...others] = kinds.map(monitorSchema);
  return first === undefined ? z.never() : z.discriminatedUnion('kind', [first, ...others]);
}
