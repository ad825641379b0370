import { amount } from './money.ts';
import type { Placed, Section } from './page.ts';
import type { Limit } from './panels.ts';
import { linesPanel } from './panels.ts';
import type { Severity } from './promql.ts';
import { each, limitOfOneMonitor, severities, since } from './promql.ts';
import { legendOf, limitsOf, minutes, monitorLegend } from './shared.ts';

export const mismatched = each('erp_reconciliation_mismatched_records', { by: 'mismatch' });
export const candidates = each('erp_reconciliation_candidate_records', { by: 'mismatch' });
export const amountsOfMismatches = each('erp_reconciliation_amount', { by: 'mismatch, currency' });
/** Of two replicas the one that got further is right. */
export const verifiedThrough = each('erp_reconciliation_verified_through_timestamp_seconds');
export const oldestAudit = each('erp_reconciliation_oldest_audit_timestamp_seconds');

/** For how long the part of the window that has waited longest had waited when the last reading was made. */
const uncheckedFor = `(${each('erp_monitor_last_success_timestamp_seconds')} - ${since('erp_reconciliation_unchecked_since_timestamp_seconds')})`;
const detection = each('erp_reconciliation_detection_seconds');
const audit = each('erp_reconciliation_full_audit_interval_seconds');

/** When ErpReconciliationStale says that a part of the window waits for too long. */
const staleAfter: Readonly<Record<Severity, string>> = {
  warning: `1.5 * (${detection} < ${audit} or ${audit}) / 60`,
  critical: `(3 * (${detection} < ${audit} or ${audit}) + 3600) / 60`,
};
const staleLimits: readonly Limit[] = severities.map((severity) => ({
  severity,
  expr: limitOfOneMonitor(staleAfter[severity]),
  legend: `Threshold (${severity}): ${monitorLegend}`,
}));

const overTime: readonly Placed[] = [
  {
    panel: linesPanel({
      title: 'Confirmed mismatches',
      description:
        'By monitor and kind. Dashed: the configured thresholds; without one, a single record is too many.',
      unit: 'none',
      decimals: 0,
      queries: [{ expr: mismatched, legend: legendOf('mismatch') }],
      limits: limitsOf('erp_reconciliation_mismatched_records_threshold', { by: 'mismatch' }),
    }),
    ...{ x: 0, y: 0, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Amount of the mismatches',
      description: 'Amount of the confirmed mismatches, by monitor, kind and currency.',
      unit: amount,
      decimals: 0,
      queries: [
        {
          expr: amountsOfMismatches,
          legend: `{{currency}} ${legendOf('mismatch')}`,
        },
      ],
    }),
    ...{ x: 12, y: 0, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Age of what is verified',
      description:
        'How far the comparison is behind the clock. A saw-tooth up to settle plus one interval is normal; a line that keeps rising means that reconciliation is stalled (ErpReconciliationStale).',
      unit: minutes,
      queries: [{ expr: `(time() - ${verifiedThrough}) / 60`, legend: monitorLegend }],
    }),
    ...{ x: 0, y: 8, w: 12, h: 8 },
  },
  {
    panel: linesPanel({
      title: 'Longest wait of a part',
      description:
        'For how long the least recently compared part of the window had not been compared at the last run. Dashed: when ErpReconciliationStale fires, from the time within which a change is seen.',
      unit: minutes,
      queries: [
        { expr: `${uncheckedFor} / 60`, legend: monitorLegend },
        { expr: `${detection} / 60`, legend: `Seen within: ${monitorLegend}` },
      ],
      limits: staleLimits,
    }),
    ...{ x: 12, y: 8, w: 12, h: 8 },
  },
];

/** What was open, and how far both sides were compared. */
export const history: Section = {
  title: 'Over time',
  panels: [
    ...overTime,
    {
      panel: linesPanel({
        title: 'Candidates over time',
        description: 'Mismatches not confirmed yet, by monitor and kind.',
        unit: 'none',
        decimals: 0,
        queries: [{ expr: candidates, legend: legendOf('mismatch') }],
      }),
      ...{ x: 0, y: 16, w: 24, h: 8 },
    },
  ],
};

/** What the comparisons cost. */
export const cost: Section = {
  title: 'Load',
  panels: [
    {
      panel: linesPanel({
        narrow: true,
        title: 'Duration by phase',
        description:
          'Duration of each phase of the last runs, of all chosen monitors together: changes (new records), audit (older slices), lookup (by key). Of one monitor their sum stays below max_duration.',
        unit: 's',
        stacked: true,
        queries: [
          {
            expr: `sum by (phase) (${each('erp_reconciliation_duration_seconds', { by: 'phase' })})`,
            legend: '{{phase}}',
          },
        ],
      }),
      ...{ x: 0, y: 0, w: 8, h: 8 },
    },
    {
      panel: linesPanel({
        narrow: true,
        title: 'Rows read',
        description:
          'Rows read from the servers in the last runs, digests included, and records compared with them, of all chosen monitors together: with buckets far fewer rows than records.',
        unit: 'short',
        queries: [
          {
            expr: `sum by (side) (${each('erp_reconciliation_read_rows', { by: 'side' })})`,
            legend: 'Read: {{side}}',
          },
          { expr: `sum(${each('erp_reconciliation_compared_records')})`, legend: 'Compared' },
        ],
      }),
      ...{ x: 8, y: 0, w: 8, h: 8 },
    },
    {
      panel: linesPanel({
        narrow: true,
        title: 'Bytes read',
        description:
          'Bytes of rows read from the servers in the last runs, by side, of all chosen monitors together.',
        unit: 'bytes',
        queries: [
          {
            expr: `sum by (side) (${each('erp_reconciliation_read_bytes', { by: 'side' })})`,
            legend: '{{side}}',
          },
        ],
      }),
      ...{ x: 16, y: 0, w: 8, h: 8 },
    },
  ],
};
