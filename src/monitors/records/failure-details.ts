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
  readonly code: string;
  readonly call: string;
}

/** The error of a failed record, from its row; of a stack trace, the message of the exception that says most. */
export function failureDetailsOf(run: RunContext<Settings>, row: Cells): FailureDetails {
  const message = row.text('error');
  const code = cutText(row.text('code'), mostKeyCharacters);
  return {
    errorClass: run.classify({ code, message }),
    message: keptMessage(message),
    code,
    call: cutText(row.text('call'), mostKeyCharacters),
  };
}
