import { expectedIntervalSeconds } from '../calendar/schedule.ts';
import type { MonitorConfig } from '../config/config.ts';
import type { FailureReason, Reading } from '../monitors/contract.ts';
import type { Instant } from '../time.ts';
import type { RunFailure } from './run-failure.ts';
import type { Task } from './task.ts';

/** How a task stands: what its runs saw so far, and how they ended. */
export interface TaskStatus {
  /** Of the task: unique, and the same after a reload. */
  readonly key: string;
  readonly monitor: MonitorConfig;
  readonly companies: readonly string[];
  readonly intervalSeconds: number;
  /** The last good reading, unless it was dropped after `hold`. */
  readonly reading: Reading | null;
  /** Start of the last completed run, and of the last successful one. */
  readonly lastRun: Instant | null;
  readonly lastSuccess: Instant | null;
  /** `null` when the last completed run succeeded, or none was completed yet. */
  readonly failure: RunFailure | null;
  /** Duration of the last completed run, excluding queueing. */
  readonly durationSeconds: number;
  /** Completed runs since the process started, and the failed ones among them by reason. */
  readonly runs: number;
  readonly failures: Readonly<Partial<Record<FailureReason, number>>>;
  /** Scheduled runs skipped because the previous one was still running. */
  readonly skipped: number;
}

/** When a completed run began, and how long it lasted, excluding queueing. */
export interface RunTiming {
  readonly startedAt: Instant;
  readonly durationSeconds: number;
}

/** The status of a task before its first run. */
export function initialStatus({ key, monitor, companies }: Task): TaskStatus {
  return {
    key,
    monitor,
    companies,
    intervalSeconds: expectedIntervalSeconds(monitor.schedule),
    reading: null,
    lastRun: null,
    lastSuccess: null,
    failure: null,
    durationSeconds: 0,
    runs: 0,
    failures: {},
    skipped: 0,
  };
}

/** The status after a successful run. */
export function afterSuccess(before: TaskStatus, reading: Reading, timing: RunTiming): TaskStatus {
  return {
    ...before,
    reading,
    failure: null,
    lastRun: timing.startedAt,
    lastSuccess: timing.startedAt,
    durationSeconds: timing.durationSeconds,
    runs: before.runs + 1,
  };
}

/** The status after a failed run: the reading stays until `hold` drops it. */
export function afterFailure(before: TaskStatus, failure: RunFailure, timing: RunTiming): TaskStatus {
  const { reason } = failure;
  return {
    ...before,
    failure,
    lastRun: timing.startedAt,
    durationSeconds: timing.durationSeconds,
    runs: before.runs + 1,
    failures: { ...before.failures, [reason]: (before.failures[reason] ?? 0) + 1 },
  };
}
