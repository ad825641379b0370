import { ExactSum, currencyCode, isDecimal } from '../../../../decimal.ts';
import type { Instant } from '../../../../time.ts';
import { beginOf, mismatchKinds } from './ledger.ts';
import type { Ledger, LedgerEntry } from './ledger.ts';
import type { MismatchKind } from '../types.ts';

/** How much of one kind of mismatch there is. */
export interface KindTotals {
  readonly confirmed: number;
  readonly candidates: number;
  /** Since when the oldest confirmed one is there; null when none is. */
  readonly oldest: Instant | null;
  /** Exact sums of the amounts of the confirmed ones, as decimal text, by currency. */
  readonly amounts: ReadonlyMap<string, string>;
}

function totalsOf(entries: readonly LedgerEntry[]): KindTotals {
  const confirmed = entries.filter(({ confirmedAt }) => confirmedAt !== null);
  const sums = new Map<string, ExactSum>();
  for (const { amount, currency: given } of confirmed) {
    if (amount === null || !isDecimal(amount)) continue;
    const currency = currencyCode(given);
    const sum = sums.get(currency) ?? new ExactSum();
    sum.add(amount);
    sums.set(currency, sum);
  }
  return {
    confirmed: confirmed.length,
    candidates: entries.length - confirmed.length,
    oldest: confirmed.reduce<Instant | null>(
      (oldest, entry) => Math.min(oldest ?? Infinity, beginOf(entry)),
      null,
    ),
    amounts: new Map([...sums].map(([currency, sum]) => [currency, sum.toString()])),
  };
}

/** By kind of mismatch. */
export type LedgerTotals = ReadonlyMap<MismatchKind, KindTotals>;

/** The totals of every kind, also of those of which there is none. */
export function ledgerTotals({ entries }: Ledger): LedgerTotals {
  const byKind = Map.groupBy(entries.values(), ({ kind }) => kind);
  return new Map(mismatchKinds.map((kind) => [kind, totalsOf(byKind.get(kind) ?? [])]));
}
