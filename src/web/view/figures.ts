import type { Instant } from '../../time.ts';
import type { CompanySamples } from './company-samples.ts';
import { jobFigures } from './jobs.ts';
import type { Fact } from './types.ts';

type CountKey = Extract<Fact['message'], `figure.${string}`>;

function count(message: CountKey, value: number | null, least = 0): Fact[] {
  return value === null || value < least ? [] : [{ message, values: { count: value } }];
}

function time(message: CountKey, at: Instant | null): Fact[] {
  return at === null ? [] : [{ message, values: {}, at }];
}

/** The highest of the counts of each severity: what is over the critical limit is over the other one too. */
export function lateCount(samples: CompanySamples): number | null {
  const counts = samples.all('erp_late_records').map(({ value }) => value);
  return counts.length === 0 ? null : Math.max(...counts);
}

function recordFigures(samples: CompanySamples): Fact[] {
  return [
    ...count('figure.failed', samples.value('erp_failed_records')),
    ...count('figure.failed_today', samples.value('erp_failed_records_today'), 1),
    ...count('figure.awaiting_retry', samples.value('erp_failed_records_awaiting_retry'), 1),
    ...count('figure.waiting', samples.value('erp_waiting_records')),
    ...count('figure.late', lateCount(samples)),
    ...time('figure.last_finished', samples.instant('erp_last_finished_record_timestamp_seconds')),
  ];
}

function syncFigures(samples: CompanySamples, kind: string): Fact[] {
  if (kind !== 'sync') return [];
  const lastSync = samples.instant('erp_last_sync_timestamp_seconds');
  return [
    ...(lastSync === null
      ? [{ message: 'figure.never_synced' as const, values: {} }]
      : time('figure.last_sync', lastSync)),
    ...count('figure.syncs_today', samples.value('erp_syncs_today')),
    ...count('figure.rejects_today', samples.value('erp_sync_rejects_today')),
    ...count('figure.new_rejects', samples.value('erp_sync_new_rejects'), 1),
  ];
}

const mismatchKinds = ['missing_left', 'missing_right', 'different', 'duplicate'] as const;

/** What the sides of a comparison are called; `null` where nothing is compared. */
export function sidesOf(samples: CompanySamples): { left: string; right: string } | null {
  const [info] = samples.all('erp_reconciliation_info');
  return info === undefined ? null : { left: info.labels['left'] ?? '', right: info.labels['right'] ?? '' };
}

/** Whether everything in the window was compared within the time that is promised: only then do both sides agree. */
function isCovered(samples: CompanySamples, dataFrom: Instant | null): boolean {
  const unchecked = samples.instant('erp_reconciliation_unchecked_since_timestamp_seconds');
  const detection = samples.value('erp_reconciliation_detection_seconds');
  const through = samples.instant('erp_reconciliation_verified_through_timestamp_seconds');
  if (unchecked === null || detection === null || through === null || dataFrom === null) return false;
  return dataFrom - unchecked <= detection * 1000;
}

function mismatchFigures(samples: CompanySamples, dataFrom: Instant | null): Fact[] {
  const sides = sidesOf(samples);
  if (sides === null) return [];
  const open = mismatchKinds.flatMap((mismatch): Fact[] => {
    const value = samples.value('erp_reconciliation_mismatched_records', { mismatch }) ?? 0;
    const limits = samples
      .all('erp_reconciliation_mismatched_records_threshold')
      .filter(({ labels }) => labels['mismatch'] === mismatch)
      .map((sample) => sample.value);
    const limit = Math.min(...limits);
    if (value === 0) return [];
    return [
      { message: `figure.${mismatch}`, values: { count: value, ...sides } },
      ...(value <= limit && limit < Infinity
        ? [{ message: 'figure.below_limit' as const, values: { limit } }]
        : []),
    ];
  });
  const candidates = samples.sum('erp_reconciliation_candidate_records');
  const isClean = open.length === 0 && (candidates ?? 0) === 0 && isCovered(samples, dataFrom);
  const detection = samples.value('erp_reconciliation_detection_seconds');
  return [
    ...open,
    ...count('figure.candidates', candidates, 1),
    ...(isClean ? [{ message: 'figure.agree' as const, values: {} }] : []),
    ...time(
      'figure.verified_through',
      samples.instant('erp_reconciliation_verified_through_timestamp_seconds'),
    ),
    ...(detection === null
      ? []
      : [{ message: 'figure.detection' as const, values: {}, duration: Math.ceil(detection) * 1000 }]),
  ];
}

const isOwnFamily = (name: string): boolean => !name.startsWith('erp_query_') && !name.endsWith('_threshold');

/** What is beyond a limit, which the label tells as `above 20` or `below 3`. */
function overLimit(labels: Readonly<Record<string, string>>, value: number): Fact {
  const [direction = '', limit = ''] = (labels['limit'] ?? '').split(' ');
  const message = direction === 'below' ? 'figure.under_limit' : 'figure.over_limit';
  return { message, values: { metric: labels['metric'] ?? '', value, limit } };
}

function queryFigures(samples: CompanySamples, kind: string): Fact[] {
  if (kind !== 'query') return [];
  const series = [...samples.families()]
    .filter(isOwnFamily)
    .reduce((sum, name) => sum + samples.all(name).length, 0);
  const over = new Map(
    samples
      .all('erp_query_worst_series_value')
      .map(({ labels, value }): [string, Fact] => [labels['metric'] ?? '', overLimit(labels, value)]),
  );
  return [...count('figure.series', series), ...over.values()];
}

/**
 * What the last good run saw, as sentences in no language, the most important first.
 *
 * @param kind as `kind:` says it. @param dataFrom when the run began.
 */
export function figuresOf(samples: CompanySamples, kind: string, dataFrom: Instant | null): readonly Fact[] {
  return [
    ...recordFigures(samples),
    ...syncFigures(samples, kind),
    ...jobFigures(samples),
    ...mismatchFigures(samples, dataFrom),
    ...queryFigures(samples, kind),
  ];
}
