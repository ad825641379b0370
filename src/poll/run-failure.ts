import { DatabaseError } from '../databases/contract.ts';
import { RunError } from '../monitors/contract.ts';
import type { FailureReason } from '../monitors/contract.ts';

/** Why a run failed: a reason of the closed list, and a message for people. */
export interface RunFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

/**
 * The failure that whatever a run threw stands for.
 *
 * @param timedOutAfterMs the time-out of the run when it has passed, else null.
 */
export function runFailureOf(error: unknown, timedOutAfterMs: number | null): RunFailure {
  if (timedOutAfterMs !== null)
    return {
      reason: 'timeout',
      message: `no result within the time-out of ${timedOutAfterMs / 1000} s; the statement was cancelled on the server`,
    };
  if (error instanceof RunError) return { reason: error.reason, message: error.message };
  if (error instanceof DatabaseError) {
    const { kind, message } = error;
    if (kind === 'lost') return { reason: 'unreachable', message };
    if (kind === 'aborted') return { reason: 'internal', message };
    return { reason: kind, message };
  }
  return {
    reason: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  };
}
