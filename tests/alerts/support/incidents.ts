import { jobIncidents } from './job-incidents.ts';
import { reconciliationIncidents } from './reconciliation-incidents.ts';
import { minuteOf } from './shop.ts';
import type { Fault } from './shop.ts';

/** An alert that must report an incident: `ErpRecordFailed critical`, with the company where two have it. */
export type Expected = `${string} ${'warning' | 'critical'}` | `${string} ${'warning' | 'critical'} ${string}`;

/** Something that goes wrong, and every alert that must come of it; no other may. */
export interface Incident {
  readonly what: string;
  /** A clock in Brussels, as in `2026-10-20T10:07`. */
  readonly at: string;
  readonly minutes: number;
  readonly faults: readonly Fault[];
  readonly alerts: readonly Expected[];
  /** Exporters beside each other; 1 by default. */
  readonly replicas?: number;
  /** Minutes between two scrapes; 1 by default. */
  readonly stepMinutes?: number;
}

/** At least one incident for each alert and severity, two at once, one on a Sunday. */
export const incidents: readonly Incident[] = [
  {
    what: 'An order is refused: credit limit',
    at: '2026-10-20T10:07',
    minutes: 60,
    faults: ['order fails'],
    alerts: ['ErpRecordFailed critical'],
  },
  {
    what: 'The same on a Sunday afternoon',
    at: '2026-11-08T14:00',
    minutes: 60,
    faults: ['order fails'],
    alerts: ['ErpRecordFailed critical'],
  },
  {
    what: 'Two at once: an order is refused at acme, the CRM sync of globex stops',
    at: '2026-11-03T10:06',
    minutes: 90,
    faults: ['order fails', 'globex sync stops'],
    alerts: ['ErpRecordFailed critical acme', 'ErpSyncStale warning globex'],
  },
  {
    what: 'An order fails with an error that nobody knows, after an update',
    at: '2026-10-21T09:30',
    minutes: 60,
    faults: ['order fails with an unknown error'],
    alerts: ['ErpRecordFailed critical', 'ErpNewKindOfError warning'],
  },
  {
    what: 'A customer cannot be handed over (a monitor that is not critical)',
    at: '2026-10-21T13:00',
    minutes: 60,
    faults: ['customer fails'],
    alerts: ['ErpRecordFailed warning'],
  },
  {
    what: 'The password of the ERP has expired: 25 orders fail',
    at: '2026-10-22T08:45',
    minutes: 60,
    faults: ['orders fail'],
    alerts: ['ErpMassFailure critical', 'ErpRecordFailed critical'],
  },
  {
    what: '21 customers fail',
    at: '2026-10-22T14:00',
    minutes: 60,
    faults: ['customers fail'],
    alerts: ['ErpMassFailure warning', 'ErpRecordFailed warning'],
  },
  {
    what: 'The integration hangs: nothing is handed over',
    at: '2026-10-26T09:00',
    minutes: 300,
    faults: ['integration stops'],
    alerts: [
      'ErpRecordsLate warning acme',
      'ErpRecordsLate critical acme',
      'ErpFlowSilent warning acme',
      'ErpFlowSilent critical acme',
      'ErpRecordsLate warning globex',
      'ErpRecordsLate critical globex',
      'ErpFlowSilent warning globex',
      'ErpFlowSilent critical globex',
    ],
  },
  {
    what: 'Nobody can order: the checkout is broken',
    at: '2026-11-10T09:00',
    minutes: 300,
    faults: ['nobody orders'],
    alerts: [
      'ErpFlowSilent warning acme',
      'ErpFlowSilent critical acme',
      'ErpFlowSilent warning globex',
      'ErpFlowSilent critical globex',
    ],
  },
  {
    what: 'One order of EUR 62,500.50 waits',
    at: '2026-10-27T10:01',
    minutes: 10,
    faults: ['large order'],
    alerts: ['ErpAmountAtRisk warning', 'ErpAmountAtRisk critical'],
  },
  ...reconciliationIncidents,
  {
    what: 'The mail server refuses order confirmations',
    at: '2026-10-27T15:00',
    minutes: 60,
    faults: ['mail server refuses'],
    alerts: [
      'ErpRecordsLate warning',
      'ErpRecordsLate critical',
      'ErpMailsNotGenerated warning',
      'ErpMailsNotGenerated critical',
    ],
  },
  {
    what: 'The CRM sync stops',
    at: '2026-10-28T09:06',
    minutes: 180,
    faults: ['sync stops'],
    alerts: ['ErpSyncStale warning', 'ErpSyncStale critical'],
  },
  {
    what: 'The CRM sync stops on Friday evening, 40 minutes before the office closes',
    at: '2026-11-06T17:40',
    minutes: 3780,
    faults: ['sync stops'],
    alerts: ['ErpSyncStale warning'],
    stepMinutes: 2,
  },
  {
    what: 'The log of the sync was emptied',
    at: '2026-10-28T14:00',
    minutes: 120,
    faults: ['sync log is empty'],
    alerts: ['ErpSyncNeverRan warning'],
  },
  {
    what: 'The sync rejects four records',
    at: '2026-10-29T10:00',
    minutes: 60,
    faults: ['sync rejects'],
    alerts: ['ErpSyncRejects warning'],
  },
  {
    what: 'The sync rejects nearly all records: 250',
    at: '2026-10-29T15:00',
    minutes: 60,
    faults: ['sync rejects nearly all'],
    alerts: ['ErpSyncRejects warning', 'ErpSyncRejects critical'],
  },
  {
    what: 'Baskets stay drafts: one more every minute, from 23 on, where 20 are allowed and 60 are too many',
    at: '2026-11-06T09:00',
    minutes: 90,
    faults: ['drafts pile up'],
    alerts: ['ErpQueryThreshold warning', 'ErpQueryThreshold critical'],
  },
  {
    what: 'The job orders-out fails',
    at: '2026-10-29T13:01',
    minutes: 60,
    faults: ['hourly job fails'],
    alerts: ['ErpJobFailed warning'],
  },
  {
    what: 'The nightly job stock-in fails',
    at: '2026-10-30T02:00',
    minutes: 90,
    faults: ['nightly job fails'],
    alerts: ['ErpJobFailed critical'],
  },
  {
    what: 'The scheduler no longer starts orders-out',
    at: '2026-10-30T08:50',
    minutes: 420,
    faults: ['hourly job stops'],
    alerts: ['ErpJobOverdue warning', 'ErpJobOverdue critical'],
  },
  {
    what: 'A run of orders-out does not end',
    at: '2026-11-02T10:01',
    minutes: 60,
    faults: ['hourly job hangs'],
    alerts: ['ErpJobStuck warning'],
  },
  {
    what: 'The nightly run of stock-in does not end',
    at: '2026-11-03T02:00',
    minutes: 120,
    faults: ['nightly job hangs'],
    alerts: ['ErpJobStuck critical'],
  },
  {
    what: 'The job orders-out was deleted',
    at: '2026-11-02T14:00',
    minutes: 60,
    faults: ['hourly job is deleted'],
    alerts: ['ErpJobMissing warning'],
  },
  {
    what: 'The job stock-in was deleted',
    at: '2026-11-02T16:00',
    minutes: 60,
    faults: ['nightly job is deleted'],
    alerts: ['ErpJobMissing critical'],
  },
  {
    what: 'Somebody disables orders-out',
    at: '2026-11-04T11:00',
    minutes: 60,
    faults: ['hourly job is disabled'],
    alerts: ['ErpJobDisabled warning'],
  },
  {
    what: 'A table of the CRM was renamed',
    at: '2026-11-04T14:00',
    minutes: 60,
    faults: ['sync query fails'],
    alerts: ['ErpMonitorFailing warning'],
  },
  {
    what: 'A table of the shop was renamed',
    at: '2026-11-04T16:00',
    minutes: 60,
    faults: ['order query fails'],
    alerts: ['ErpMonitorFailing critical'],
  },
  {
    what: 'The query of the orders does not end',
    at: '2026-11-05T09:00',
    minutes: 60,
    faults: ['order query hangs'],
    alerts: ['ErpMonitorStale warning'],
  },
  {
    what: 'The query of the orders returns more than max_rows',
    at: '2026-11-05T11:00',
    minutes: 60,
    faults: ['order query returns too much'],
    alerts: ['ErpMonitorTruncated warning'],
  },
  {
    what: 'The login lost its rights on the orders: the canary is empty',
    at: '2026-11-05T14:00',
    minutes: 60,
    faults: ['order query is blind'],
    alerts: ['ErpMonitorBlind warning', 'ErpMonitorFailing critical'],
  },
  {
    what: 'The database of the ERP is down',
    at: '2026-11-09T10:00',
    minutes: 45,
    faults: ['erp is down'],
    alerts: [
      'ErpDatabaseDown critical',
      'ErpMonitorFailing warning acme crm_sync',
      'ErpMonitorFailing warning acme datamoves',
      'ErpMonitorFailing warning globex crm_sync',
      'ErpMonitorFailing critical acme nightly',
      'ErpMonitorFailing critical acme orders_arrived',
      'ErpMonitorFailing warning acme payments_booked',
    ],
  },
  {
    what: 'The clock of the ERP is an hour off',
    at: '2026-11-09T14:00',
    minutes: 60,
    faults: ['erp clock is off'],
    alerts: ['ErpDatabaseClockSkew warning'],
  },
  {
    what: 'A bad configuration is loaded',
    at: '2026-11-10T15:00',
    minutes: 60,
    faults: ['configuration is bad'],
    alerts: ['ErpConfigReloadFailed warning'],
  },
  {
    what: 'The exporter stops, in the night',
    at: '2026-11-12T03:00',
    minutes: 60,
    faults: ['exporter is down'],
    alerts: ['ErpExporterDown critical'],
  },
  {
    what: 'One of two exporters stops',
    at: '2026-11-12T10:00',
    minutes: 60,
    faults: ['replica is down'],
    alerts: ['ErpExporterDown warning'],
    replicas: 2,
  },
  ...jobIncidents,
];

/** Minutes of the month at which an incident begins and ends. */
export function rangeOf({ at, minutes }: Incident): { readonly from: number; readonly to: number } {
  const from = minuteOf(at);
  return { from, to: from + minutes };
}
