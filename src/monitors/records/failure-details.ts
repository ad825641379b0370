import { tellingPart } from '../../known-errors/telling.ts';
import type { ErrorClass, RunContext } from '../contract.ts';
import type { Cells } from '../shared/cells.ts';
import { cutText } from '../shared/samples.ts';
import type { Settings } from './settings.ts';

/** Well below the maximum length of a label, so that what distinguishes records is never cut twice. */
export const mostKeyCharacters = 100;
/** So much of a message is shown, in UTF-16 units. */
export const mostMessageCharacters = 200;

/** What is kept of a failed record's error: its class, and texts of limited length. */
export interface FailureDetails {
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly code: string;
  readonly call: string;
}

/** Kept of a message until it is known which records are listed: only those are masked, because masking is expensive. */
const mostKeptCharacters = 3 * mostMessageCharacters;

/** The error of a failed record, from its row; of a stack trace, the message of the exception that says most. */
export function failureDetailsOf(run: RunContext<Settings>, row: Cells): FailureDetails {
  const message = row.text('error');
  const code = cutText(row.text('code'), mostKeyCharacters);
  return {
    errorClass: run.classify({ code, message }),
    message: cutText(tellingPart(message), mostKeptCharacters),
    code,
    call: cutText(row.text('call'), mostKeyCharacters),
  };
}
