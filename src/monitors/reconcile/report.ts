import type { CompanyStatus, OpenRecord, RunContext, Sample } from '../contract.ts';
import { noteCurrencies, withZeros } from '../shared/currencies.ts';
import { localInstant, localTime } from '../shared/local-time.ts';
import { cutText, sample } from '../shared/samples.ts';
import { limitsOf, statusOf } from './company-status.ts';
import type { CycleResult } from './engine/cycle-types.ts';
import { beginOf } from './engine/ledger/ledger.ts';
import { ledgerTotals } from './engine/ledger/ledger-totals.ts';
import type { LedgerTotals } from './engine/ledger/ledger-totals.ts';
import { sideNames } from './engine/types.ts';
import { families } from './families.ts';
import { listed, mostKeyCharacters, openRecordOf, titlesOf } from './mismatch-texts.ts';
import type { ListedMismatch } from './mismatch-texts.ts';
import type { Settings } from './settings.ts';

/** Amounts by currency as they are exported, of one kind of mismatch. */
function exportedAmounts(amounts: ReadonlyMap<string, string>): [currency: string, sum: number][] {
  return [...amounts].map(([currency, sum]) => [cutText(currency, mostKeyCharacters), Number(sum)]);
}

/** A currency that was seen in a mismatch of any kind is exported for all of them, 0 included. */
function currenciesOf({ state }: RunContext<Settings>, totals: LedgerTotals): readonly string[] {
  const seen = [...totals.values()].flatMap(({ amounts }) => exportedAmounts(amounts).map(([code]) => code));
  return noteCurrencies(state, new Map([['', seen]])).get('') ?? [];
}

function kindSamples(run: RunContext<Settings>, company: string, totals: LedgerTotals): Sample[] {
  const currencies = currenciesOf(run, totals);
  return [...totals].flatMap(([mismatch, { confirmed, candidates, oldest, amounts }]) => [
    sample(families.mismatched, company, confirmed, { mismatch }),
    sample(families.candidates, company, candidates, { mismatch }),
    ...[...withZeros(exportedAmounts(amounts), currencies)].map(([currency, sum]) =>
      sample(families.amount, company, sum, { mismatch, currency }),
    ),
    ...localInstant(run, company, oldest, [families.oldest, families.oldestOffset], { mismatch }),
    ...limitsOf(run.settings, mismatch).map(({ severity, value }) =>
      sample(families.threshold, company, value, { mismatch, severity }),
    ),
  ]);
}

function runSamples(run: RunContext<Settings>, company: string, result: CycleResult): Sample[] {
  const { read, seconds, compared, plan } = result;
  const inSeconds = (family: Sample['family'], ms: number | null) =>
    ms === null ? [] : [sample(family, company, ms / 1000)];
  return [
    sample(families.compared, company, compared),
    ...sideNames.flatMap((side) => [
      sample(families.readRows, company, read[side].rows, { side }),
      sample(families.readBytes, company, read[side].bytes, { side }),
    ]),
    ...Object.entries(seconds).map(([phase, value]) => sample(families.duration, company, value, { phase })),
    ...inSeconds(families.verifiedThrough, result.verifiedThrough),
    ...inSeconds(families.auditedSince, result.oldestAudit),
    // On the clock by which the success of runs is timed.
    ...inSeconds(families.uncheckedSince, run.now - (result.now - result.uncheckedSince)),
    ...inSeconds(families.detection, result.detectionMs),
    ...inSeconds(families.round, result.roundMs),
    ...inSeconds(families.auditEvery, run.settings.full_audit_every),
    ...(plan === null
      ? []
      : [sample(families.info, company, 1, { ...titlesOf(run.settings), plan: plan.name })]),
  ];
}

/** The series of one confirmed mismatch. */
function mismatchSample(run: RunContext<Settings>, company: string, entry: ListedMismatch): Sample {
  const begin = beginOf(entry);
  return sample(families.mismatch, company, begin / 1000, {
    mismatch: entry.kind,
    record: entry.label,
    left: entry.leftText,
    right: entry.rightText,
    since: localTime(begin, run.timezone(company)),
    url: entry.url,
  });
}

/** What a run reports for its company. */
export function report(
  run: RunContext<Settings>,
  company: string,
  result: CycleResult,
): { readonly samples: Sample[]; readonly status: CompanyStatus; readonly records: OpenRecord[] } {
  const shown = listed(run, company, result.ledger);
  const totals = ledgerTotals(result.ledger);
  const confirmed = [...totals.values()].reduce((sum, kind) => sum + kind.confirmed, 0);
  return {
    samples: [
      ...kindSamples(run, company, totals),
      ...shown.map((entry) => mismatchSample(run, company, entry)),
      sample(families.omitted, company, confirmed - shown.length),
      ...runSamples(run, company, result),
    ],
    status: statusOf(run, company, totals, result),
    records: shown.map((entry) => openRecordOf(run.settings, company, entry)),
  };
}
