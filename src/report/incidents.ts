import { alertStepMs, tracksOf } from './collect.ts';
import type { Track } from './collect.ts';
import type { IncidentFigures, Spread } from './types.ts';
import type { Instant } from '../time.ts';

/** Time in which an alert of one name fired about a monitor, or a job of it, without a pause. */
export interface Incident {
  readonly alert: string;
  readonly flow: string;
  readonly monitor: string;
  readonly job: string;
  /** From the moment at which its condition held until it fired, in milliseconds; null: unknown. */
  readonly noticedMs: number | null;
  /** From that moment until it was over; null: unknown, or it is not over. */
  readonly recoveredMs: number | null;
  /** It fired still at the end of the period. */
  readonly isOpen: boolean;
}

/** What is known of alerts. */
export interface AlertTime {
  readonly from: Instant;
  /** Number of steps of `alertStepMs`. */
  readonly steps: number;
  /** Whether rules were evaluated in a step. */
  readonly isEvaluated: (step: number) => boolean;
}

interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly firing: Set<number>;
  since: ReadonlyMap<number, number>;
}

function groupsOf(tracks: readonly Track[]): readonly Group[] {
  const groups = new Map<string, Group>();
  const names = ['alertname', 'flow', 'monitor', 'job_name'];
  const groupOf = ({ labels }: Track): Group => {
    const key = JSON.stringify(names.map((name) => labels[name] ?? ''));
    const group = groups.get(key) ?? { labels, firing: new Set<number>(), since: new Map<number, number>() };
    groups.set(key, group);
    return group;
  };
  for (const track of tracksOf(tracks, 'firing'))
    for (const step of track.values.keys()) groupOf(track).firing.add(step);
  for (const track of tracksOf(tracks, 'since')) groupOf(track).since = track.values;
  return [...groups.values()];
}

/** Steps in which an alert fired, from the first to the last of each incident. Where nobody evaluated rules it may have gone on. */
function runsOf({ firing }: Group, { isEvaluated }: AlertTime): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (const step of [...firing].sort((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last !== undefined && isOneRun(last[1], step, isEvaluated)) last[1] = step;
    else runs.push([step, step]);
  }
  return runs;
}

function isOneRun(before: number, after: number, isEvaluated: AlertTime['isEvaluated']): boolean {
  for (let step = before + 1; step < after; step += 1) if (isEvaluated(step)) return false;
  return true;
}

/** The incidents of a period. @param tracks `firing` and `since`. */
export function incidentsOf(tracks: readonly Track[], time: AlertTime): readonly Incident[] {
  return groupsOf(tracks).flatMap((group) =>
    runsOf(group, time).map(([first, last]) => {
      const { labels, since } = group;
      const began = since.get(first);
      const isBeginSeen = first > 0 && time.isEvaluated(first - 1);
      const isOpen = last === time.steps - 1;
      const isEndSeen = !isOpen && time.isEvaluated(last + 1);
      const after = (step: number) => Math.max(0, time.from + step * alertStepMs - (began ?? 0) * 1000);
      return {
        alert: labels['alertname'] ?? '',
        flow: labels['flow'] ?? '',
        monitor: labels['monitor'] ?? '',
        job: labels['job_name'] ?? '',
        noticedMs: began === undefined || !isBeginSeen ? null : after(first + 1),
        recoveredMs: began === undefined || !isEndSeen ? null : after(last + 1),
        isOpen,
      };
    }),
  );
}

/** The median and the longest of durations; null when there is none. */
export function spreadOf(durations: readonly number[]): Spread | null {
  const sorted = [...durations].sort((one, other) => one - other);
  const longest = sorted.at(-1);
  if (longest === undefined) return null;
  const upper = sorted[Math.floor(sorted.length / 2)] ?? longest;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? longest;
  return { median: (lower + upper) / 2, longest, count: sorted.length };
}

const known = (durations: readonly (number | null)[]): number[] =>
  durations.filter((duration) => duration !== null);

/** What a report says of incidents. */
export function incidentFigures(incidents: readonly Incident[]): IncidentFigures {
  return {
    count: incidents.length,
    noticed: spreadOf(known(incidents.map(({ noticedMs }) => noticedMs))),
    recovered: spreadOf(known(incidents.map(({ recoveredMs }) => recoveredMs))),
    open: incidents.filter(({ isOpen }) => isOpen).length,
  };
}
