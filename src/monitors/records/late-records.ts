import type { Instant } from '../../time.ts';
import type { RunContext, Sample } from '../contract.ts';
import { localTime } from '../shared/local-time.ts';
import { cutText, sample } from '../shared/samples.ts';
import { mostKeyCharacters } from './failure-details.ts';
import { shownAmount } from './failures.ts';
import { families } from './families.ts';
import { newestLateBy } from './lateness.ts';
import type { LateLimit } from './lateness.ts';
import type { ListedRecord, OpenRecords } from './open-records.ts';
import type { RecordSettings } from './settings.ts';

/** A waiting record that is late. */
export interface LateRecord extends ListedRecord<null> {
  readonly since: Instant;
  /** That of the gravest limit that it is over. */
  readonly severity: LateLimit['severity'];
}

/** The oldest of the late records, as many as the monitor lists. */
export function listLate(
  run: RunContext<RecordSettings>,
  waiting: OpenRecords<null> | undefined,
  lateLimits: readonly LateLimit[],
): readonly LateRecord[] {
  const newest = newestLateBy(lateLimits);
  const newestCritical = newestLateBy(lateLimits.filter(({ severity }) => severity === 'critical'));
  return (waiting?.oldest(run.settings.samples) ?? []).flatMap(({ since, ...record }) =>
    since === null || since > newest
      ? []
      : [{ ...record, since, severity: since <= newestCritical ? 'critical' : 'warning' }],
  );
}

/** A series for each listed record; of those whose keys are the same once they are cut, one. */
export function lateRecordSamples(
  run: RunContext<RecordSettings>,
  company: string,
  late: readonly LateRecord[],
): readonly Sample[] {
  const byLabel = new Map<string, Sample>();
  for (const { record, since, severity, amount, currency } of late) {
    const label = cutText(record, mostKeyCharacters);
    if (byLabel.has(label)) continue;
    const labels = {
      record: label,
      severity,
      since: localTime(since, run.timezone(company)),
      url: run.recordUrl(record),
      amount: shownAmount(amount),
      currency,
    };
    byLabel.set(label, sample(families.lateRecord, company, since / 1000, labels));
  }
  return [...byLabel.values()];
}
