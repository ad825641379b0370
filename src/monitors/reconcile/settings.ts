import { z } from 'zod';
import { formatDuration } from '../../duration.ts';
import { dayMs } from '../../time.ts';
import type { SettingsProblem } from '../contract.ts';
import { sideNames } from './sides.ts';
import type { SideName } from './sides.ts';
import { countLimits, databaseName, duration, sqlText } from '../shared/settings.ts';

/** A name that stands in the configuration and becomes a column: no quoting needed in any dialect. */
const columnName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,62}$/,
    'is no plain name of a column; name it with AS in the query, with letters, digits and _',
  );

/** Columns that mean something of their own; the ones of `compare` come on top. */
export const ownColumns = ['record', 'at', 'changed_at', 'amount', 'currency'] as const;

/** Timers take no more than some 24 days. */
const mostMs = 20 * dayMs;

const expression = sqlText.describe('A column, or an expression of SQL.');

const side = (which: string, example: string) =>
  z.strictObject({
    database: databaseName.describe(`The database that holds the ${which} side.`),
    title: z
      .string()
      .trim()
      .min(1)
      .max(40)
      .optional()
      .describe('What people call this side; absent: the name of its database.')
      .meta({ examples: [example] }),
    query: sqlText
      .optional()
      .describe(
        'A query that returns one row for each record: `record` (its key), the columns of `compare`, and if it can `at` ' +
          '(the business time), `changed_at`, `amount` and `currency`. No ORDER BY. Instead of `table`.',
      )
      .meta({
        examples: [
          'SELECT number AS record, created_at AS at, total, total AS amount, currency FROM orders WHERE company = :company',
        ],
      }),
    table: sqlText
      .optional()
      .describe('A table or view, as SQL names it; with `columns`. Instead of `query`.')
      .meta({ examples: ['dbo.SalesOrder'] }),
    columns: z
      .record(columnName, expression)
      .optional()
      .describe('For `table`: which column, or expression, is `record`, `at` and so on.')
      .meta({ examples: [{ record: 'external_no', at: 'order_date', total: 'amount_incl_vat' }] }),
    where: sqlText
      .optional()
      .describe('For `table`: which of its rows count.')
      .meta({ examples: ['company = :company'] }),
  });

const codeList = z.record(z.string().min(1).max(200), z.string().min(1).max(200));

const compared = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('money').describe('Amounts, compared in minor units.'),
    digits: z
      .int()
      .min(0)
      .max(6)
      .default(2)
      .describe('Decimals of the minor unit; what is finer is rounded.')
      .meta({ examples: [2] }),
  }),
  z.strictObject({ type: z.literal('integer').describe('Whole numbers.') }),
  z.strictObject({
    type: z.literal('status').describe('Words or codes that mean the same under different names.'),
    left: codeList
      .describe('The words of the left side, and what each means.')
      .meta({ examples: [{ paid: 'paid', open: 'unpaid' }] }),
    right: codeList
      .describe('The words of the right side, with the same meanings.')
      .meta({ examples: [{ P: 'paid', O: 'unpaid' }] }),
  }),
  z.strictObject({
    type: z.literal('instant').describe('Times.'),
    tolerance: duration
      .default(0)
      .describe(
        'A difference up to this counts as none, such as 4ms for the `datetime` of SQL Server. With one, rows are read and no digests made.',
      )
      .meta({ examples: ['1s'] }),
  }),
  z.strictObject({ type: z.literal('text').describe('Texts, spaces at their end apart.') }),
]);

const key = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('integer').describe('Whole numbers of up to 64 bits.') }),
  z.strictObject({
    type: z.literal('text').describe('Texts; spaces at their end never count.'),
    trim: z
      .boolean()
      .default(false)
      .describe('Whether spaces before a key are dropped too.')
      .meta({ examples: [true] }),
    case: z
      .enum(['keep', 'lower'])
      .default('keep')
      .describe('`lower`: `A-7` and `a-7` are the same key.')
      .meta({ examples: ['lower'] }),
  }),
  z.strictObject({ type: z.literal('guid').describe('GUIDs, in whatever case.') }),
]);

/** A duration that a run, or all of them, can be held to. */
const lasting = (leastMs: number) =>
  duration
    .refine((ms) => ms >= leastMs, { error: `must be at least ${formatDuration(leastMs)}` })
    .refine((ms) => ms <= mostMs, { error: `must be at most ${formatDuration(mostMs)}` });

const mismatchLimits = (what: string) =>
  countLimits.prefault({}).describe(`Limits for records that ${what}.`);

/** The settings of kind `reconcile`. */
export const settings = z.object({
  left: side('left', 'website').describe('One side of the link, usually the website.'),
  right: side('right', 'ERP').describe('The other side, usually the ERP.'),
  key: key
    .prefault({ type: 'text' })
    .describe('What `record` holds, and when two keys are the same.')
    .meta({ examples: [{ type: 'integer' }] }),
  compare: z
    .record(columnName, compared)
    .default({})
    .describe('Columns that must agree on both sides. Absent: only that the record is there.')
    .meta({ examples: [{ total: { type: 'money' } }] }),
  window: duration
    .prefault('7d')
    .describe('How far back records are compared, by `at`.')
    .meta({ examples: ['30d'] }),
  settle: duration
    .prefault('5m')
    .describe('What is younger than this is not judged yet: it may be on its way.')
    .meta({ examples: ['10m'] }),
  grace: z
    .strictObject({
      missing_left: duration
        .default(0)
        .describe('For a record of the right side that the left one lacks.')
        .meta({ examples: ['1h'] }),
      missing_right: duration
        .default(0)
        .describe('For a record of the left side that the right one lacks.')
        .meta({ examples: ['2h'] }),
    })
    .prefault({})
    .describe(
      'Older than this, if it is longer than `settle`, a record must be before it counts as missing.',
    ),
  margin: duration
    .prefault('10m')
    .describe(
      'How far apart the two times `at` of a record usually lie at most. Only a matter of cost: whatever seems to be missing is looked up by its key.',
    )
    .meta({ examples: ['1h'] }),
  full_audit_every: lasting(60_000)
    .prefault('24h')
    .describe('Within this everything in the window is compared again, a slice in each run.')
    .meta({ examples: ['12h'] }),
  max_duration: lasting(1_000)
    .prefault('30s')
    .describe('What one run may take; what is left is done by the next ones.')
    .meta({ examples: ['2m'] }),
  duty_cycle: z
    .number()
    .gt(0)
    .max(1)
    .default(0.25)
    .describe('The share of the time for which older slices may be compared, so that the servers can rest.')
    .meta({ examples: [0.5] }),
  plan: z
    .enum(['auto', 'rows', 'buckets'])
    .default('auto')
    .describe(
      '`rows` reads every row of a slice, `buckets` digests that the servers make. `auto` measures both and keeps the faster one.',
    )
    .meta({ examples: ['rows'] }),
  unique_keys: z
    .boolean()
    .default(false)
    .describe(
      'Both sides keep keys unique (a primary key or a unique index), so that buckets need not count duplicates.',
    )
    .meta({ examples: [true] }),
  allow_full_scan: z
    .boolean()
    .default(false)
    .describe(
      'Compare also where no index leads to a window of a large table, so that each run reads it whole.',
    )
    .meta({ examples: [true] }),
  samples: z
    .int()
    .min(0)
    .max(1000)
    .default(20)
    .describe('Most mismatched records that are listed one by one, oldest first; 0 lists none.')
    .meta({ examples: [50] }),
  threshold: z
    .strictObject({
      missing_left: mismatchLimits('the left side lacks'),
      missing_right: mismatchLimits('the right side lacks'),
      different: mismatchLimits('differ'),
      duplicate: mismatchLimits('are on one side more than once'),
    })
    .prefault({})
    .describe(
      'More mismatched records than this are too many, by kind of mismatch and severity. Without `warning` one is; without either, it is as grave as the criticality of the monitor.',
    )
    .meta({ examples: [{ missing_right: { warning: 5, critical: 50 } }] }),
});
export type Settings = z.output<typeof settings>;
export type SideSettings = Settings['left'];
export type Compared = z.output<typeof compared>;

function sideProblems(given: SideSettings, name: SideName, compare: readonly string[]): SettingsProblem[] {
  const { query, table, columns, where } = given;
  if ((query === undefined) === (table === undefined))
    return [
      { path: [name], message: 'needs a query, or a table with columns: write exactly one of the two' },
    ];
  if (query !== undefined)
    return (
      [
        ['columns', columns],
        ['where', where],
      ] as const
    ).flatMap(([key, value]) =>
      value === undefined
        ? []
        : [{ path: [name, key], message: 'belongs to table; the query says it itself' }],
    );
  const allowed = [...ownColumns, ...compare];
  return [
    ...['record', ...compare]
      .filter((needed) => columns?.[needed] === undefined)
      .map((needed) => ({
        path: [name, 'columns'],
        message: `does not say which column is ${needed}; add ${needed}: …`,
      })),
    ...Object.keys(columns ?? {})
      .filter((column) => !allowed.includes(column))
      .map((column) => ({
        path: [name, 'columns', column],
        message: `is not known: it may be ${ownColumns.join(', ')} or a name of compare`,
      })),
  ];
}

/** Cross-checks of the settings; see `MonitorKind.problems`. */
export function problems(given: Settings): SettingsProblem[] {
  const compare = Object.keys(given.compare);
  const taken = new Set<string>(['record', 'at', 'changed_at', 'currency']);
  return [
    ...sideNames.flatMap((name) => sideProblems(given[name], name, compare)),
    ...compare
      .filter((column) => taken.has(column.toLowerCase()))
      .map((column) => ({
        path: ['compare', column],
        message:
          'is a column with a meaning of its own; select it once more under another name and compare that',
      })),
    ...Object.entries(given.compare).flatMap(([column, how]) => {
      if (how.type !== 'status') return [];
      const right = new Set(Object.values(how.right));
      const lonely = [...new Set(Object.values(how.left))].filter((meaning) => !right.has(meaning));
      return lonely.map((meaning) => ({
        path: ['compare', column, 'left'],
        message: `says ${JSON.stringify(meaning)}, which the right side never says, so that they could never agree; add it on the right`,
      }));
    }),
    ...(given.settle >= given.window
      ? [{ path: ['settle'], message: 'is not shorter than window, so that nothing would ever be compared' }]
      : []),
  ];
}
