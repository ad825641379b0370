import { z } from 'zod';
import { monitorStates } from '../../judgement.ts';
import type { Language } from '../../known-errors/catalogue.ts';

/** A time as RFC 3339 in UTC; `null`: unknown, or beyond the calendar. */
export const time = z.iso.datetime().nullable();
export const state = z.enum(monitorStates);
export const count = z.number().nonnegative();

export const money = z.strictObject({
  amount: z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .describe('Exact, never rounded.'),
  currency: z.string().nullable().describe('As the database has it; null when unknown.'),
});

const texts = z
  .strictObject({ en: z.string(), nl: z.string(), de: z.string(), fr: z.string() } satisfies Record<
    Language,
    z.ZodString
  >)
  .describe('A text of the catalogue of known errors in each language.');

export const fact = z.strictObject({
  message: z.string().describe('What is said, such as `figure.failed`.'),
  values: z.record(z.string(), z.union([z.string(), z.number()])).describe('What it is said of.'),
  at: time.optional(),
  duration_seconds: z.number().optional(),
});

export const need = z.strictObject({
  company: z.string(),
  title: z.string(),
  flow: z.string(),
  monitor: z.string(),
  state,
  since: time,
  responders: z.array(z.string()).describe('Whose turn it is, the one with most to do first.'),
});

export const database = z.strictObject({
  name: z.string(),
  driver: z.string(),
  state,
  clock_skew_seconds: z.number().nullable().describe('Its clock minus ours.'),
  problem: z.string().nullable(),
});

export const monitor = z.strictObject({
  company: z.string(),
  monitor: z.string(),
  flow: z.string(),
  kind: z.string(),
  criticality: z.enum(['critical', 'normal']),
  state: state.describe('As `erp_monitor_state`.'),
  state_fact: fact,
  text: z.string().describe('The judgement in English.'),
  figures: z.array(fact).describe('What the last good run saw.'),
  since: time.describe('Since when it is not as it should be.'),
  responders: z.array(z.string()),
  data_from: time.describe('When the last good run began.'),
  interval_seconds: z.number(),
  duration_seconds: z.number().describe('Of the last run.'),
  failure: z
    .strictObject({ reason: z.string(), message: z.string() })
    .nullable()
    .describe('Why the last run failed.'),
  notes: z.array(z.string()),
  is_truncated: z.boolean().describe('Each count means "at least".'),
});

export const company = z.strictObject({
  company: z.string(),
  title: z.string(),
  project: z.string().nullable(),
  timezone: z.string(),
  state,
  state_fact: fact,
  is_money_maker: z.boolean(),
  last_sync: time,
  syncs_today: count.nullable(),
  failed: count,
  not_ok_today: count,
  late: count,
  mismatched: count,
  at_risk: z.array(money).describe('Of failed and waiting records, by currency.'),
  mismatched_value: z.array(money),
  responders: z.array(z.string()),
  data_from: time.describe('When the oldest of its data was read; null when a monitor never was.'),
  monitors: z.array(monitor).describe('What is wrong first.'),
});

export const job = z.strictObject({
  job: z.string(),
  status: z.string(),
  is_enabled: z.boolean(),
  last_run: time,
  last_success: time,
  last_duration_seconds: z.number().nullable(),
  running_since: time,
  due: time,
  failures_in_a_row: count,
});

const known = {
  category: z.string().nullable(),
  is_known: z.boolean(),
  responder: z.string().nullable(),
  title: texts.nullable(),
  meaning: texts.nullable(),
  action: texts.nullable(),
} as const;

export const record = z.strictObject({
  company: z.string(),
  monitor: z.string(),
  flow: z.string(),
  record: z.string(),
  state: z.enum(['failed', 'late', 'waiting', 'missing_left', 'missing_right', 'different', 'duplicate']),
  is_awaiting_retry: z.boolean(),
  since: time,
  money: money.nullable(),
  code: z.string().nullable(),
  call: z.string().nullable(),
  message: z.string().nullable().describe('Masked.'),
  trace: z.string().nullable().describe('The stack trace that the message comes from, masked.'),
  url: z.string().nullable(),
  left: z.strictObject({ title: z.string(), value: z.string().nullable() }).nullable(),
  right: z.strictObject({ title: z.string(), value: z.string().nullable() }).nullable(),
  error: z.string().nullable().describe('Class of the error.'),
  ...known,
});

const nextCursor = z
  .string()
  .nullable()
  .describe('The parameter `cursor` of the next page; null on the last.');

const recordList = z.strictObject({
  items: z.array(record),
  total: count.describe('Of those that match.'),
  next_cursor: nextCursor,
});

export const errorLine = z.strictObject({
  error: z.string().describe('Class of the error.'),
  ...known,
  is_new: z.boolean(),
  count,
  value: z.array(money),
  first_since: time,
  last_since: time,
  companies: z.array(z.string()),
  flows: z.array(z.string()),
  example: z.string().nullable().describe('Masked; null without the right `records`.'),
  trace: z
    .string()
    .nullable()
    .describe('The stack trace that the example comes from, masked; null without the right `records`.'),
});

/** What each call answers, by the name that the OpenAPI document has for it. */
export const answers = {
  Overview: z.strictObject({
    environment: z.string().nullable(),
    needs: z.array(need).describe('What needs somebody, the gravest first.'),
    unknown: z.array(need).describe('Monitors of which nobody knows how things stand.'),
    companies: z
      .array(z.strictObject({ company: z.string(), title: z.string(), state }))
      .describe('Each company, what is wrong first.'),
    databases: z.array(database).describe('Empty for a visitor who does not see every company.'),
  }),
  CompanyList: z.strictObject({ items: z.array(company), total: count, next_cursor: nextCursor }),
  Company: company,
  Monitor: z.strictObject({
    ...monitor.shape,
    jobs: z.array(job),
    records: recordList.nullable().describe('Null without the right `records`.'),
    statements: z
      .array(z.strictObject({ key: z.string(), database: z.string(), sql: z.string() }))
      .nullable()
      .describe('Null without the right `sql`, and for a visitor who does not see every company of the run.'),
  }),
  ErrorList: z.strictObject({ items: z.array(errorLine), total: count, next_cursor: nextCursor }),
  Error: z.strictObject({
    ...errorLine.shape,
    suggestion: z
      .string()
      .nullable()
      .describe(
        'An entry to complete for the catalogue of known errors, as YAML; null where it is known, and without the right `records`.',
      ),
  }),
  Lookup: z.strictObject({
    record: z.string(),
    found: z.array(record),
    is_cut: z.boolean().describe('There are more.'),
    data_from: time.describe('When the oldest of the data that was searched was read.'),
  }),
  Refresh: z.strictObject({
    outcome: z.enum(['read', 'running']),
    last_run: time.describe('When the last run that is over began.'),
    last_success: time.describe('When the last good run began.'),
    duration_seconds: z.number().nullable().describe('Of the last run.'),
    failure: z
      .strictObject({ reason: z.string(), message: z.string() })
      .nullable()
      .describe('Why the last run failed.'),
  }),
} as const;

/** RFC 9457. */
export const problem = z.strictObject({
  type: z.literal('about:blank'),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
});

/** What answers are made of, by the name that the OpenAPI document has for it. */
export const parts = {
  Money: money,
  Fact: fact,
  Need: need,
  Database: database,
  MonitorLine: monitor,
  Job: job,
  Record: record,
  RecordList: recordList,
  ErrorLine: errorLine,
  Texts: texts,
  Problem: problem,
} as const;
