import type { Remedies, Remedy } from '../config/config.ts';
import type { Instant } from '../time.ts';

import type { RemedyState } from './memory.ts';

const hourMs = 3_600_000;
/** How long a remedy that stopped by itself is left alone, before one record is tried. */
export const stopMs = 30 * 60_000;
/** Fewer judged attempts say nothing about a remedy. */
const leastJudged = 5;

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}

/**
 * The state as of now: without what is an hour old. What lies in the future, because the clock was set back, is as if it were
 * now: it counts for longer, never for less.
 */
export function stateAt(state: RemedyState, now: Instant): RemedyState {
  const recent = (times: readonly number[]) =>
    times.map((at) => Math.min(at, now)).filter((at) => at > now - hourMs);
  return {
    hour: mapValues(state.hour, recent),
    dryHour: mapValues(state.dryHour, recent),
    judged: mapValues(state.judged, (list) =>
      list
        .map(([at, worked]): [number, boolean] => [Math.min(at, now), worked])
        .filter(([at]) => at > now - hourMs),
    ),
    stopped: mapValues(state.stopped, (until) => Math.min(until, now + stopMs)),
  };
}

const lengthOf = (lists: Readonly<Record<string, readonly unknown[]>>, name: string): number =>
  Object.hasOwn(lists, name) ? (lists[name]?.length ?? 0) : 0;

/** Attempts of the last hour. */
export function spentOf(state: RemedyState, { name, isDryRun }: Pick<Remedy, 'name' | 'isDryRun'>): number {
  return lengthOf(isDryRun ? state.dryHour : state.hour, name);
}

/** Whether the hour has room for one more. */
export function hasRoom(state: RemedyState, remedy: Remedy, { perHour }: Remedies): boolean {
  const lists = remedy.isDryRun ? state.dryHour : state.hour;
  const all = Object.values(lists).reduce((sum, list) => sum + list.length, 0);
  return all < perHour && lengthOf(lists, remedy.name) < remedy.limits.perHour;
}

export function spend(state: RemedyState, { name, isDryRun }: Remedy, now: Instant): RemedyState {
  const key = isDryRun ? 'dryHour' : 'hour';
  const before = Object.hasOwn(state[key], name) ? (state[key][name] ?? []) : [];
  return { ...state, [key]: { ...state[key], [name]: [...before, now] } };
}

/** Until when a remedy that stopped by itself tries nothing; undefined: it has not stopped. */
export function stoppedUntil(state: RemedyState, name: string): Instant | undefined {
  return Object.hasOwn(state.stopped, name) ? state.stopped[name] : undefined;
}

/** What was judged of a remedy within the last hour. */
export function successOf(
  state: RemedyState,
  name: string,
): { readonly worked: number; readonly of: number } {
  const list = Object.hasOwn(state.judged, name) ? (state.judged[name] ?? []) : [];
  return { worked: list.filter(([, worked]) => worked).length, of: list.length };
}

/** The state after an attempt was judged: it may stop its remedy, or let one that stopped go on. */
export function afterVerdict(
  state: RemedyState,
  name: string,
  {
    worked,
    now,
    leastSuccess,
  }: { readonly worked: boolean; readonly now: Instant; readonly leastSuccess: number },
): RemedyState {
  const until = stoppedUntil(state, name);
  const { [name]: list = [], ...others } = state.judged;
  if (until !== undefined) {
    // What was under way when it stopped decides nothing.
    if (now < until) return state;
    const { [name]: _, ...stopped } = state.stopped;
    return worked
      ? { ...state, stopped, judged: others }
      : { ...state, stopped: { ...stopped, [name]: now + stopMs } };
  }
  const judged: [number, boolean][] = [...list, [now, worked]];
  const after = { ...state, judged: { ...others, [name]: judged } };
  const share = judged.filter(([, each]) => each).length / judged.length;
  if (judged.length < leastJudged || share >= leastSuccess) return after;
  return { ...after, stopped: { ...state.stopped, [name]: now + stopMs } };
}
