import type { Snapshot } from '../../poll/snapshot.ts';
import type { RemedyBoard } from '../../remedies/remedies.ts';
import type { Instant } from '../../time.ts';
import { linesOf } from './lines.ts';
import { oldestData } from './overview.ts';
import { recordLines, recordsOf } from './records.ts';
import { remediesFor } from './remedies.ts';
import type { LookupView } from './types.ts';
import type { Viewer } from './viewer.ts';

/** Most records that a look-up shows. */
const mostFound = 50;

/**
 * Where a record is open, in whatever monitor: those whose key is what was asked for, without regard to case and outer space; where
 * there is none, those whose key contains it.
 */
export function lookUp(
  snapshot: Snapshot,
  viewer: Viewer,
  asked: string,
  now: Instant,
  remedies?: RemedyBoard,
): LookupView {
  const record = asked.trim();
  const lines = linesOf(snapshot, now, (company) => viewer.sees(company));
  const dataFrom = oldestData(lines);
  if (record === '' || !viewer.may('records')) return { now, record, found: [], isCut: false, dataFrom };
  const wanted = record.toLowerCase();
  const alike = lines
    .flatMap((line) => recordsOf(line))
    .filter(({ entry }) => entry.record.toLowerCase().includes(wanted));
  const same = alike.filter(({ entry }) => entry.record.toLowerCase().trim() === wanted);
  const found = same.length > 0 ? same : alike;
  const errors = new Map(snapshot.knownErrors.map((entry) => [entry.id, entry]));
  return {
    now,
    record,
    found: recordLines(found.slice(0, mostFound), errors, remediesFor(remedies, viewer)),
    isCut: found.length > mostFound,
    dataFrom,
  };
}
