import { cutSecrets } from '../secrets.ts';
import { DatabaseError, type StatementEnd } from '../databases/contract.ts';
import { RunError } from '../monitors/contract.ts';
import type { FailureReason } from '../monitors/contract.ts';

/** Why a run failed: a reason of the closed list, and a message for people. */
export interface RunFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

const endTexts: Readonly<Record<StatementEnd, string>> = {
  cancelled: '; the statement was cancelled on the server',
  unanswered:
    '; the server did not answer, not even to the cancel, so its connection was cut: the statement may still run there',
};

/**
 * The failure that whatever a run threw stands for; its message holds nothing that looks like a secret.
 *
 * @param timedOutAfterMs the time-out of the run when it has passed, else null.
 */
export function runFailureOf(error: unknown, timedOutAfterMs: number | null): RunFailure {
  const { reason, message } = failureOf(error, timedOutAfterMs);
  return { reason, message: cutSecrets(message) };
}

function failureOf(error: unknown, timedOutAfterMs: number | null): RunFailure {
  if (timedOutAfterMs !== null) {
    const end = error instanceof DatabaseError ? error.end : undefined;
    const text = end === undefined ? '' : endTexts[end];
    return {
      reason: 'timeout',
      message: `no result within the time-out of ${timedOutAfterMs / 1000} s${text}`,
    };
  }
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
