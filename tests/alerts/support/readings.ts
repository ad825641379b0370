import type { Calendar } from '../../../src/calendar/calendar.ts';
import { orderComparison, paymentComparison } from './comparisons.ts';
import type { Values } from './series.ts';
import { withLabels } from './series.ts';
import { instantOf, office, roundTheClock } from './shop.ts';
import { doubtsOf } from './job-doubts.ts';
import type { Company, Job, Shop } from './shop.ts';

/** A monitor of the simulated configuration, for one company. */
export interface MonitorSetup {
  readonly company: 'acme' | 'globex';
  readonly monitor:
    | 'web_orders'
    | 'customers'
    | 'mails'
    | 'crm_sync'
    | 'datamoves'
    | 'nightly'
    | 'baskets'
    | 'orders_arrived'
    | 'payments_booked';
  readonly flow: string;
  readonly kind: string;
  readonly database: 'shop' | 'erp' | 'shop,erp';
  readonly criticality: 'normal' | 'critical';
  readonly responder: string;
  readonly sends: '' | 'mail';
  readonly intervalMinutes: number;
  readonly calendar: Calendar;
}

const setup = (
  company: MonitorSetup['company'],
  monitor: MonitorSetup['monitor'],
  flow: string,
  rest: Partial<MonitorSetup>,
): MonitorSetup => ({
  company,
  monitor,
  flow,
  kind: 'records',
  database: 'shop',
  criticality: 'normal',
  responder: 'erp_partner',
  sends: '',
  intervalMinutes: 1,
  calendar: office,
  ...rest,
});

const erp = { database: 'erp', responder: 'erp_partner' } as const;
const ordersOf = (company: MonitorSetup['company']) =>
  setup(company, 'web_orders', 'orders', { criticality: 'critical' });
const syncOf = (company: MonitorSetup['company']) =>
  setup(company, 'crm_sync', 'crm', { ...erp, kind: 'sync', intervalMinutes: 5 });

const both = {
  kind: 'reconcile',
  database: 'shop,erp',
  intervalMinutes: 5,
  calendar: roundTheClock,
} as const;

/** The monitors of the simulated configuration. */
export const monitors: readonly MonitorSetup[] = [
  ordersOf('acme'),
  ordersOf('globex'),
  setup('acme', 'customers', 'customers', { responder: 'shop_admin' }),
  setup('acme', 'mails', 'emails', { responder: 'web_agency', sends: 'mail', calendar: roundTheClock }),
  syncOf('acme'),
  syncOf('globex'),
  setup('acme', 'datamoves', 'datamove', { ...erp, kind: 'jobs', intervalMinutes: 2 }),
  setup('acme', 'nightly', 'stock', {
    ...erp,
    kind: 'jobs',
    criticality: 'critical',
    intervalMinutes: 2,
    calendar: roundTheClock,
  }),
  setup('acme', 'baskets', 'orders', { kind: 'query', intervalMinutes: 10, calendar: roundTheClock }),
  setup('acme', 'orders_arrived', 'orders', { ...both, criticality: 'critical' }),
  setup('acme', 'payments_booked', 'payments', both),
];

/** What a run saw. `seconds` makes a timestamp of a minute of the month. */
export interface Reading {
  readonly samples: (seconds: (minute: number) => number) => Values;
  /** What moves with the clock, as of a minute of the month. */
  readonly live: (minute: number) => Values;
}

/** What a run comes to: a reading, the reason of its failure, or no end. */
export type Outcome = Reading | 'unreachable' | 'query' | 'blind' | 'hangs';

const nothing = () => ({});

function openSeconds(calendar: Calendar, from: number, to: number): number {
  return calendar.openSeconds(instantOf(from), instantOf(to));
}

function failureSeries(record: string, error: string, responder: string): string {
  return withLabels('erp_failed_record_timestamp_seconds', {
    record,
    error,
    code: error === 'credit-limit' ? 'sap:V1/150' : 'http:400',
    call: 'POST /orders',
    category: error === 'credit-limit' ? 'credit' : 'unknown',
    known: String(!error.startsWith('unknown')),
    responder,
    message: 'refused',
    since: '2026-10-20 10:07',
  });
}

/** Open failures as samples: at most twenty are listed. */
function failures(
  records: readonly { record: string; error: string; responder: string; since: number }[],
  seconds: (minute: number) => number,
): Values {
  return {
    erp_failed_records: records.length,
    erp_failed_record_samples_omitted: Math.max(0, records.length - 20),
    ...Object.fromEntries(
      records
        .slice(0, 20)
        .map(({ record, error, responder, since }) => [
          failureSeries(record, error, responder),
          seconds(since),
        ]),
    ),
  };
}

const several = (count: number, since: number) =>
  Array.from({ length: count }, (_, index) => ({
    record: `W-${100 + index}`,
    error: 'auth-refused',
    responder: 'it',
    since,
  }));

function failedOrders(shop: Shop): { record: string; error: string; responder: string; since: number }[] {
  const one = shop.since('order fails');
  const unknown = shop.since('order fails with an unknown error');
  const many = shop.since('orders fail');
  return [
    ...(one === null ? [] : [{ record: 'W-1', error: 'credit-limit', responder: 'customer', since: one }]),
    ...(unknown === null
      ? []
      : [{ record: 'W-2', error: 'unknown-0123456789ab', responder: '', since: unknown }]),
    ...(many === null ? [] : several(25, many)),
  ];
}

const limits = (metric: string, warning: number, critical: number, labels = '') => ({
  [`${metric}{${labels}severity="warning"}`]: warning,
  [`${metric}{${labels}severity="critical"}`]: critical,
});

const sinceOldestWaiting = 'erp_since_oldest_waiting_record_seconds';

function orderReading(shop: Shop, { company: name, calendar }: MonitorSetup): Reading {
  const { minute } = shop;
  const company = shop.companies[name];
  const { waiting, lastFinished } = company;
  const failed = name === 'acme' ? failedOrders(shop) : [];
  const unknown = name === 'acme' ? shop.since('order fails with an unknown error') : null;
  const isTruncated = name === 'acme' && shop.has('order query returns too much');
  const late = (limitMinutes: number) =>
    waiting.filter(({ since }) => openSeconds(calendar, since, minute) > limitMinutes * 60).length;
  const amount = waiting.reduce((sum, { amount: one }) => sum + one, 0);
  return {
    samples: (seconds) => ({
      ...failures(failed, seconds),
      ...(unknown === null
        ? {}
        : {
            'erp_new_error_timestamp_seconds{error="unknown-0123456789ab",category="unknown",known="false"}':
              seconds(unknown),
          }),
      erp_waiting_records: waiting.length,
      erp_open_records: failed.length + waiting.length,
      ...(amount === 0 ? {} : { 'erp_waiting_records_amount{currency="EUR"}': amount }),
      'erp_open_records_amount{currency="EUR"}': amount,
      ...limits('erp_open_records_amount_threshold', 20_000, 50_000, 'currency="EUR",'),
      ...limits('erp_late_records', late(30), late(120)),
      ...limits(`${sinceOldestWaiting}_threshold`, 30 * 60, 120 * 60),
      ...limits('erp_since_last_finished_record_seconds_threshold', 2 * 3600, 4 * 3600),
      erp_last_finished_record_timestamp_seconds: seconds(lastFinished),
      erp_monitor_truncated: isTruncated ? 1 : 0,
    }),
    live: (at) => ({
      ...(waiting.length === 0
        ? {}
        : { [sinceOldestWaiting]: Math.max(...waiting.map(({ since }) => openSeconds(calendar, since, at))) }),
      erp_since_last_finished_record_seconds: openSeconds(calendar, lastFinished, at),
    }),
  };
}

function customerReading(shop: Shop): Reading {
  const { blipSince } = shop.companies.acme;
  const one = shop.since('customer fails');
  const many = shop.since('customers fail');
  const records = [
    ...(blipSince === null
      ? []
      : [{ record: `C-${blipSince}`, error: 'record-locked', responder: 'shop_admin', since: blipSince }]),
    ...(one === null ? [] : [{ record: 'C-1', error: 'tax-code', responder: 'erp_partner', since: one }]),
    ...(many === null ? [] : several(21, many)),
  ];
  return { samples: (seconds) => failures(records, seconds), live: nothing };
}

function mailReading(shop: Shop): Reading {
  const { mailWaitsSince } = shop.companies.acme;
  const waited = mailWaitsSince === null ? 0 : shop.minute - mailWaitsSince;
  return {
    samples: (seconds) => ({
      ...failures([], seconds),
      erp_waiting_records: mailWaitsSince === null ? 0 : 1,
      'erp_late_records{severity="warning"}': waited > 15 ? 1 : 0,
      'erp_late_records{severity="critical"}': waited > 40 ? 1 : 0,
      [`${sinceOldestWaiting}_threshold{severity="warning"}`]: 15 * 60,
      [`${sinceOldestWaiting}_threshold{severity="critical"}`]: 40 * 60,
    }),
    live: (at): Values => (mailWaitsSince === null ? {} : { [sinceOldestWaiting]: (at - mailWaitsSince) * 60 }),
  };
}

function syncReading(shop: Shop, { company: name, calendar }: MonitorSetup): Reading {
  const isEmpty = name === 'acme' && shop.has('sync log is empty');
  const some = name === 'acme' ? shop.since('sync rejects') : null;
  const many = name === 'acme' ? shop.since('sync rejects nearly all') : null;
  const rejectsSince = many ?? some;
  const rejects = (many === null ? 0 : 250) + (some === null ? 0 : 4);
  const { lastSync } = shop.companies[name];
  return {
    samples: (seconds) => ({
      ...limits('erp_since_last_sync_seconds_threshold', 45 * 60, 120 * 60),
      erp_sync_rejects_today: rejects,
      'erp_sync_rejects_today_threshold{severity="critical"}': 100,
      ...(isEmpty ? {} : { erp_last_sync_timestamp_seconds: seconds(lastSync) }),
    }),
    live: (at): Values => ({
      erp_sync_new_rejects: rejectsSince !== null && at - rejectsSince < 30 ? rejects : 0,
      ...(isEmpty ? {} : { erp_since_last_sync_seconds: openSeconds(calendar, lastSync, at) }),
    }),
  };
}

function jobReading(job: Job, name: string, isEnabled: boolean, calendar: Calendar, limit: Values): Reading {
  const { state, lastSuccess, runningSince } = job;
  const states = ['success', 'failed', 'running', 'missing'].map((status) => [
    withLabels('erp_job_status', { job_name: name, status }),
    status === state ? 1 : 0,
  ]);
  const isMissing = state === 'missing';
  const of = (metric: string) => withLabels(metric, { job_name: name });
  return {
    samples: (seconds) => ({
      ...(Object.fromEntries(states) as Values),
      ...limit,
      'erp_job_enabled{job_name="retired"}': 0,
      'erp_job_disabled_acknowledged{job_name="retired"}': 1,
      ...(isMissing ? {} : { [of('erp_job_enabled')]: isEnabled ? 1 : 0 }),
      ...(runningSince === null || isMissing
        ? {}
        : { [of('erp_job_running_since_timestamp_seconds')]: seconds(runningSince) }),
    }),
    live: (at) => ({
      ...(isMissing || !isEnabled
        ? {}
        : { [of('erp_since_last_job_success_seconds')]: openSeconds(calendar, lastSuccess, at) }),
      ...(runningSince === null || isMissing
        ? {}
        : { [of('erp_since_job_start_seconds')]: (at - runningSince) * 60 }),
    }),
  };
}

function hourlyReading(shop: Shop, { calendar }: MonitorSetup): Reading {
  const { hourly }: Company = shop.companies.acme;
  const limit = {
    ...limits('erp_since_last_job_success_seconds_threshold', 2 * 3600, 6 * 3600),
    'erp_since_job_start_seconds_threshold{severity="warning"}': 1800,
    ...doubtsOf(shop),
  };
  return jobReading(hourly, 'orders-out', !shop.has('hourly job is disabled'), calendar, limit);
}

function nightlyReading(shop: Shop, { calendar }: MonitorSetup): Reading {
  const limit = {
    ...limits('erp_since_last_job_success_seconds_threshold', 26 * 3600, 50 * 3600),
    'erp_since_job_start_seconds_threshold{severity="critical"}': 2700,
  };
  return jobReading(shop.companies.acme.nightly, 'stock-in', true, calendar, limit);
}

function basketReading(shop: Shop): Reading {
  const since = shop.since('drafts pile up');
  const drafts = since === null ? 4 : 23 + shop.minute - since;
  const over = (severity: string, limit: number) => {
    const labels = { metric: 'shop_drafts', severity };
    const worst = { ...labels, series: '', limit: `above ${limit}` };
    return {
      [withLabels('erp_query_series_over_threshold', labels)]: drafts > limit ? 1 : 0,
      ...(drafts > limit ? { [withLabels('erp_query_worst_series_value', worst)]: drafts } : {}),
    };
  };
  return {
    samples: () => ({
      shop_drafts: drafts,
      ...limits('shop_drafts_threshold', 20, 60),
      ...over('warning', 20),
      ...over('critical', 60),
    }),
    live: nothing,
  };
}

/** What a run of each monitor comes to. */
export const readings: Readonly<
  Record<MonitorSetup['monitor'], (shop: Shop, given: MonitorSetup) => Outcome>
> = {
  web_orders: (shop, given) => {
    if (shop.has('shop is down')) return 'unreachable';
    if (given.company === 'acme') {
      if (shop.has('order query fails')) return 'query';
      if (shop.has('order query is blind')) return 'blind';
      if (shop.has('order query hangs')) return 'hangs';
    }
    return orderReading(shop, given);
  },
  customers: (shop) => (shop.has('shop is down') ? 'unreachable' : customerReading(shop)),
  mails: (shop) => (shop.has('shop is down') ? 'unreachable' : mailReading(shop)),
  crm_sync: (shop, given) => {
    if (shop.has('erp is down')) return 'unreachable';
    if (given.company === 'acme' && shop.has('sync query fails')) return 'query';
    return syncReading(shop, given);
  },
  datamoves: (shop, given) => (shop.has('erp is down') ? 'unreachable' : hourlyReading(shop, given)),
  nightly: (shop, given) => (shop.has('erp is down') ? 'unreachable' : nightlyReading(shop, given)),
  orders_arrived: (shop) => orderComparison(shop),
  payments_booked: (shop) => paymentComparison(shop),
  baskets: (shop) => (shop.has('shop is down') ? 'unreachable' : basketReading(shop)),
};
