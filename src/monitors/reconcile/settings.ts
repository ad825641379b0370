import { z } from 'zod';
import { formatDuration } from '../../duration.ts';
import { dayMs } from '../../time.ts';
import { countLimits, duration } from '../shared/settings.ts';
import { compared, key } from './compare-settings.ts';
import { columnName, side } from './side-settings.ts';

/** Timers of Node take at most about 24 days. */
const mostMs = 20 * dayMs;

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
    .describe('Records younger than this are not judged yet: they may still be on their way.')
    .meta({ examples: ['10m'] }),
  grace: z
    .strictObject({
      missing_left: duration
        .default(0)
        .describe('For a record of the right side that the left side lacks.')
        .meta({ examples: ['1h'] }),
      missing_right: duration
        .default(0)
        .describe('For a record of the left side that the right side lacks.')
        .meta({ examples: ['2h'] }),
    })
    .prefault({})
    .describe('A record counts as missing only when it is older than this, if this is longer than `settle`.'),
  margin: duration
    .prefault('10m')
    .describe(
      'Largest usual difference between the two times `at` of a record. It affects cost only: what seems to be missing is looked up by its key.',
    )
    .meta({ examples: ['1h'] }),
  full_audit_every: lasting(60_000)
    .prefault('24h')
    .describe(
      'Longest time within which everything in the window must be compared again. Each run compares as much as `duty_cycle` and `max_duration` allow, so that it usually takes far less; beyond it an alert fires.',
    )
    .meta({ examples: ['12h'] }),
  max_duration: lasting(1_000)
    .prefault('30s')
    .describe('Maximum duration of a run; the next runs continue with the rest.')
    .meta({ examples: ['2m'] }),
  duty_cycle: z
    .number()
    .gt(0)
    .max(1)
    .default(0.25)
    .describe(
      'Share of the time between two runs that each run may spend on comparing, to limit the load on the servers: new records in any case, then older slices. For each company of the monitor; where more than three such comparisons share a database, each is given an equal part of nine tenths of the time.',
    )
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
      'Compare even without an index on the window of a large table, although each run then reads the whole table.',
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
      'Number of mismatched records above which an alert fires, by kind of mismatch and severity. Without `warning` the first one fires a warning; without either, its severity follows the criticality of the monitor.',
    )
    .meta({ examples: [{ missing_right: { warning: 5, critical: 50 } }] }),
});
export type Settings = z.output<typeof settings>;
