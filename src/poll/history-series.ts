import { historyCounts } from '../monitors/contract.ts';
import type { HistoryCount } from '../monitors/contract.ts';
import type { Instant } from '../time.ts';

/** What runs saw, the gravest last. `no_data`: a run failed, and what was seen before says nothing. */
export const historyStates = ['ok', 'no_data', 'warning', 'critical'] as const;
export type HistoryState = (typeof historyStates)[number];

/** The time that one point stands for, and how many of them are kept: 24 hours. */
export const historyStepMs = 300_000;
export const historyPoints = 288;

/** What the runs of `historyStepMs` saw: the gravest state, the largest counts, the longest duration. */
export interface HistoryPoint {
  /** Its beginning. */
  readonly at: Instant;
  readonly state: HistoryState;
  /** Without those that the monitor does not count. */
  readonly counts: Readonly<Partial<Record<HistoryCount, number>>>;
  readonly durationSeconds: number;
}

/** Counts and duration of a point. */
const figures = historyCounts.length + 1;
const headBytes = 8;
const figureBytes = 4 * figures * historyPoints;
const seriesBytes = headBytes + figureBytes + historyPoints;

/** The last 24 hours of one monitor at one company, in 6 kB: a ring of points, as the state file holds it too. */
export class HistorySeries {
  readonly bytes: Uint8Array;
  /** Number of the newest step since 1970. */
  readonly #newest: Float64Array;
  /** NaN: not counted. */
  readonly #figures: Float32Array;
  /** Index in `historyStates` plus 1; 0: no run. */
  readonly #states: Uint8Array;

  /** @param kept as `bytes` was once; anything else is ignored. */
  constructor(kept?: Uint8Array) {
    this.bytes = new Uint8Array(seriesBytes);
    if (kept?.length === seriesBytes) this.bytes.set(kept);
    const { buffer } = this.bytes;
    this.#newest = new Float64Array(buffer, 0, 1);
    this.#figures = new Float32Array(buffer, headBytes, figures * historyPoints);
    this.#states = new Uint8Array(buffer, headBytes + figureBytes, historyPoints);
  }

  record({ at, state, counts, durationSeconds }: HistoryPoint): void {
    const step = Math.floor(at / historyStepMs);
    this.#moveTo(step);
    const slot = step % historyPoints;
    const code = historyStates.indexOf(state) + 1;
    this.#states[slot] = Math.max(this.#states[slot] ?? 0, code);
    historyCounts.forEach((name, index) => this.#raise(slot, index, counts[name]));
    this.#raise(slot, figures - 1, durationSeconds);
  }

  /** Those with runs, of the 24 hours until `now`, the oldest first. */
  points(now: Instant): HistoryPoint[] {
    const newest = this.#newest[0] ?? 0;
    const until = Math.min(newest, Math.floor(now / historyStepMs));
    const from = Math.max(newest, Math.floor(now / historyStepMs)) - historyPoints + 1;
    const points: HistoryPoint[] = [];
    for (let step = from; step <= until; step += 1) {
      const point = this.#pointAt(step);
      if (point !== undefined) points.push(point);
    }
    return points;
  }

  #pointAt(step: number): HistoryPoint | undefined {
    const slot = step % historyPoints;
    const state = historyStates[(this.#states[slot] ?? 0) - 1];
    if (state === undefined) return undefined;
    const figure = (index: number) => this.#figures[slot * figures + index] ?? NaN;
    const counts = historyCounts
      .map((name, index) => [name, figure(index)] as const)
      .filter(([, value]) => !Number.isNaN(value));
    return {
      at: step * historyStepMs,
      state,
      counts: Object.fromEntries(counts),
      durationSeconds: figure(figures - 1),
    };
  }

  #raise(slot: number, index: number, value = NaN): void {
    const at = slot * figures + index;
    const before = this.#figures[at] ?? NaN;
    if (Number.isNaN(before) || value > before) this.#figures[at] = value;
  }

  /** Empties what lies between the newest step and this one; all of it when the clock was set back further than it reaches. */
  #moveTo(step: number): void {
    const newest = this.#newest[0] ?? 0;
    const isBeyond = step > newest + historyPoints || step <= newest - historyPoints;
    const from = isBeyond ? step - historyPoints + 1 : newest + 1;
    for (let empty = from; empty <= step; empty += 1) {
      const slot = empty % historyPoints;
      this.#states[slot] = 0;
      this.#figures.fill(NaN, slot * figures, (slot + 1) * figures);
    }
    if (step > newest || isBeyond) this.#newest[0] = step;
  }
}
