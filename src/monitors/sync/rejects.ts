import { z } from 'zod';
import type { Instant } from '../../time.ts';
import type { CompanyStatus, RunContext } from '../contract.ts';
import { withinLimit, worst } from '../shared/severity.ts';
import type { Settings } from './settings.ts';

/** How long a reject is new, in milliseconds; docs and HELP texts say 30 minutes. */
export const newForMs = 30 * 60_000;
/** By how much the day that the query counts may lag behind the company's, such as with a database on UTC. */
const mostLagMs = 3 * 3_600_000;
/** How exactly it is kept when the count was last seen. */
const seenEveryMs = 3_600_000;
/** Rejects of one minute are kept as one, so that few are kept whatever the interval is. */
const mergedMs = 60_000;
const stateKey = 'rejects';

const stored = z.object({
  count: z.number(),
  day: z.number(),
  seenAt: z.number(),
  grown: z.array(z.tuple([z.number(), z.number()])),
});

/** The rejects of today as they were last seen, and when and by how much they grew. */
export type Rejects = z.output<typeof stored>;

/** How many rejects are new at an instant. */
export function newRejects({ grown }: Rejects, now: Instant): number {
  return grown.reduce((sum, [at, by]) => (now < at + newForMs ? sum + by : sum), 0);
}

/**
 * By how much the count grew. It begins at 0 each day, seen or not; a smaller count on the same day is a corrected log. A count
 * that is no smaller on a new day is that of the day before as long as the query's day may lag behind.
 */
function growth(before: Rejects, count: number, day: Instant, now: Instant): number {
  const isReset = day !== before.day && (count < before.count || now - before.seenAt > mostLagMs);
  return Math.max(0, count - (isReset ? 0 : before.count));
}

function merged(grown: Rejects['grown'], now: Instant): Rejects['grown'] {
  const byMinute = Map.groupBy(grown, ([at]) => Math.floor(at / mergedMs));
  return [...byMinute.values()].flatMap((pairs) => {
    // A clock that was put back must not keep anything new for longer.
    const at = Math.min(now, Math.max(...pairs.map(([one]) => one)));
    return now < at + newForMs ? [[at, pairs.reduce((sum, [, by]) => sum + by, 0)] as [number, number]] : [];
  });
}

/** At first sight nobody knows since when the rejects are there: none of them is new. The same object when nothing changed. */
function seenAgain(before: Rejects | undefined, count: number, day: Instant, now: Instant): Rejects {
  if (before === undefined) return { count, day, seenAt: now, grown: [] };
  const by = growth(before, count, day, now);
  const isSame = count === before.count && day === before.day && by === 0;
  if (isSame && Math.abs(now - before.seenAt) < seenEveryMs) return before;
  const grown = by > 0 ? [...before.grown, [now, by] as [number, number]] : before.grown;
  return { count, day, seenAt: now, grown: merged(grown, now) };
}

function load(state: Pick<RunContext<Settings>['state'], 'get'>): ReadonlyMap<string, Rejects> {
  try {
    const found = z.record(z.string(), stored).safeParse(JSON.parse(state.get(stateKey) ?? '{}'));
    return new Map(Object.entries(found.data ?? {}));
  } catch {
    return new Map();
  }
}

/**
 * Notes how many records were rejected today at each company of a run. It is kept in the monitor's state, in one entry: neither
 * a restart nor a run that failed makes old rejects new.
 *
 * @param counts company → rejects of today, for the companies whose number is known.
 */
export function noteRejects(
  run: Pick<RunContext<Settings>, 'state' | 'today' | 'now'>,
  counts: ReadonlyMap<string, number>,
): ReadonlyMap<string, Rejects> {
  if (counts.size === 0) return new Map();
  const before = load(run.state);
  const after = new Map(
    [...counts].map(([company, count]) => [
      company,
      seenAgain(before.get(company), count, run.today(company), run.now),
    ]),
  );
  const isChanged = [...after].some(([company, rejects]) => before.get(company) !== rejects);
  if (isChanged || before.size !== after.size)
    run.state.write({ set: new Map([[stateKey, JSON.stringify(Object.fromEntries(after))]]) });
  return after;
}

type Verdict = Pick<CompanyStatus, 'state' | 'text'>;

function verdictAt(limits: Settings['rejects'], rejects: Rejects, now: Instant): Verdict {
  const { count } = rejects;
  const news = newRejects(rejects, now);
  const exceeded = limits.filter(({ value }) => count > value);
  const limit = exceeded.at(-1);
  const warning = limits.find(({ severity }) => severity === 'warning');
  const isNews = warning === undefined && news > 0;
  const state = worst([...exceeded.map(({ severity }) => severity), ...(isNews ? ['warning' as const] : [])]);
  const remark = () => {
    if (limit !== undefined) return `, over the limit of ${limit.value}`;
    if (news > 0 && warning === undefined) return `, ${news} new`;
    if (count === 0) return '';
    return warning === undefined ? ', none new' : `, ${withinLimit(count, warning.value)}`;
  };
  return { state, text: `${count} rejected${remark()}` };
}

/**
 * How bad the rejects are, in words too: those over a limit of their number of today; where no number is allowed for, new ones.
 *
 * @returns the verdict now, and the one from the instant on at which nothing is new any more.
 */
export function judgeRejects(
  limits: Settings['rejects'],
  rejects: Rejects,
  now: Instant,
): { readonly now: Verdict; readonly later?: Verdict & { readonly from: Instant } } {
  const verdict = verdictAt(limits, rejects, now);
  const from = Math.max(...rejects.grown.map(([at]) => at + newForMs));
  if (!(from > now)) return { now: verdict };
  return { now: verdict, later: { from, ...verdictAt(limits, rejects, from) } };
}
