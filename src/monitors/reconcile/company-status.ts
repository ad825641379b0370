import type { CompanyStatus, RunContext } from '../contract.ts';
import type { Limit } from '../shared/settings.ts';
import { failureState, withinLimit, worst } from '../shared/severity.ts';
import { coverageTexts, isCovered, isStale } from './coverage-texts.ts';
import type { CycleResult } from './engine/cycle-types.ts';
import { mismatchKinds } from './engine/ledger/ledger.ts';
import type { LedgerTotals } from './engine/ledger/ledger-totals.ts';
import type { MismatchKind } from './engine/types.ts';
import { describe } from './mismatch-texts.ts';
import type { Settings } from './settings.ts';

/** The limits of a kind of mismatch; where only a critical one is given, the first mismatch is a warning as without any. */
export function limitsOf({ threshold }: Settings, kind: MismatchKind): readonly Limit[] {
  const limits = threshold[kind];
  const isCriticalOnly = limits.length > 0 && limits.every(({ severity }) => severity === 'critical');
  return isCriticalOnly ? [{ severity: 'warning', value: 0 }, ...limits] : limits;
}

/** How many there are, in words: one that is no problem because of a limit says so. */
function countText(settings: Settings, kind: MismatchKind, count: number): string {
  const first = limitsOf(settings, kind)[0]?.value ?? 0;
  const within = count > first ? '' : `, ${withinLimit(count, first)}`;
  return `${count} ${describe(settings, kind)}${within}`;
}

/** What may be said where no mismatch is known. */
function agreement(result: CycleResult): readonly string[] {
  if (result.roundMs === null) return [];
  return [isCovered(result) ? 'both sides agree' : 'no mismatch in what was compared'];
}

/** How the company stands: the confirmed mismatches measured by their limits, and whether the window is compared as promised. */
export function statusOf(
  run: RunContext<Settings>,
  company: string,
  totals: LedgerTotals,
  result: CycleResult,
): CompanyStatus {
  const counts = mismatchKinds.map((kind) => ({ kind, count: totals.get(kind)?.confirmed ?? 0 }));
  const states = counts.flatMap(({ kind, count }) => {
    const limits = limitsOf(run.settings, kind);
    if (limits.length === 0) return count > 0 ? [failureState(run)] : [];
    return limits.filter(({ value }) => count > value).map(({ severity }) => severity);
  });
  const open = counts.filter(({ count }) => count > 0);
  const candidates = [...totals.values()].reduce((sum, kind) => sum + kind.candidates, 0);
  const parts = [
    ...open.map(({ kind, count }) => countText(run.settings, kind, count)),
    ...(candidates > 0 ? [`${candidates} not confirmed yet`] : []),
    ...(open.length === 0 && candidates === 0 ? agreement(result) : []),
    ...coverageTexts(run, company, result),
  ];
  return {
    company,
    state: worst([...states, ...(isStale(result) ? ['warning' as const] : [])]),
    text: parts.join(', '),
  };
}
