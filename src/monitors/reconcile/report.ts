import { beginOf, mismatchKinds } from './engine/ledger/ledger.ts';
import type { LedgerCells, LedgerEntry } from './engine/ledger/ledger.ts';
import { ledgerTotals } from './engine/ledger/ledger-totals.ts';
import type { CycleResult } from './engine/cycle-types.ts';
import type { MismatchKind } from './engine/types.ts';
import type { Instant } from '../../time.ts';
import type { OpenRecord, RunContext, Sample, CompanyStatus } from '../contract.ts';
import { localInstant, localTime } from '../shared/local-time.ts';
import { families } from './families.ts';
import type { Settings } from './settings.ts';
import { meaningsOf, sideNames } from './sides.ts';
import type { SideName } from './sides.ts';
import { cutText, sample } from '../shared/samples.ts';
import type { Limit } from '../shared/settings.ts';
import { failureState, worst } from '../shared/severity.ts';

/** Longest key and value that are shown. */
const mostKeyCharacters = 100;
const mostValueCharacters = 100;

/** What people call the two sides. */
export function titlesOf(settings: Settings): Readonly<Record<SideName, string>> {
  const { left, right } = settings;
  return { left: left.title ?? left.database, right: right.title ?? right.database };
}

type Totals = ReturnType<typeof ledgerTotals>;

/** Minor units as a decimal number. */
function decimalText(units: bigint, digits: number): string {
  const sign = units < 0n ? '-' : '';
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const point = text.length - digits;
  return `${sign}${text.slice(0, point)}${digits === 0 ? '' : `.${text.slice(point)}`}`;
}

/** A row as people read it: `total=1240.50 state=paid`; of two rows that differ, only where they do. */
function rowText(
  run: RunContext<Settings>,
  company: string,
  row: LedgerCells | null,
  other: LedgerCells | null,
): string {
  if (row === null) return '';
  const parts = Object.entries(run.settings.compare).flatMap(([name, how], index) => {
    const cell = row[index] ?? null;
    if (other !== null && cell === (other[index] ?? null)) return [];
    const value = (): string => {
      if (cell === null) return 'NULL';
      if (how.type === 'money') return decimalText(cell, how.digits);
      if (how.type === 'status') return meaningsOf(how)[Number(cell)] ?? 'unknown';
      // Whole, for it may differ in its last digit.
      if (how.type === 'instant') return localTime(Number(cell), run.timezone(company), 'milliseconds');
      // Only a digest of the text was compared.
      return how.type === 'text' ? '…' : cell.toString();
    };
    return [`${name}=${value()}`];
  });
  return cutText(parts.join(' '), mostValueCharacters);
}

/** `missing in ERP`, for the page. */
function describe(settings: Settings, kind: MismatchKind): string {
  const titles = titlesOf(settings);
  if (kind === 'missing_left') return `missing in ${titles.left}`;
  if (kind === 'missing_right') return `missing in ${titles.right}`;
  return kind === 'different' ? 'different' : 'duplicate';
}

/** The limits of a kind of mismatch; where only a critical one is given, the first mismatch is a warning as without any. */
function limitsOf({ threshold }: Settings, kind: MismatchKind): readonly Limit[] {
  const limits = threshold[kind];
  const isCriticalOnly = limits.length > 0 && limits.every(({ severity }) => severity === 'critical');
  return isCriticalOnly ? [{ severity: 'warning', value: 0 }, ...limits] : limits;
}

/** The oldest first; those of one time by key, so that the same ones are listed in each run. */
function byAge(one: LedgerEntry, other: LedgerEntry): number {
  return beginOf(one) - beginOf(other) || (one.key < other.key ? -1 : 1);
}

/** Confirmed mismatches, the oldest first, each key once also after it was cut. */
function listed(run: RunContext<Settings>, { ledger }: CycleResult): readonly (LedgerEntry & { label: string })[] {
  const confirmed = [...ledger.entries.values()].filter(({ confirmedAt }) => confirmedAt !== null);
  const byLabel = new Map<string, LedgerEntry & { label: string }>();
  for (const entry of confirmed.sort(byAge)) {
    if (byLabel.size >= run.settings.samples) break;
    const label = cutText(String(entry.key), mostKeyCharacters);
    if (!byLabel.has(label)) byLabel.set(label, { ...entry, label });
  }
  return [...byLabel.values()];
}

function kindSamples(run: RunContext<Settings>, company: string, totals: Totals): Sample[] {
  return [...totals].flatMap(([mismatch, { confirmed, candidates, oldest, amounts }]) => [
    sample(families.mismatched, company, confirmed, { mismatch }),
    sample(families.candidates, company, candidates, { mismatch }),
    ...[...amounts].map(([currency, amount]) =>
      sample(families.amount, company, Number(amount), {
        mismatch,
        currency: cutText(currency, mostKeyCharacters),
      }),
    ),
    ...localInstant(run, company, oldest, [families.oldest, families.oldestOffset], { mismatch }),
    ...limitsOf(run.settings, mismatch).map(({ severity, value }) =>
      sample(families.threshold, company, value, { mismatch, severity }),
    ),
  ]);
}

function runSamples(run: RunContext<Settings>, company: string, result: CycleResult): Sample[] {
  const { read, seconds, compared, verifiedThrough, oldestAudit, plan } = result;
  const optional = (family: Sample['family'], at: Instant | null) =>
    at === null ? [] : [sample(family, company, at / 1000)];
  return [
    sample(families.compared, company, compared),
    ...sideNames.flatMap((side) => [
      sample(families.readRows, company, read[side].rows, { side }),
      sample(families.readBytes, company, read[side].bytes, { side }),
    ]),
    ...Object.entries(seconds).map(([phase, value]) => sample(families.duration, company, value, { phase })),
    ...optional(families.verifiedThrough, verifiedThrough),
    ...optional(families.auditedSince, oldestAudit),
    sample(families.auditEvery, company, run.settings.full_audit_every / 1000),
    sample(families.info, company, 1, { ...titlesOf(run.settings), plan: plan?.name ?? '' }),
  ];
}

function statusOf(run: RunContext<Settings>, company: string, totals: Totals, through: Instant | null): CompanyStatus {
  const counts = mismatchKinds.map((kind) => ({ kind, count: totals.get(kind)?.confirmed ?? 0 }));
  const states = counts.flatMap(({ kind, count }) => {
    const limits = limitsOf(run.settings, kind);
    if (limits.length === 0) return count > 0 ? [failureState(run)] : [];
    return limits.filter(({ value }) => count > value).map(({ severity }) => severity);
  });
  const open = counts.filter(({ count }) => count > 0);
  const candidates = [...totals.values()].reduce((sum, kind) => sum + kind.candidates, 0);
  const parts = [
    ...open.map(({ kind, count }) => `${count} ${describe(run.settings, kind)}`),
    ...(candidates > 0 ? [`${candidates} not confirmed yet`] : []),
    ...(open.length === 0 && candidates === 0 ? ['both sides agree'] : []),
    through === null
      ? 'not everything compared yet'
      : `verified through ${localTime(through, run.timezone(company))}`,
  ];
  return { company, state: worst(states), text: parts.join(', ') };
}

/** What a run tells of its company. */
export function report(
  run: RunContext<Settings>,
  company: string,
  result: CycleResult,
): { readonly samples: Sample[]; readonly status: CompanyStatus; readonly records: OpenRecord[] } {
  const shown = listed(run, result).map((entry) => {
    const both = entry.left !== null && entry.right !== null && entry.kind === 'different';
    return {
      ...entry,
      url: run.recordUrl(String(entry.key)),
      leftText: rowText(run, company, entry.left, both ? entry.right : null),
      rightText: rowText(run, company, entry.right, both ? entry.left : null),
    };
  });
  const totals = ledgerTotals(result.ledger);
  const confirmed = [...totals.values()].reduce((sum, kind) => sum + kind.confirmed, 0);
  const titles = titlesOf(run.settings);
  return {
    samples: [
      ...kindSamples(run, company, totals),
      ...shown.map((entry) =>
        sample(families.mismatch, company, beginOf(entry) / 1000, {
          mismatch: entry.kind,
          record: entry.label,
          left: entry.leftText,
          right: entry.rightText,
          since: localTime(beginOf(entry), run.timezone(company)),
          url: entry.url,
        }),
      ),
      sample(families.omitted, company, confirmed - shown.length),
      ...runSamples(run, company, result),
    ],
    status: statusOf(run, company, totals, result.verifiedThrough),
    records: shown.map((entry): OpenRecord => ({
      company,
      state: 'failed',
      record: entry.label,
      since: beginOf(entry),
      error: [
        describe(run.settings, entry.kind),
        ...(entry.leftText === '' ? [] : [`${titles.left}: ${entry.leftText}`]),
        ...(entry.rightText === '' ? [] : [`${titles.right}: ${entry.rightText}`]),
      ].join('; '),
      code: '',
      call: '',
      url: entry.url,
    })),
  };
}
