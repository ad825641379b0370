import fc from 'fast-check';
import { always } from '../../../src/calendar/calendar.ts';
import type { MonitorKind, Reading } from '../../../src/monitors/contract.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { query } from '../../../src/monitors/query/index.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { reconcile } from '../../../src/monitors/reconcile/index.ts';
import { sync } from '../../../src/monitors/sync/index.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { monitor } from '../../helpers/fake-config.ts';
import { minute as reconcileMinute } from '../../monitors/reconcile/engine/cycle-world.ts';
import { Monitor } from '../../monitors/reconcile/monitor.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { MemoryDatabase, minute, observe } from '../../monitors/run.ts';

/** The time of the scrape. promtool counts its time from 0; ten days leave room for ages. */
export const scrapedAt = 10 * 24 * 60 * minute;
const ranAt = scrapedAt - minute / 2;

type Overrides = Parameters<typeof observe<typeof records.settings>>[3] & object;
type Run = Pick<Overrides, 'calendar' | 'criticality' | 'companies' | 'now'>;

/** A monitor as it may stand: what it is, and how its run is made. */
interface Draft {
  readonly kind: MonitorKind;
  readonly observe: (run: Run) => Promise<Reading>;
}

// Ages are multiples of ten minutes and limits are not, so that the half minute since the run decides nothing.
const age = fc.integer({ min: 0, max: 40 }).map((tens) => tens * 10 * minute);
/** None, as often as some. */
const someAges = (most: number) =>
  fc
    .tuple(fc.boolean(), fc.array(age, { maxLength: most }))
    .map(([hasSome, ages]) => (hasSome ? ages : []));
const limits = fc.constantFrom(
  {},
  { warning: '25m' },
  { critical: '1h55m' },
  { warning: '25m', critical: '1h55m' },
);
const counts = fc.constantFrom({}, { warning: 2 }, { critical: 5 }, { warning: 2, critical: 5 });
const amounts = counts.map((each) => ({ EUR: each }));
const at = (ms: number) => new Date(ranAt - ms);

const recordsDraft: fc.Arbitrary<Draft> = fc
  .record({
    failed: someAges(23),
    waiting: someAges(8),
    finished: fc.option(age),
    settings: fc.record({
      late_after: limits,
      silent_after: limits,
      failed_threshold: counts,
      amount_threshold: amounts,
      samples: fc.constantFrom(0, 20),
    }),
  })
  .map(({ failed, waiting, finished, settings }) => ({
    kind: records,
    observe: (run) => {
      const row = (of: string, since: number, index: number) => ({
        record: `${of}${index}`,
        since: at(since),
        amount: '1.00',
        currency: 'EUR',
      });
      const database = new MemoryDatabase({
        F: failed.map((since, index) => row('F', since, index)),
        W: waiting.map((since, index) => row('W', since, index)),
        L: [{ last: finished === null ? null : at(finished) }],
      });
      return observe(records, { failed: 'F', waiting: 'W', finished: 'L', ...settings }, database, run);
    },
  }));

const syncDraft: fc.Arbitrary<Draft> = fc
  .record({
    last: fc.option(age),
    rejected: fc.constantFrom(0, 0, 3, 9),
    // A quarter of a minute before they are old at the run, they are old at the scrape.
    grownBefore: fc.constantFrom(0, 10 * minute, 29.75 * minute, 40 * minute),
    settings: fc.record({ alert_after: limits, rejects: counts }),
  })
  .map(({ last, rejected, grownBefore, settings }) => ({
    kind: sync,
    observe: async (run) => {
      const state = createMonitorStates(undefined, () => {}).open('sync', '', ranAt);
      const runBefore = (ago: number, rejected_today: number) => {
        const rows = [{ last_sync: last === null ? null : at(last), rejected_today }];
        const database = new MemoryDatabase({ Q: rows });
        return observe(sync, { query: 'Q', ...settings }, database, { ...run, state, now: ranAt - ago });
      };
      await runBefore(50 * minute, 0);
      await runBefore(grownBefore, rejected);
      return runBefore(0, rejected);
    },
  }));

const bounds = fc.constantFrom(
  {},
  { warning: 2 },
  { critical: { above: 5 } },
  { warning: 2, critical: 5 },
  { warning: { below: 5 }, critical: { below: 2 } },
);
const queryDraft: fc.Arbitrary<Draft> = fc
  .record({ values: fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }), limits: bounds })
  .map(({ values, limits: limited }) => ({
    kind: query,
    observe: (run) => {
      const metric = { name: 'shop_drafts', help: 'Drafts.', value: 'n', labels: ['shop'], ...limited };
      const database = new MemoryDatabase({ Q: values.map((n, shop) => ({ shop, n })) });
      return observe(query, { query: 'Q', metrics: [metric] }, database, run);
    },
  }));

const job = fc.record({
  name: fc.constantFrom('job0', 'job0', 'job1', 'job2'),
  status: fc.constantFrom('success', 'success', 'success', 'failed', 'running', 'waiting', 'cancelled', null, '7'),
  started: fc.option(age, { freq: 6 }),
  due: fc.option(fc.oneof(age, age.map((ms) => -ms))),
  enabled: fc.constantFrom(true, true, true, false),
});
const jobsDraft: fc.Arbitrary<Draft> = fc
  .record({
    rows: fc.array(job, { maxLength: 5 }),
    expected: fc.constantFrom([], [], ['job0']),
    disabled: fc.constantFrom([], ['job0', 'job1']),
    max_age: limits,
    max_runtime: limits,
    max_delay: limits,
    job_limits: fc.constantFrom({}, {}, { job0: { max_age: { critical: '25m' }, max_delay: {} }, job1: { max_runtime: 0 } }),
  })
  .map(({ rows, ...settings }) => ({
    kind: jobs,
    observe: (run) => {
      const database = new MemoryDatabase({
        Q: rows.map(({ name, status, started, due, enabled }) => ({
          job: name,
          status,
          started: started === null ? null : at(started),
          due: due === null ? null : at(due),
          enabled,
          finished: started === null || status === 'running' || status === 'waiting' ? null : at(started),
        })),
      });
      return observe(jobs, { query: 'Q', ...settings }, database, run);
    },
  }));

const reconcileDraft: fc.Arbitrary<Draft> = fc
  .record({ left: fc.nat(4), right: fc.nat(4), missing_left: counts, missing_right: counts })
  .map(({ left, right, ...threshold }) => ({
    kind: reconcile,
    observe: async ({ criticality, companies }) => {
      const compared = new Monitor({ threshold });
      for (let index = 0; index < left; index += 1) compared.insert('left', `L${index}`);
      for (let index = 0; index < right; index += 1) compared.insert('right', `R${index}`);
      const run = { ...(criticality && { criticality }), ...(companies && { companies }) };
      await compared.after(6 * reconcileMinute, run);
      return compared.after(6 * reconcileMinute, run);
    },
  }));

/** A monitor with its reading and everything else that its state depends on. */
export const snapshots = fc.record({
  draft: fc.oneof(recordsDraft, syncDraft, queryDraft, jobsDraft, reconcileDraft),
  criticality: fc.constantFrom('normal' as const, 'critical' as const),
  isOpen: fc.boolean(),
  isCovered: fc.constantFrom(false, false, false, true),
  hasFailed: fc.constantFrom(false, false, true),
});
export type SnapshotDraft = typeof snapshots extends fc.Arbitrary<infer Value> ? Value : never;

/** Time stands still from the run on, as it does outside of business hours. */
const closed = {
  isOpen: () => false,
  openSeconds: (from: number, to: number) => Math.max(0, Math.min(to, ranAt) - from) / 1000,
};

/** The task of a snapshot at a company of its own. A sync that never ran is only judged by a run that succeeded. */
export async function taskOf(given: SnapshotDraft, company: string): Promise<TaskStatus> {
  const { draft, criticality, isOpen, hasFailed } = given;
  const calendar = isOpen ? always : closed;
  const reading = await draft.observe({ calendar, criticality, companies: [company], now: ranAt });
  const failure =
    hasFailed && draft.kind.kind !== sync.kind ? ({ reason: 'timeout', message: 'too slow' } as const) : null;
  return {
    key: company,
    monitor: monitor('m', { kind: draft.kind, calendar, criticality, companies: [company] }),
    companies: [company],
    intervalSeconds: 60,
    reading,
    lastRun: failure === null ? ranAt : scrapedAt - 1000,
    lastSuccess: ranAt,
    failure,
    durationSeconds: 1,
    runs: 2,
    failures: failure === null ? {} : { timeout: 1 },
    skipped: 0,
  };
}
