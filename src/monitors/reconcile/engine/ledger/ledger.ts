import type { Instant } from '../../../../time.ts';
import type { Key, MismatchKind } from '../types.ts';

export const mismatchKinds = [
  'missing_left',
  'missing_right',
  'different',
  'duplicate',
] as const satisfies readonly MismatchKind[];

/** The fields of one side's row in their canonical form. */
export type LedgerCells = readonly (bigint | null)[];

/** What people read of the fields of one side's row that are compared as texts or codes; null for other fields. */
export type LedgerTexts = readonly (string | null)[];

/** A mismatch that a run has verified: its key was looked up on both sides and found wrong. */
export interface VerifiedMismatch {
  readonly key: Key;
  readonly kind: MismatchKind;
  /** The business time. */
  readonly at: Instant | null;
  /** Exact decimal text. */
  readonly amount: string | null;
  readonly currency: string;
  /** Null where there is no row. */
  readonly left: LedgerCells | null;
  readonly right: LedgerCells | null;
  /** Cut, and without what is private. */
  readonly leftTexts: LedgerTexts;
  readonly rightTexts: LedgerTexts;
}

/** A mismatch that is open. It is a candidate as long as `confirmedAt` is null. */
export interface LedgerEntry extends VerifiedMismatch {
  /** When the key was first found wrong, of whatever kind, on the clock of `Cycle.now`. */
  readonly firstSeen: Instant;
  /** In how many cycles it was found wrong and of this kind; not counted beyond `cyclesToConfirm`. */
  readonly cycles: number;
  readonly confirmedAt: Instant | null;
}

/** Every mismatch that is open, as far as there is room. Never changed, only replaced. */
export interface Ledger {
  readonly entries: ReadonlyMap<Key, LedgerEntry>;
  /** How many confirmed mismatches were resolved since the ledger began. */
  readonly resolvedTotal: number;
  /** When one was last left out for want of room. Null: none, or everything was compared since and none was left out. */
  readonly overflowedAt: Instant | null;
}

export interface LedgerRules {
  /** What is younger may still be on its way, whatever its kind. */
  readonly settleMs: number;
  /** How long each kind may last before it counts. */
  readonly graceMs: Readonly<Record<MismatchKind, number>>;
  /** Most entries, 1 or more. */
  readonly limit: number;
}

/** What one run has found out. What it did not look at stays as it was, so a run that was cut says less, never wrong. */
export interface Cycle {
  /** The earlier one of the servers' clocks when the run began. */
  readonly now: Instant;
  /** What was found, or found again. A key that is named twice counts once, as the last one says. */
  readonly mismatches: Iterable<VerifiedMismatch>;
  /** Keys that were looked up and found well. One that is among the mismatches too is not. */
  readonly resolved: Iterable<Key>;
  /** Since when everything was compared: `oldestComparedAt` of the audit; null when not everything was. */
  readonly comparedSince: Instant | null;
}

/** Number of cycles that must see a mismatch before it is confirmed. */
export const cyclesToConfirm = 2;

export const emptyLedger: Ledger = { entries: new Map(), resolvedTotal: 0, overflowedAt: null };

/** Since when a mismatch is there: its business time, else when it was first seen; also when it bears a time to come. */
export function beginOf({ at, firstSeen }: LedgerEntry): Instant {
  return Math.min(at ?? firstSeen, firstSeen);
}

/**
 * Since when a mismatch has been one for certain. A record that is missing, and was found about as soon as it was old enough:
 * since its business time. Of anything else that is unknown: an old record that is changed, or removed, or moved into a query,
 * is as much on its way as a new one, so that it counts from when it was first seen.
 */
function certainSince({ kind, at, firstSeen }: LedgerEntry, settleMs: number): Instant {
  const isMissing = kind === 'missing_left' || kind === 'missing_right';
  const isNew = isMissing && at !== null && firstSeen - at <= 2 * settleMs;
  return isNew ? Math.min(at, firstSeen) : firstSeen;
}

function sameCells(one: readonly unknown[] | null, other: readonly unknown[] | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((cell, index) => cell === other[index]);
}

function sameEntry(one: LedgerEntry, other: LedgerEntry): boolean {
  const plain = ['kind', 'at', 'amount', 'currency', 'firstSeen', 'cycles', 'confirmedAt'] as const;
  return (
    plain.every((name) => one[name] === other[name]) &&
    sameCells(one.left, other.left) &&
    sameCells(one.right, other.right) &&
    sameCells(one.leftTexts, other.leftTexts) &&
    sameCells(one.rightTexts, other.rightTexts)
  );
}

/** The entry after it was seen once more; the same object when nothing has changed. */
function seenAgain(
  before: LedgerEntry | undefined,
  mismatch: VerifiedMismatch,
  now: Instant,
  { settleMs, graceMs }: LedgerRules,
): LedgerEntry {
  const isSameKind = before?.kind === mismatch.kind;
  const seen: LedgerEntry = {
    ...mismatch,
    // A clock that was put back must not make anything begin in the future.
    firstSeen: Math.min(before?.firstSeen ?? now, now),
    cycles: Math.min((isSameKind ? before.cycles : 0) + 1, cyclesToConfirm),
    confirmedAt: isSameKind ? before.confirmedAt : null,
  };
  const isOld = now - certainSince(seen, settleMs) > settleMs && now - beginOf(seen) > graceMs[seen.kind];
  const isConfirmed = seen.confirmedAt !== null || (isOld && seen.cycles >= cyclesToConfirm);
  const after = { ...seen, confirmedAt: isConfirmed ? (seen.confirmedAt ?? now) : null };
  return before !== undefined && sameEntry(before, after) ? before : after;
}

function compareKeys(one: Key, other: Key): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Who keeps his place when there are too many: what is confirmed, for it must not vanish unseen; then what is oldest. */
function byClaim(one: LedgerEntry, other: LedgerEntry): number {
  return (
    Number(one.confirmedAt === null) - Number(other.confirmedAt === null) ||
    beginOf(one) - beginOf(other) ||
    compareKeys(one.key, other.key)
  );
}

/**
 * The ledger after a run.
 *
 * - a mismatch that is new is a candidate;
 * - a candidate that is seen in a second cycle, and is older than `settleMs` and the grace of its kind, is confirmed;
 * - one that changes its kind keeps the time it was first seen and is a candidate again;
 * - one whose key was found well is resolved, and gone.
 *
 * @returns the resolved entries besides, candidates among them.
 */
export function advance(
  ledger: Ledger,
  cycle: Cycle,
  rules: LedgerRules,
): { readonly ledger: Ledger; readonly resolved: readonly LedgerEntry[] } {
  const { now, comparedSince } = cycle;
  const mismatches = new Map([...cycle.mismatches].map((mismatch) => [mismatch.key, mismatch]));
  const entries = new Map(ledger.entries);
  const resolved: LedgerEntry[] = [];
  for (const key of new Set(cycle.resolved)) {
    const entry = entries.get(key);
    if (entry === undefined || mismatches.has(key)) continue;
    entries.delete(key);
    resolved.push(entry);
  }
  for (const [key, mismatch] of mismatches)
    entries.set(key, seenAgain(entries.get(key), mismatch, now, rules));
  const left = [...entries.values()].sort(byClaim).slice(rules.limit);
  for (const { key } of left) entries.delete(key);
  const { overflowedAt } = ledger;
  const isMadeUp = overflowedAt !== null && comparedSince !== null && comparedSince > overflowedAt;
  return {
    ledger: {
      entries,
      resolvedTotal: ledger.resolvedTotal + resolved.filter(({ confirmedAt }) => confirmedAt !== null).length,
      overflowedAt: left.length > 0 ? now : isMadeUp ? null : overflowedAt,
    },
    resolved,
  };
}
