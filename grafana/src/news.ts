import type { PanelBuilder } from './panels.ts';
import { each, firingAlerts } from './promql.ts';
import {
  ago,
  agoWidth,
  companyColumn,
  environmentColumn,
  errorColumn,
  flowColumn,
  instant,
  knownColumn,
  monitorColumn,
  severityWords,
} from './shared.ts';
import { tablePanel } from './tables.ts';

/** Kinds of error that were not seen before. */
export function newErrorsTable(): PanelBuilder {
  return tablePanel({
    title: 'New kinds of error',
    description: 'Kinds of error that are open and were first seen within the last 24 hours.',
    sortBy: 'First seen',
    descending: true,
    noValue: 'No new kind of error.',
    columns: [
      {
        name: 'First seen',
        expr: instant(each('erp_new_error_timestamp_seconds', { by: 'error, category, known, responder' })),
        unit: ago,
        width: agoWidth,
      },
      errorColumn,
      { label: 'category', name: 'Category', width: 125 },
      knownColumn,
      { label: 'responder', name: 'First responder', width: 120 },
      environmentColumn,
      companyColumn,
      flowColumn,
      monitorColumn,
    ],
  });
}

/** Where there are more, or fewer, failed records than a day ago. */
export function changesTable(): PanelBuilder {
  const now = each('erp_failed_records');
  const yesterday = each('erp_failed_records', { offset: '1d' });
  return tablePanel({
    title: 'Failed records, compared with a day ago',
    description: 'Monitors whose number of open failed records differs from 24 hours ago.',
    sortBy: 'Change',
    descending: true,
    noValue: 'No change since a day ago, or no data from then.',
    columns: [
      {
        name: 'Change',
        expr: `${now} - ${yesterday} != 0`,
        steps: [
          [null, 'green'],
          [1, 'orange'],
        ],
        width: 90,
      },
      environmentColumn,
      companyColumn,
      { ...flowColumn, forLinks: true },
      monitorColumn,
    ],
  });
}

/** The alerts that fire, and since when. */
export function alertsTable(): PanelBuilder {
  const labels =
    'alertname, severity, environment, company, flow, monitor, record, error, job_name, mismatch, database, responder';
  const firing = firingAlerts();
  const since = 'ALERTS_FOR_STATE{alertname=~"Erp.+"}';
  return tablePanel({
    title: 'Firing alerts',
    description:
      'The alerts firing now. Silences and inhibitions of Alertmanager are not taken into account.',
    sortBy: 'Severity',
    thenBy: { name: 'Since', descending: true },
    noValue: 'No alert is firing.',
    columns: [
      {
        name: 'Since',
        expr: instant(`max by (${labels}) (${since} and ignoring (alertstate) ${firing})`),
        unit: ago,
        width: agoWidth,
      },
      {
        label: 'severity',
        name: 'Severity',
        width: 90,
        words: severityWords,
      },
      { label: 'alertname', name: 'Alert', width: 200 },
      environmentColumn,
      companyColumn,
      { ...flowColumn, forLinks: true },
      monitorColumn,
      { label: 'record', name: 'Record', width: 120 },
      { label: 'job_name', name: 'Job', width: 120 },
      { label: 'mismatch', name: 'Mismatch', width: 110 },
      { label: 'database', name: 'Database', width: 130 },
      errorColumn,
      { label: 'responder', name: 'First responder', width: 120 },
    ],
  });
}
