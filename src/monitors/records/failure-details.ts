import { traceOf } from '../../known-errors/telling.ts';
import type { ErrorClass, RunContext } from '../contract.ts';
import type { Cells } from '../shared/cells.ts';
import { cutText } from '../shared/samples.ts';
import { keptMessage } from '../shared/shown-message.ts';
import type { Settings } from './settings.ts';

/** Well below the maximum length of a label, so that what distinguishes records is never cut twice. */
export const mostKeyCharacters = 100;

/** What is kept of a failed record's error: its class, and texts of limited length. */
export interface FailureDetails {
  readonly errorClass: ErrorClass;
  readonly message: string;
  /** What the message was taken from, as `traceOf` has it, not masked yet; '' for none. */
  readonly trace: string;
  readonly code: string;
  readonly call: string;
}

/** So much of all traces of a run is kept, in UTF-16 units: thousands of records may have failed. */
const mostOfAllTraces = 2_000_000;

/**
 * Reads the errors of a run's failed records from their rows; of a stack trace, the message is that of the exception that says
 * most.
 */
export function failureReader(run: RunContext<Settings>): (row: Cells) => FailureDetails {
  let left = mostOfAllTraces;
  return (row) => {
    const message = row.text('error');
    const code = cutText(row.text('code'), mostKeyCharacters);
    const trace = left > 0 ? traceOf(message) : '';
    left -= trace.length;
    return {
      errorClass: run.classify({ code, message }),
      message: keptMessage(message),
      trace,
      code,
      call: cutText(row.text('call'), mostKeyCharacters),
    };
  };
}
