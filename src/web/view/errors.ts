import { ExactSum, isDecimal } from '../../decimal.ts';
import type { ErrorClass } from '../../monitors/contract.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { Instant } from '../../time.ts';
import { linesOf } from './lines.ts';
import { recordsOf } from './records.ts';
import type { FoundRecord } from './records.ts';
import type { ErrorLine, Money } from './types.ts';
import type { Viewer } from './viewer.ts';

interface Classified extends FoundRecord {
  readonly errorClass: ErrorClass;
}

function valueOf(records: readonly Classified[]): Money[] {
  const sums = new Map<string, ExactSum>();
  for (const { entry } of records) {
    if (!isDecimal(entry.amount)) continue;
    const sum = sums.get(entry.currency) ?? new ExactSum();
    sums.set(entry.currency, sum);
    sum.add(entry.amount);
  }
  return [...sums].map(([currency, sum]) => ({ currency, amount: sum.toString() }));
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** The open classes of errors of what a reader may see, the most frequent first. */
export function errorsOf(snapshot: Snapshot, viewer: Viewer, now: Instant): ErrorLine[] {
  const lines = linesOf(snapshot, now, (company) => viewer.sees(company));
  const isNew = new Set(
    lines.flatMap(({ samples }) =>
      samples.all('erp_new_error_timestamp_seconds').map(({ labels }) => labels['error'] ?? ''),
    ),
  );
  const known = new Map(snapshot.knownErrors.map((entry) => [entry.id, entry]));
  const classified = lines
    .flatMap((line) => recordsOf(line))
    .flatMap((record): Classified[] => {
      const { errorClass } = record.entry;
      return errorClass === null ? [] : [{ ...record, errorClass }];
    });
  return [...Map.groupBy(classified, ({ errorClass }) => errorClass.error)]
    .map(([error, records]): ErrorLine => {
      const [first] = records;
      const times = records.map(({ entry }) => entry.since).filter((since) => since !== null);
      const entry = known.get(error);
      return {
        errorClass: error,
        category: first?.errorClass.category ?? '',
        isKnown: first?.errorClass.known ?? false,
        isNew: isNew.has(error),
        count: records.length,
        value: valueOf(records),
        firstSince: times.length === 0 ? null : times.reduce((one, other) => Math.min(one, other)),
        lastSince: times.length === 0 ? null : times.reduce((one, other) => Math.max(one, other)),
        companies: distinct(records.map(({ entry: { company } }) => company)),
        flows: distinct(records.map(({ task }) => task.monitor.flow)),
        responder: first?.errorClass.responder ?? '',
        title: entry?.title ?? null,
        meaning: entry?.explanation ?? null,
        action: entry?.action ?? null,
        example: viewer.may('records') ? (first?.entry.show().error ?? '') : '',
      };
    })
    .sort((one, other) => other.count - one.count || (one.errorClass < other.errorClass ? -1 : 1));
}
