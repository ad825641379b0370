import type { Incident } from './incidents.ts';

/** What no status column shows: records that are on one side and not, or not so, on the other. */
export const reconciliationIncidents: readonly Incident[] = [
  {
    what: 'An order never arrives in the ERP, and nothing failed',
    at: '2026-10-23T10:01',
    minutes: 60,
    faults: ['order is lost'],
    alerts: ['ErpRecordsMissing critical orders_arrived missing_right'],
  },
  {
    what: 'A payment is booked in the ERP that the shop never took',
    at: '2026-10-23T13:00',
    minutes: 60,
    faults: ['payment is booked by hand'],
    alerts: ['ErpRecordsMissing warning payments_booked missing_left'],
  },
  {
    what: 'Amounts differ: from now on discounts are booked twice, a payment each ten minutes',
    at: '2026-10-23T15:00',
    minutes: 120,
    faults: ['payment amounts differ'],
    alerts: [
      'ErpRecordsDifferent warning payments_booked',
      'ErpRecordsDifferent critical payments_booked',
      'ErpSamplesOmitted warning payments_booked',
    ],
  },
  {
    what: 'An update lets orders arrive twice',
    at: '2026-10-26T15:00',
    minutes: 60,
    faults: ['orders arrive twice'],
    alerts: ['ErpRecordsDuplicate critical orders_arrived'],
  },
  {
    what: 'A payment is booked twice',
    at: '2026-10-26T17:00',
    minutes: 60,
    faults: ['payment is booked twice'],
    alerts: ['ErpRecordsDuplicate warning payments_booked'],
  },
  {
    what: 'Reconciliation is stalled: an index was dropped, no run gets through the new records',
    at: '2026-11-10T08:30',
    minutes: 1560,
    faults: ['reconciliation stands still'],
    alerts: [
      'ErpReconciliationStale warning orders_arrived',
      'ErpReconciliationStale critical orders_arrived',
      'ErpReconciliationStale warning payments_booked',
      'ErpReconciliationStale critical payments_booked',
    ],
    stepMinutes: 2,
  },
];
