import { ExactSum } from '../../decimal.ts';
import type { RunContext, Sample } from '../contract.ts';
import { withZeros } from '../shared/currencies.ts';
import type { OpenRecords, OpenRow } from './open-records.ts';
import { families } from './families.ts';
import { sample } from '../shared/samples.ts';
import type { Limit } from '../shared/settings.ts';
import type { RecordSettings } from './settings.ts';

/** What is open at a company, failed and waiting together. */
export interface OpenTotals {
  readonly count: number;
  /** The sum of each currency; no currency is ''. */
  readonly amounts: ReadonlyMap<string, number>;
}

/** A row of unknown age is older than one of a known age. */
const never = Number.NEGATIVE_INFINITY;

/** Which of the two rows of a record that is in both queries counts: the newest that has an amount. */
function failedCounts(failed: OpenRow<unknown>, waiting: OpenRow<unknown>): boolean {
  if (failed.amount === null || waiting.amount === null) return waiting.amount === null;
  return (failed.since ?? never) > (waiting.since ?? never);
}

/** A row for each record of both queries, without a copy of either. */
function* rowsOnce(failed: OpenRecords<unknown>, waiting: OpenRecords<unknown>): Iterable<OpenRow<unknown>> {
  for (const row of failed.newestRows()) {
    const twin = waiting.newestRow(row.record);
    if (twin === undefined || failedCounts(row, twin)) yield row;
  }
  for (const row of waiting.newestRows()) {
    const twin = failed.newestRow(row.record);
    if (twin === undefined || !failedCounts(twin, row)) yield row;
  }
}

function addUp(rows: Iterable<OpenRow<unknown>>): OpenTotals {
  const sums = new Map<string, ExactSum>();
  let count = 0;
  for (const { amount, currency } of rows) {
    count += 1;
    if (amount === null) continue;
    const sum = sums.get(currency) ?? new ExactSum();
    sums.set(currency, sum);
    sum.add(amount);
  }
  return { count, amounts: new Map([...sums].map(([currency, sum]) => [currency, sum.toNumber()])) };
}

const totalsOf = (records: OpenRecords<unknown> | undefined): OpenTotals => ({
  count: records?.count ?? 0,
  amounts: new Map(records?.amounts()),
});

/**
 * Adds up what failed and what waits. A record that is in both (it failed and waits to be sent again) counts once,
 * with the amount of its newest row that has one: the two queries need not both return amounts.
 *
 * @param currencies these have an amount in any case, 0 when nothing is open.
 */
export function openTotals(
  failed: OpenRecords<unknown> | undefined,
  waiting: OpenRecords<unknown> | undefined,
  currencies: Iterable<string>,
): OpenTotals {
  const isMixed = failed !== undefined && waiting !== undefined && failed.count > 0 && waiting.count > 0;
  const { count, amounts } = isMixed
    ? addUp(rowsOnce(failed, waiting))
    : totalsOf(waiting === undefined || waiting.count === 0 ? failed : waiting);
  return { count, amounts: withZeros(amounts, currencies) };
}

/** What is exported of records that are open, failed or waiting, and the thresholds of their money. */
export function openSamples(
  run: RunContext<RecordSettings>,
  company: string,
  { count, amounts }: OpenTotals,
): Sample[] {
  return [
    sample(families.open, company, count),
    ...[...amounts].map(([currency, sum]) => sample(families.openAmount, company, sum, { currency })),
    ...Object.entries(run.settings.amount_threshold ?? {}).flatMap(([currency, limits]) =>
      limits.map(({ severity, value }) =>
        sample(families.openAmountThreshold, company, value, { currency, severity }),
      ),
    ),
  ];
}

/** The worst threshold that the open amount of each currency exceeds, in words too. */
export function excessAmounts(
  { settings: { amount_threshold = {} } }: RunContext<RecordSettings>,
  { amounts }: OpenTotals,
): { readonly severity: Limit['severity']; readonly text: string }[] {
  return Object.entries(amount_threshold).flatMap(([currency, limits]) => {
    const total = amounts.get(currency) ?? 0;
    const exceeded = limits.findLast(({ value }) => total > value);
    if (exceeded === undefined) return [];
    return [
      { severity: exceeded.severity, text: `${currency} ${total.toFixed(2)} open, over ${exceeded.value}` },
    ];
  });
}
