import { business, byCriticality, described, details, monitorLabels, technical } from './cases.ts';
import type { AlertCase, Cause, MonitorFacts } from './cases.ts';
import { withLabels } from './series.ts';
import type { Values } from './series.ts';

/** A monitor that compares the website with the ERP. */
export const arrivals: MonitorFacts = {
  flow: 'orders',
  monitor: 'orders_arrived',
  kind: 'reconcile',
  criticality: 'normal',
};

export type Mismatch = 'missing_left' | 'missing_right' | 'different' | 'duplicate';
const mismatches: readonly Mismatch[] = ['missing_left', 'missing_right', 'different', 'duplicate'];

/** Within how long a change is seen. */
export const promiseSeconds = 300;

/** What a run exports that finds so many records wrong, by the kind of mismatch, and is done with all it had to compare. */
export function compared(at: number, counts: Partial<Readonly<Record<Mismatch, number>>> = {}): Values {
  return {
    ...Object.fromEntries(
      mismatches.map((mismatch) => [
        withLabels('erp_reconciliation_mismatched_records', { mismatch }),
        counts[mismatch] ?? 0,
      ]),
    ),
    'erp_reconciliation_info{left="website",right="ERP",plan="rows"}': 1,
    erp_reconciliation_verified_through_timestamp_seconds: at - 300,
    erp_reconciliation_oldest_audit_timestamp_seconds: at - 60,
    erp_reconciliation_unchecked_since_timestamp_seconds: at - 60,
    erp_reconciliation_detection_seconds: promiseSeconds,
    erp_reconciliation_full_audit_interval_seconds: 86_400,
  };
}

/** A record that is listed, with what each side says of it. */
interface Example {
  readonly record: string;
  readonly left: string;
  readonly right: string;
  readonly since: string;
  readonly url: string;
}

const exampleOf = (record: string, left: string, right: string, since: string): Example => ({
  record,
  left,
  right,
  since,
  url: `https://shop.example/orders/${encodeURIComponent(record)}`,
});

/** The series of examples, each a minute younger than the one before. */
function listed(mismatch: Mismatch, examples: readonly Example[], since: number): Values {
  return Object.fromEntries(
    examples.map((example, index) => [
      withLabels('erp_reconciliation_mismatch_timestamp_seconds', { mismatch, ...example }),
      since + index * 60,
    ]),
  );
}

/** What the details say of examples. */
function exampleTexts(examples: readonly Example[]): Record<string, string> {
  return Object.fromEntries(
    examples.flatMap(({ record, since, left, right, url }, index) =>
      Object.entries({ record, since, left, right, url }).map(([name, text]) => [`${name}_${index + 1}`, text]),
    ),
  );
}

const inAll = { left: 'website', right: 'ERP' };
const where = ['(monitor orders_arrived of flow orders).', '(controle orders_arrived van proces orders).'] as const;
const whereElse = [
  '(Prüfung orders_arrived des Prozesses orders).',
  '(contrôle orders_arrived du processus orders).',
] as const;

/** Descriptions: what is said before the records, and the records, in English, Dutch, German and French. */
function descriptionsOf(records: string, texts: readonly [string, string, string, string]): Record<string, string> {
  const [en, nl, de, fr] = texts;
  return described(
    `acme: ${en} ${where[0]}`,
    `acme: ${nl}: ${records} ${where[1]}`,
    `acme: ${de}: ${records} ${whereElse[0]}`,
    `acme\u00a0: ${fr}\u00a0: ${records} ${whereElse[1]}`,
  );
}

interface MismatchCase {
  readonly alert: string;
  readonly mismatch: Mismatch;
  readonly count: number;
  readonly examples: readonly Example[];
  readonly amounts: Values;
  readonly amount: string;
  readonly annotations: Readonly<Record<string, string>>;
}

function causeOf({ mismatch, count, examples, amounts }: MismatchCase): Cause {
  return {
    good: (at) => compared(at),
    bad: (at, since) => ({
      ...compared(at, { [mismatch]: count }),
      ...listed(mismatch, examples, since),
      ...amounts,
      [withLabels('erp_reconciliation_oldest_mismatch_timestamp_seconds', { mismatch })]: since,
      [withLabels('erp_reconciliation_oldest_mismatch_utc_offset_seconds', { mismatch })]: 3600,
    }),
  };
}

/** One mismatch is too many, a warning or, at a critical monitor, critical: no threshold is set. */
function mismatchCases(given: MismatchCase): readonly AlertCase[] {
  const { alert, mismatch, count, amount, annotations, examples } = given;
  return byCriticality(
    business({
      alert,
      severity: 'warning',
      monitor: arrivals,
      forMinutes: 0,
      labels: { mismatch },
      annotations: {
        ...annotations,
        record_count: String(count),
        details: details({
          ...inAll,
          ...exampleTexts(examples.slice(0, 3)),
          amount,
          since: '1970-01-01 01:10',
        }).trimEnd(),
      },
      ...causeOf(given),
    }),
    0,
  );
}

const amountOf = (mismatch: Mismatch, currency: string) =>
  withLabels('erp_reconciliation_amount', { mismatch, currency });

const missing = mismatchCases({
  alert: 'ErpRecordsMissing',
  mismatch: 'missing_right',
  count: 4,
  examples: [
    exampleOf('W-10"45', 'total=12.50 state=paid', '', '2026-11-21 10:42'),
    exampleOf('W-11', 'total={{ .Labels }} state=open', '', '2026-11-21 10:43'),
    exampleOf('W-12', 'total=7.00 state=paid', '', '2026-11-21 10:44'),
    exampleOf('W-13', 'total=8.00 state=paid', '', '2026-11-21 10:45'),
  ],
  amounts: { [amountOf('missing_right', 'EUR')]: 1_234_567.5, [amountOf('missing_right', 'CHF')]: 99 },
  amount: 'EUR 1,234,567.50, CHF 99.00',
  annotations: {
    summary: 'Records of one side are missing on the other.',
    ...descriptionsOf('W-10"45, W-11, W-12, …', [
      '4 records are missing on the right side',
      '4 records van website ontbreken in ERP',
      '4 Datensätze von website fehlen in ERP',
      '4 enregistrements de website manquent dans ERP',
    ]),
  },
});

const different = mismatchCases({
  alert: 'ErpRecordsDifferent',
  mismatch: 'different',
  count: 1,
  examples: [exampleOf('W-77', 'total=77.25', 'total=77.26', '2026-11-21 10:42')],
  amounts: { [amountOf('different', 'EUR')]: 0.01 },
  amount: 'EUR 0.01',
  annotations: {
    summary: 'Records differ between the two sides.',
    ...descriptionsOf('W-77', [
      '1 record differs between the two sides',
      '1 record verschilt tussen website en ERP',
      '1 Datensatz unterscheidet sich zwischen website und ERP',
      '1 enregistrement diffère entre website et ERP',
    ]),
  },
});

const duplicate = mismatchCases({
  alert: 'ErpRecordsDuplicate',
  mismatch: 'duplicate',
  count: 2,
  examples: [
    exampleOf('W-5', 'total=5.00', 'total=5.00', '2026-11-21 10:42'),
    exampleOf('W-6', 'total=6.00', 'total=6.00', '2026-11-21 10:43'),
  ],
  amounts: { [amountOf('duplicate', '')]: 11 },
  amount: '11.00',
  annotations: {
    summary: 'Records exist more than once on one side.',
    ...descriptionsOf('W-5, W-6', [
      '2 records exist more than once on one side',
      '2 records staan meer dan eens in website of ERP',
      '2 Datensätze stehen mehrfach in website oder ERP',
      '2 enregistrements figurent plusieurs fois dans website ou ERP',
    ]),
  },
});

/** The age of what was compared longest ago, as of the last run, is over the limit by the first second of it. */
function stands(limit: number): Cause {
  return {
    good: (at) => compared(at),
    bad: (at, since) => {
      const oldest = since - limit - 1;
      return {
        ...compared(at),
        erp_reconciliation_oldest_audit_timestamp_seconds: oldest,
        erp_reconciliation_unchecked_since_timestamp_seconds: oldest,
      };
    },
  };
}

/** What the alert says once `for` is over. */
function standingTexts(age: string): Record<string, string> {
  return {
    summary: 'Reconciliation is stalled.',
    ...described(
      `acme: reconciliation is stalled ${where[0]}`,
      `acme: de vergelijking van website en ERP schiet niet op: bij de laatste uitvoering was een deel ervan al ${age} niet vergeleken, in plaats van binnen 5m 0s ${where[1]}`,
      `acme: der Abgleich von website und ERP kommt nicht voran: Beim letzten Lauf war ein Teil davon seit ${age} nicht verglichen, statt innerhalb von 5m 0s ${whereElse[0]}`,
      `acme\u00a0: la comparaison de website et ERP n’avance pas\u00a0: à la dernière exécution, une partie n’avait pas été comparée depuis ${age}, au lieu de 5m 0s au plus ${whereElse[1]}`,
    ),
    details: details({ unchecked: age, promised: '5m 0s', ...inAll }),
  };
}

const stale = technical({
  alert: 'ErpReconciliationStale',
  severity: 'warning',
  forMinutes: 15,
  labels: monitorLabels(arrivals),
  monitor: arrivals,
  annotations: standingTexts('22m 31s'),
  ...stands(1.5 * promiseSeconds),
});

const omitted = business({
  alert: 'ErpSamplesOmitted',
  severity: 'warning',
  monitor: arrivals,
  forMinutes: 10,
  annotations: {
    summary: 'Not every mismatch is listed.',
    ...described(
      'acme: 12 mismatches of flow orders are not listed individually (monitor orders_arrived).',
      'acme: 12 afwijkingen in proces orders zijn niet afzonderlijk vermeld (controle orders_arrived).',
      'acme: 12 Abweichungen im Prozess orders sind nicht einzeln aufgeführt (Prüfung orders_arrived).',
      'acme\u00a0: 12 écarts du processus orders ne sont pas listés individuellement (contrôle orders_arrived).',
    ),
    record_count: '12',
  },
  good: (at) => ({ ...compared(at), erp_reconciliation_mismatch_samples_omitted: 0 }),
  bad: (at) => ({
    ...compared(at, { missing_right: 30, different: 2 }),
    erp_reconciliation_mismatch_samples_omitted: 12,
  }),
});

/** The alerts about what is on one side and not, or not so, on the other. */
export const reconciliationCases: readonly AlertCase[] = [
  ...missing,
  ...different,
  ...duplicate,
  omitted,
  stale,
  {
    ...stale,
    severity: 'critical',
    joinsWarning: true,
    annotations: standingTexts('1h 30m 1s'),
    ...stands(3600 + 3 * promiseSeconds),
  },
];
