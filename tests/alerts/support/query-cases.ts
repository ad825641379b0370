import { business, described, details } from './cases.ts';
import type { AlertCase, MonitorFacts } from './cases.ts';
import { withLabels } from './series.ts';

const drafts: MonitorFacts = { flow: 'orders', monitor: 'drafts', kind: 'query', criticality: 'normal' };
const metric = 'shop_drafts';

/** What is exported of one threshold: how many series are beyond it, and which of them is furthest. */
const standing = (severity: string, limit: string, beyond: number, series: string, worst: number) => ({
  [withLabels('shop_drafts_threshold', { severity })]: Number(limit.split(' ')[1]),
  [withLabels('erp_query_series_over_threshold', { metric, severity })]: beyond,
  ...(beyond === 0
    ? {}
    : { [withLabels('erp_query_worst_series_value', { metric, severity, series, limit })]: worst }),
});

const threshold = business({
  alert: 'ErpQueryThreshold',
  severity: 'warning',
  monitor: drafts,
  forMinutes: 2,
  labels: { metric },
  annotations: {
    summary: 'A metric is beyond its threshold.',
    ...described(
      'acme: 2 series of shop_drafts are beyond the warning threshold (monitor drafts of flow orders).',
      'acme: 2 reeksen van shop_drafts zijn over de drempel (meer dan 20), de ergste: 1234567.5 (shop=be, state="new") (controle drafts van proces orders).',
      'acme: 2 Reihen von shop_drafts liegen jenseits der Schwelle (über 20), am schlimmsten: 1234567.5 (shop=be, state="new") (Prüfung drafts des Prozesses orders).',
      'acme\u00a0: 2 séries de shop_drafts dépassent le seuil (plus de 20), la pire\u00a0: 1234567.5 (shop=be, state="new") (contrôle drafts du processus orders).',
    ),
    details: details({ series: '2', worst: '1234567.5', which: 'shop=be, state="new"', limit: 'above 20' }),
  },
  good: () => standing('warning', 'above 20', 0, '', 0),
  bad: () => standing('warning', 'above 20', 2, 'shop=be, state="new"', 1_234_567.5),
});

/** The alerts about metrics of `query` monitors. */
export const queryCases: readonly AlertCase[] = [
  threshold,
  {
    ...threshold,
    severity: 'critical',
    annotations: {
      summary: 'A metric is beyond its threshold.',
      ...described(
        'acme: 1 series of shop_drafts is beyond the critical threshold (monitor drafts of flow orders).',
        'acme: 1 reeks van shop_drafts is over de drempel (minder dan 5), de ergste: 0 (controle drafts van proces orders).',
        'acme: 1 Reihe von shop_drafts liegt jenseits der Schwelle (unter 5), am schlimmsten: 0 (Prüfung drafts des Prozesses orders).',
        'acme\u00a0: 1 série de shop_drafts dépasse le seuil (moins de 5), la pire\u00a0: 0 (contrôle drafts du processus orders).',
      ),
      details: details({ series: '1', worst: '0', limit: 'below 5' }),
    },
    good: () => standing('critical', 'below 5', 0, '', 0),
    bad: () => standing('critical', 'below 5', 1, '', 0),
  },
];
