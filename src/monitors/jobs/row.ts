import type { Instant } from '../../time.ts';
import type { Cells } from '../shared/cells.ts';
import { keptMessage } from '../shared/shown-message.ts';
import { normalizeWord } from './states.ts';
import type { KnownState } from './states.ts';

/** One row of a job: a run of it, or the job itself where the database keeps no history. */
export interface JobRow {
  readonly state: KnownState | 'unknown';
  /** The row only says that there is such a job: it has no status and no time of a run. */
  readonly neverRan: boolean;
  /** A run that has begun and has not ended. */
  readonly isOpen: boolean;
  readonly started: Instant | null;
  readonly finished: Instant | null;
  /** When the next run is to start. */
  readonly due: Instant | null;
  readonly lastSuccess: Instant | null;
  /** Failures in a row; null when the row does not say. */
  readonly failures: number | null;
  readonly error: string;
  readonly enabled: boolean | null;
  /** Its limit for the time since the last success in milliseconds, 0 for none; null when the row does not say. */
  readonly maxAgeMs: number | null;
}

/** What a row says about the times of its job. */
type Times = Pick<JobRow, 'started' | 'finished' | 'lastSuccess'>;

const hasTime = ({ started, finished, lastSuccess }: Times): boolean =>
  started !== null || finished !== null || lastSuccess !== null;

/** Without a status only a success can be known; a job without one waits for its next run. */
const stateByTimes = ({ lastSuccess }: Times): KnownState => (lastSuccess === null ? 'waiting' : 'success');

/** What the word of a row means: `undefined` where there is none, `unknown` for one that nothing explains. */
function stateByWord(
  row: Cells,
  states: ReadonlyMap<string, KnownState>,
): KnownState | 'unknown' | undefined {
  const word = normalizeWord(row.text('status'));
  return word === '' ? undefined : (states.get(word) ?? 'unknown');
}

function openRun(row: Cells, state: JobRow['state'], { started, finished }: Times): boolean {
  if (started === null || (finished !== null && finished >= started && state !== 'running')) return false;
  // A word that nothing explains: a run without an end is in progress, if the query returns ends at all.
  return state === 'running' || (state === 'unknown' && row.has('finished'));
}

/** Reads a row. @param states what the words of the column `status` mean. @throws RunError when a column is mistyped. */
export function rowOf(row: Cells, states: ReadonlyMap<string, KnownState>): JobRow {
  const times = {
    started: row.instant('started'),
    finished: row.instant('finished'),
    lastSuccess: row.instant('last_success'),
  };
  const failures = row.number('failures');
  const hasFailed = failures !== null && failures > 0;
  const timed = hasTime(times);
  const noWord = row.has('status') && timed && times.lastSuccess === null ? 'unknown' : stateByTimes(times);
  const given = stateByWord(row, states);
  const read = given ?? noWord;
  const state = hasFailed && read !== 'running' && read !== 'cancelled' ? 'failed' : read;
  const tellsRuns = ['status', 'started', 'finished', 'last_success'].some((column) => row.has(column));
  return {
    ...times,
    state,
    neverRan: given === undefined && !timed && !hasFailed && tellsRuns,
    isOpen: openRun(row, state, times),
    due: row.instant('due'),
    failures,
    error: keptMessage(row.text('error')),
    enabled: row.boolean('enabled'),
    maxAgeMs: row.duration('max_age'),
  };
}
