import { monitorStates } from '../judgement.ts';
import type { MonitorStateName } from '../judgement.ts';
import { stepMs, tracksOf } from './collect.ts';
import type { Track } from './collect.ts';
import type { Condition, Stretch, Times } from './types.ts';

/** Where replicas disagree: who knows something is right, and the worse of two who know. */
const amongReplicas: readonly MonitorStateName[] = [
  'no_data',
  'ok',
  'closed',
  'maintenance',
  'warning',
  'critical',
];

/** Of several monitors the flow is as the first of these that one of them is: what nobody knows is never normal. */
const ofFlow: readonly Condition[] = [
  'critical',
  'warning',
  'no_samples',
  'no_data',
  'maintenance',
  'ok',
  'closed',
];

/** A monitor of a flow, and how it stood in each step; undefined: nothing was scraped. */
export interface MonitorTrack {
  readonly flow: string;
  readonly monitor: string;
  readonly states: readonly (MonitorStateName | undefined)[];
  /** The steps in which there should be a sample, the last one excluded. */
  readonly expected: { readonly from: number; readonly to: number };
}

/** A monitor that the configuration has now, at the company. */
export interface ConfiguredMonitor {
  readonly flow: string;
  readonly monitor: string;
}

type Draft = ConfiguredMonitor & { readonly states: (MonitorStateName | undefined)[] };

function lifeOf(states: Draft['states']): MonitorTrack['expected'] {
  const isThere = (state: MonitorStateName | undefined) => state !== undefined;
  return { from: Math.max(0, states.findIndex(isThere)), to: states.findLastIndex(isThere) + 1 };
}

/**
 * How each monitor stood. One of the configuration should have samples all the time, so that what was lost is told; any other from
 * its first sample to its last.
 */
export function monitorTracks(
  tracks: readonly Track[],
  configured: readonly ConfiguredMonitor[],
  steps: number,
): readonly MonitorTrack[] {
  const drafts = new Map<string, Draft>();
  const draftOf = ({ flow, monitor }: ConfiguredMonitor): Draft => {
    const key = JSON.stringify([flow, monitor]);
    const empty = () => Array.from<MonitorStateName | undefined>({ length: steps });
    const draft = drafts.get(key) ?? { flow, monitor, states: empty() };
    drafts.set(key, draft);
    return draft;
  };
  const certain = new Set(configured.map(draftOf));
  for (const { labels, values } of tracksOf(tracks, 'state')) {
    const state = monitorStates.find((name) => name === labels['state']);
    if (state === undefined) continue;
    const { states } = draftOf({ flow: labels['flow'] ?? '', monitor: labels['monitor'] ?? '' });
    for (const step of values.keys()) {
      const known = states[step];
      if (known === undefined || amongReplicas.indexOf(state) > amongReplicas.indexOf(known))
        states[step] = state;
    }
  }
  return [...drafts.values()].map((draft) => ({
    ...draft,
    expected: certain.has(draft) ? { from: 0, to: steps } : lifeOf(draft.states),
  }));
}

/** How one monitor stood in a step; undefined where nothing is expected of it. */
export function conditionOf({ states, expected }: MonitorTrack, step: number): Condition | undefined {
  if (step < expected.from || step >= expected.to) return undefined;
  return states[step] ?? 'no_samples';
}

/** How a flow stood in each step. @param monitors all of that flow. */
export function flowConditions(monitors: readonly MonitorTrack[], steps: number): readonly Condition[] {
  return Array.from({ length: steps }, (_, step) => {
    const here = new Set(monitors.map((monitor) => conditionOf(monitor, step)));
    return ofFlow.find((condition) => here.has(condition)) ?? 'no_samples';
  });
}

/** How long each condition lasted. */
export function timesOf(conditions: readonly Condition[]): Times {
  const count = (wanted: Condition) => conditions.filter((condition) => condition === wanted).length * stepMs;
  return {
    ok: count('ok'),
    warning: count('warning'),
    critical: count('critical'),
    no_data: count('no_data'),
    no_samples: count('no_samples'),
    maintenance: count('maintenance'),
    closed: count('closed'),
  };
}

/** The stretches of time made of the steps of which something is so. @param from the beginning of the first step. */
export function stretchesOf(
  from: number,
  steps: number,
  isSo: (step: number) => boolean,
): readonly Stretch[] {
  const found: { from: number; to: number }[] = [];
  for (let step = 0; step < steps; step += 1) {
    if (!isSo(step)) continue;
    const begin = from + step * stepMs;
    const last = found.at(-1);
    if (last?.to === begin) last.to = begin + stepMs;
    else found.push({ from: begin, to: begin + stepMs });
  }
  return found;
}

/** What can be said of the share of time in which a flow was as it should be. */
export type Availability =
  | { readonly known: true; readonly share: number; readonly isLeast: boolean }
  /** Nothing was known, or it was closed or under maintenance all the time. */
  | { readonly known: false; readonly isOff: boolean };

/** Rounded down to a hundredth of a percent: what was not whole never looks whole. */
export const floorShare = (share: number): number => Math.floor(share * 10_000 + 1e-9) / 10_000;

/**
 * The share of normal time in all time but that of closed hours and maintenance. Time of which nothing is known counts as not normal,
 * which is why the true share is that at least.
 */
export function availabilityOf({ ok, warning, critical, no_data, no_samples }: Times): Availability {
  const unknown = no_data + no_samples;
  const known = ok + warning + critical;
  if (known === 0) return { known: false, isOff: unknown === 0 };
  return { known: true, share: floorShare(ok / (known + unknown)), isLeast: unknown > 0 };
}
