import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Remedy } from '../config/config.ts';
import type { Reading } from '../monitors/contract.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import { recordKey } from './memory.ts';

/** A record that has failed and is open, by a reading that can be trusted. */
export interface Failure {
  readonly key: string;
  readonly company: string;
  readonly monitor: string;
  readonly record: string;
  readonly since: Instant | null;
  /** Of its error class; '' without one. */
  readonly error: string;
  /** Whether another attempt may help, by its error class. */
  readonly isRetryable: boolean;
}

/** What a monitor's last reading says of a company. */
export interface ReadingOf {
  /** When the run began. */
  readonly at: Instant;
  readonly isTruncated: boolean;
}

/** What is known now of failed records. */
export interface Failures {
  readonly open: ReadonlyMap<string, Failure>;
  /** By `company`, a line feed and `monitor`; absent: nobody knows how things stand there. */
  readonly readings: ReadonlyMap<string, ReadingOf>;
}

/** As `judgement.ts`: scheduled times without a run after which what was seen says nothing about now. */
const staleIntervals = 3;
/** A longer key has been cut, so that it is no key any more: `shared/samples.ts`. */
const mostKeyCharacters = 100;

export const readingKey = (company: string, monitor: string): string => `${company}\n${monitor}`;

/** Whether a key is whole, so that what is done by it is done to that record. */
export function isWholeKey(record: string): boolean {
  if (record === '' || /[\0\uFFFD]/.test(record) || !record.isWellFormed()) return false;
  return !(record.endsWith('…') && Array.from(record).length >= mostKeyCharacters);
}

/** Whether a task's last reading says how things stand now: the last run was good, and is not long ago. */
export function isFresh(
  { reading, failure, lastSuccess, intervalSeconds }: TaskStatus,
  now: Instant,
): boolean {
  if (reading === null || failure !== null || lastSuccess === null) return false;
  return lastSuccess <= now && now - lastSuccess <= staleIntervals * intervalSeconds * 1000;
}

type Kind = Pick<Failure, 'company' | 'monitor' | 'error' | 'isRetryable'>;

/** Whether a remedy is there for the records of a monitor at a company, whatever their errors. */
export function servesPlace(
  remedy: Remedy,
  { company, monitor }: Pick<Kind, 'company' | 'monitor'>,
): boolean {
  const hasMonitor = remedy.monitors === 'all' || remedy.monitors.has(monitor);
  return hasMonitor && (remedy.companies === 'all' || remedy.companies.has(company));
}

/** The first remedy that mends a failure by itself. */
export function remedyFor(failure: Kind, remedies: readonly Remedy[]): Remedy | undefined {
  if (!failure.isRetryable) return undefined;
  return remedies.find((remedy) => remedy.errors.has(failure.error) && servesPlace(remedy, failure));
}

/** The failed records of readings, found once: their keys are hashes, and a scrape asks for them again each time. */
export class FailedRecords {
  readonly #byReading = new WeakMap<Reading, readonly Failure[]>();

  /** Those of a reading of this monitor. */
  of(reading: Reading, monitor: string): readonly Failure[] {
    const known = this.#byReading.get(reading);
    if (known !== undefined) return known;
    const found = failedIn(reading, monitor);
    this.#byReading.set(reading, found);
    return found;
  }
}

function failedIn({ allRecords, records }: Reading, monitor: string): readonly Failure[] {
  return (allRecords?.() ?? records).flatMap(({ company, state, record, since, errorClass }) => {
    if (state !== 'failed' || !isWholeKey(record)) return [];
    const key = recordKey(company, monitor, record);
    const isRetryable = errorClass !== null && errorClass.retryWaitMs > 0;
    return [{ key, company, monitor, record, since, error: errorClass?.error ?? '', isRetryable }];
  });
}

/** The failed records of every reading that can be trusted now. @param failed keeps what it finds of each. */
export function failuresOf(
  tasks: Iterable<TaskStatus>,
  now: Instant,
  failed: Pick<FailedRecords, 'of'> = new FailedRecords(),
): Failures {
  const open = new Map<string, Failure>();
  const readings = new Map<string, ReadingOf>();
  for (const task of tasks) {
    const { reading, monitor, lastSuccess } = task;
    if (reading === null || lastSuccess === null || !isFresh(task, now)) continue;
    for (const company of task.companies)
      readings.set(readingKey(company, monitor.name), { at: lastSuccess, isTruncated: reading.truncated });
    for (const failure of failed.of(reading, monitor.name)) open.set(failure.key, failure);
  }
  return { open, readings };
}

export function inMaintenance(
  windows: readonly MaintenanceWindow[],
  { company, monitor }: Pick<Failure, 'company' | 'monitor'>,
  now: Instant,
): boolean {
  return windows.some((window) => window.covers(company, monitor) && window.isActive(now));
}
