import { withLabels } from './series.ts';
import type { Values } from './series.ts';
import type { Fault, Shop } from './shop.ts';
import type { Outcome } from './readings.ts';

/** What is younger is not judged, and what is wrong must have been seen in two runs, five minutes apart. */
const confirmedAfterMinutes = 10;
const mismatches = ['missing_left', 'missing_right', 'different', 'duplicate'] as const;

/** A fault that makes records wrong from its begin on. */
interface Wrong {
  readonly fault: Fault;
  readonly mismatch: (typeof mismatches)[number];
  /** After so many minutes the next record is wrong; absent: one only. */
  readonly everyMinutes?: number;
}

/** For how many minutes each record has been wrong. */
function agesOf(since: number, minute: number, everyMinutes: number | undefined): readonly number[] {
  const count = everyMinutes === undefined ? 1 : Math.floor((minute - since) / everyMinutes) + 1;
  return Array.from({ length: count }, (_, index) => minute - since - index * (everyMinutes ?? 0));
}

/** A run of a monitor that compares both sides, each 5 minutes, the whole window. It lists `most` records. */
function comparison(shop: Shop, wrong: readonly Wrong[], thresholds: Values, most: number): Outcome {
  if (shop.has('shop is down') || shop.has('erp is down')) return 'unreachable';
  const { minute } = shop;
  const standsSince = shop.since('reconciliation stands still');
  const countsOf = (mismatch: string) => {
    const open = wrong.flatMap(({ fault, mismatch: kind, everyMinutes }) => {
      const since = kind === mismatch ? shop.since(fault) : null;
      return since === null ? [] : agesOf(since, minute, everyMinutes);
    });
    // An order that is handed over now is on one side for a moment.
    const underWay = mismatch === 'missing_right' && minute % 15 === 0 ? 1 : 0;
    const confirmed = open.filter((age) => age >= confirmedAfterMinutes).length;
    return { confirmed, candidates: open.length - confirmed + underWay };
  };
  const total = mismatches.reduce((sum, mismatch) => sum + countsOf(mismatch).confirmed, 0);
  return {
    samples: (seconds) => ({
      erp_reconciliation_mismatch_samples_omitted: Math.max(0, total - most),
      ...Object.fromEntries(
        mismatches.flatMap((mismatch) => {
          const { confirmed, candidates } = countsOf(mismatch);
          return [
            [withLabels('erp_reconciliation_mismatched_records', { mismatch }), confirmed],
            [withLabels('erp_reconciliation_candidate_records', { mismatch }), candidates],
          ];
        }),
      ),
      ...thresholds,
      'erp_reconciliation_info{left="website",right="ERP",plan="rows"}': 1,
      erp_reconciliation_verified_through_timestamp_seconds: seconds(Math.min(minute, standsSince ?? minute) - 5),
      ...(standsSince === null ? { erp_reconciliation_oldest_audit_timestamp_seconds: seconds(minute) } : {}),
      erp_reconciliation_unchecked_since_timestamp_seconds: seconds(standsSince ?? minute),
      erp_reconciliation_detection_seconds: 302,
      erp_reconciliation_full_audit_interval_seconds: 86_400,
    }),
    live: () => ({}),
  };
}

/** Orders of the shop against those of the ERP; one that is lost is one too many. */
export function orderComparison(shop: Shop): Outcome {
  return comparison(
    shop,
    [
      { fault: 'order is lost', mismatch: 'missing_right' },
      { fault: 'orders arrive twice', mismatch: 'duplicate', everyMinutes: 7 },
    ],
    {},
    20,
  );
}

/** Payments; that a few differ is no reason to wake anybody. */
export function paymentComparison(shop: Shop): Outcome {
  return comparison(
    shop,
    [
      { fault: 'payment is booked by hand', mismatch: 'missing_left' },
      { fault: 'payment amounts differ', mismatch: 'different', everyMinutes: 10 },
      { fault: 'payment is booked twice', mismatch: 'duplicate' },
    ],
    {
      'erp_reconciliation_mismatched_records_threshold{mismatch="different",severity="warning"}': 1,
      'erp_reconciliation_mismatched_records_threshold{mismatch="different",severity="critical"}': 5,
    },
    5,
  );
}
