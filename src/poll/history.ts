import type { HistoryCount, Reading, Sample } from '../monitors/contract.ts';
import type { HistoryFile } from '../state/history-file.ts';
import type { Instant } from '../time.ts';
import { HistorySeries, historyPoints, historyStepMs } from './history-series.ts';
import type { HistoryPoint, HistoryState } from './history-series.ts';
import type { Place } from './run-now.ts';
import type { TaskStatus } from './task-status.ts';
import type { Task } from './task.ts';

/** A series is written to the file no more often than this, and a batch of them no more often than that. */
export const saveSeriesMs = 900_000;
export const saveBatchMs = 15_000;
/** A batch is this part of all series, so that all are written in half of `saveSeriesMs`. */
const batches = 30;

const keyOf = ({ company, monitor }: Place): string => JSON.stringify([monitor, company]);

/** What the last 24 hours of every monitor looked like, for charts: in memory, and in the state file over a restart. */
export class History {
  readonly #series = new Map<string, HistorySeries>();
  /** Since when a series has what the file has not; the oldest first. */
  readonly #unsaved = new Map<string, Instant>();
  #file: HistoryFile | undefined;
  #lastBatch: Instant = 0;

  /** Keeps all of it in this file from now on. */
  keepIn(file: HistoryFile | undefined, now: Instant): void {
    this.flush(now);
    this.#file = file;
    for (const key of this.#series.keys()) this.#unsaved.set(key, now);
  }

  /** Takes the run that a task has just completed. */
  record(status: TaskStatus, now: Instant): void {
    const countsOf = countsByCompany(status.reading, now);
    for (const company of status.companies) {
      const key = keyOf({ company, monitor: status.monitor.name });
      this.#seriesOf(key).record({
        at: status.lastRun ?? now,
        state: stateOf(status, company),
        // What was seen before a run failed says nothing about that run.
        counts: status.failure === null ? countsOf(company) : {},
        durationSeconds: status.durationSeconds,
      });
      if (!this.#unsaved.has(key)) this.#unsaved.set(key, now);
    }
    this.#saveBatch(now);
  }

  /** The points of a monitor at a company, the oldest first; empty where nothing was seen. */
  of(place: Place, now: Instant): readonly HistoryPoint[] {
    return this.#series.get(keyOf(place))?.points(now) ?? [];
  }

  /** Lets go of monitors that are not among these. */
  retain(tasks: Iterable<Task>): void {
    const kept = new Set<string>();
    for (const { monitor, companies } of tasks)
      for (const company of companies) kept.add(keyOf({ company, monitor: monitor.name }));
    for (const key of this.#series.keys())
      if (!kept.has(key)) {
        this.#series.delete(key);
        this.#unsaved.delete(key);
      }
    // Known from the file before their first run, which may take a while.
    for (const key of kept) this.#seriesOf(key);
  }

  /** Writes all that the file has not. */
  flush(now: Instant): void {
    this.#save([...this.#unsaved.keys()], now);
  }

  #seriesOf(key: string): HistorySeries {
    const found = this.#series.get(key);
    if (found !== undefined) return found;
    const series = new HistorySeries(this.#file?.load(key));
    this.#series.set(key, series);
    return series;
  }

  #saveBatch(now: Instant): void {
    if (Math.abs(now - this.#lastBatch) < saveBatchMs) return;
    this.#lastBatch = now;
    const most = Math.ceil(this.#series.size / batches);
    const due: string[] = [];
    for (const [key, since] of this.#unsaved) {
      if (due.length >= most || now - since < saveSeriesMs) break;
      due.push(key);
    }
    this.#save(due, now);
  }

  #save(keys: readonly string[], now: Instant): void {
    for (const key of keys) this.#unsaved.delete(key);
    if (this.#file === undefined || keys.length === 0) return;
    const entries = keys.flatMap((key) => {
      const series = this.#series.get(key);
      return series === undefined ? [] : [[key, series.bytes] as const];
    });
    this.#file.save(entries, now, now - historyPoints * historyStepMs);
  }
}

/** As the runs saw it: a failed run leaves what was wrong before, and else nothing is known. */
function stateOf({ reading, failure }: TaskStatus, company: string): HistoryState {
  const seen = reading?.statuses.find((status) => status.company === company)?.state ?? 'no_data';
  return failure !== null && seen === 'ok' ? 'no_data' : seen;
}

type Counts = Partial<Record<HistoryCount, number>>;

/** Counts of severities contain one another: the largest says how many there are. */
function addTo(counts: Counts, { family, value, labels }: Sample): void {
  const name = family.history;
  if (name === undefined) return;
  const before = counts[name] ?? 0;
  counts[name] = labels['severity'] === undefined ? before + value : Math.max(before, value);
}

function countsByCompany(reading: Reading | null, now: Instant): (company: string) => Counts {
  const all = new Map<string, Counts>();
  const samples = reading === null ? [] : [...reading.samples, ...(reading.live?.(now) ?? [])];
  for (const sample of samples) {
    if (sample.family.history === undefined) continue;
    const counts = all.get(sample.company) ?? {};
    all.set(sample.company, counts);
    addTo(counts, sample);
  }
  return (company) => all.get(company) ?? {};
}
