import { mask } from '../../known-errors/mask.ts';
import type { Instant } from '../../time.ts';
import type { ErrorClass, RunContext } from '../contract.ts';
import type { Cells } from '../shared/columns.ts';
import { cutText } from '../shared/samples.ts';
import type { OpenRecords } from './open-records.ts';
import type { Settings } from './settings.ts';

/** Well below the bound of a label, so that what tells records apart is never cut twice. */
export const mostKeyCharacters = 100;
const mostMessageCharacters = 200;

/** What is told of a failure: its class, and texts of bounded length. */
export interface FailureDetails {
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly code: string;
  readonly call: string;
}

/** Far more than a message needs to be told from others; a stack trace behind it is nobody's to read here. */
const mostReadCharacters = 4096;

/** Kept of a message until it is known which records are listed: these alone are worth masking. */
const mostKeptCharacters = 3 * mostMessageCharacters;

/** What the row of a failed record says of its failure. */
export function failureDetailsOf(run: RunContext<Settings>, row: Cells): FailureDetails {
  const message = cutText(row.text('error'), mostReadCharacters);
  const code = cutText(row.text('code'), mostKeyCharacters);
  return {
    errorClass: run.classify({ code, message }),
    message: cutText(message, mostKeptCharacters),
    code,
    call: cutText(row.text('call'), mostKeyCharacters),
  };
}

/** Failed records that are listed: each has a label of its own, also after it was cut. */
export interface ListedFailure extends FailureDetails {
  readonly label: string;
  readonly url: string;
  readonly since: Instant | null;
}

/** A message as it is shown: masked before it is cut, so that no half of a number that should be masked is left. */
function shownMessage(kept: string, isMasked: boolean): string {
  if (!isMasked) return cutText(kept, mostMessageCharacters);
  const masked = mask(kept);
  // Masking may pull the end of what was kept into sight, and with it half a word that says too much.
  const endShows = kept.endsWith('…') && masked.length <= mostMessageCharacters;
  return cutText(endShows ? masked.replace(/\S+$/, '…') : masked, mostMessageCharacters);
}

/** The oldest failed records, as many as the monitor lists. */
export function listFailed(run: RunContext<Settings>, failed: OpenRecords<FailureDetails>): ListedFailure[] {
  const { samples: most, mask: isMasked } = run.settings;
  const byLabel = new Map<string, ListedFailure>();
  for (const { record, since, details } of failed.oldest(most)) {
    const label = cutText(record, mostKeyCharacters);
    if (byLabel.has(label)) continue;
    const message = shownMessage(details.message, isMasked);
    byLabel.set(label, { label, url: run.recordUrl(record), since, ...details, message });
  }
  return [...byLabel.values()];
}
