import { traceOf } from '../../known-errors/telling.ts';
import type { ErrorClass, RunContext } from '../contract.ts';
import type { Cells } from '../shared/cells.ts';
import { cutText } from '../shared/samples.ts';
import { keptMessage, mostMessageCharacters } from '../shared/shown-message.ts';
import type { RecordSettings } from './settings.ts';

/** Well below the maximum length of a label, so that what distinguishes records is never cut twice. */
export const mostKeyCharacters = 100;

/** What is kept of a failed record's error: its class, and texts of limited length. */
export interface FailureDetails {
  readonly errorClass: ErrorClass;
  readonly message: string;
  /** What the message was taken from where it says more, as `wholeMessage` has it, not masked yet; '' for none. */
  readonly trace: string;
  readonly code: string;
  readonly call: string;
}

/** So much of a long message that is no trace is kept for people, in UTF-16 units. */
const mostOfAMessage = 12_000;
/** Where a text may be cut without half of a secret remaining, which nobody would recognise. */
const separators = [' ', '\n', ',', ';', '&'] as const;

/**
 * What a message was taken from where it says more than is shown of it: the trace, or the whole of a text that is too long for a
 * line. '' where nothing is left out.
 */
export function wholeMessage(text: string): string {
  const trace = traceOf(text);
  if (trace !== '' || text.length <= mostMessageCharacters) return trace;
  if (text.length <= mostOfAMessage) return text;
  const beginning = text.slice(0, mostOfAMessage);
  const end = Math.max(...separators.map((separator) => beginning.lastIndexOf(separator)));
  return cutText(text, (end < 0 ? mostOfAMessage : end) + 1);
}

/** So much of all traces of a run is kept, in UTF-16 units: thousands of records may have failed. */
const mostOfAllTraces = 2_000_000;

/** What tells of an error as it was read. */
interface ErrorTexts {
  readonly error: string;
  readonly code: string;
  readonly call: string;
}

/** Sorts and cuts the errors of a run; of a stack trace, the message is that of the exception that says most. */
export function failureSorter(run: RunContext<RecordSettings>): (texts: ErrorTexts) => FailureDetails {
  let left = mostOfAllTraces;
  return ({ error: message, code: wholeCode, call }) => {
    const code = cutText(wholeCode, mostKeyCharacters);
    const trace = left > 0 ? wholeMessage(message) : '';
    left -= trace.length;
    return {
      errorClass: run.classify({ code, message }),
      message: keptMessage(message),
      trace,
      code,
      call: cutText(call, mostKeyCharacters),
    };
  };
}

/** Reads the errors of a run's failed records from their rows. */
export function failureReader(run: RunContext<RecordSettings>): (row: Cells) => FailureDetails {
  const sorted = failureSorter(run);
  return (row) => sorted({ error: row.text('error'), code: row.text('code'), call: row.text('call') });
}
