import { instantFromLocal } from '../../src/time.ts';
import type { PastSeries } from '../web/prometheus/past.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const zone = 'Europe/Brussels';

/** The last midnight in Brussels that is at least a day ago, so that all is in the past. */
export const end = instantFromLocal(new Date(Date.now() - day).toISOString().slice(0, 10), zone);
export const begin = end - 14 * day;

const during = (at: number, from: number, length: number) => at >= from && at < from + length;

/** When what happened in the fortnight. */
export const outage = end - 2 * day + 10 * hour;
export const outageLength = 3 * hour;
export const gap = end - 4 * day + 6 * hour;
export const gapLength = 8 * hour;
export const maintenance = end - 5 * day + 20 * hour;
export const maintenanceLength = 2 * hour;
export const unread = end - 6 * day + 9 * hour;
/** The second replica was lost then. */
export const lost = end - 3 * day;
/** The condition held so long before the alert fired. */
export const pending = 5 * minute;

const isGap = (at: number) => during(at, gap, gapLength);
const isClosed = (at: number) => {
  const local = new Date(at + 3600_000).getUTCHours();
  return local < 7 || local >= 19;
};

type Labels = Readonly<Record<string, string>>;
const target = { job: 'erp', instance: 'a:9745' };
export const place = (company: string, monitor: string, flow = 'orders'): Labels => ({
  ...target,
  company,
  flow,
  monitor,
});

function stateAt(at: number): string | undefined {
  if (isGap(at)) return undefined;
  if (during(at, maintenance, maintenanceLength)) return 'maintenance';
  if (during(at, outage, outageLength)) return 'critical';
  if (during(at, unread, hour)) return 'no_data';
  return isClosed(at) ? 'closed' : 'ok';
}

const states = (labels: Labels, of: (at: number) => string | undefined): PastSeries[] =>
  ['ok', 'warning', 'critical', 'no_data', 'maintenance', 'closed'].map((state) => ({
    name: 'erp_monitor_state',
    labels: { ...labels, state },
    value: (at) => {
      const is = of(at);
      return is === undefined ? undefined : Number(is === state);
    },
  }));

const gauge = (name: string, labels: Labels, value: (at: number) => number | undefined): PastSeries => ({
  name,
  labels,
  value,
});

/** Names by which somebody would like to see what is another's, or to run something. */
export const hostile = ['<script>alert(1)</script>', '=1+1"} or vector(1) #', 'Zoë & Co — 東京 🦄'];
/** Stands in every name of another company. */
export const planted = 'PLANTED-globex';

const orders = place('acme', 'orders');
const replica = { ...orders, instance: 'b:9745' };
const isOut = (at: number) => during(at, outage, outageLength);
const unless = (at: number, value: number) => (isGap(at) ? undefined : value);

const alert = (company: string, alertname: string, more: Labels, from: number, to: number): PastSeries[] => {
  const labels = { alertname, company, flow: 'orders', severity: 'critical', ...more };
  return [
    gauge('ALERTS', { ...labels, alertstate: 'firing' }, (at) =>
      at >= from + pending && at < to && !isGap(at) ? 1 : undefined,
    ),
    gauge('ALERTS_FOR_STATE', labels, (at) =>
      at >= from && at < to && !isGap(at) ? from / 1000 : undefined,
    ),
  ];
};

const records: readonly PastSeries[] = [
  gauge('erp_failed_records', orders, (at) => unless(at, isOut(at) ? 40 : 2)),
  gauge('erp_failed_records_by_error', { ...orders, error: 'rate-limit', responder: 'it' }, (at) =>
    unless(at, isOut(at) ? 38 : 0),
  ),
  gauge('erp_failed_records_by_error', { ...orders, error: 'unknown-0123456789ab', responder: 'it' }, (at) =>
    unless(at, 2),
  ),
  gauge('erp_open_records_amount', { ...orders, currency: 'EUR' }, (at) =>
    unless(at, isOut(at) ? 12_345.5 : 10),
  ),
  gauge('erp_open_records_amount', { ...orders, currency: 'USD' }, (at) => unless(at, 700)),
  ...['A-1', 'A-2', 'A-3'].map((record, index) =>
    gauge('erp_failed_record_timestamp_seconds', { ...orders, record }, (at) =>
      index === 0 || isOut(at) ? unless(at, outage / 1000) : undefined,
    ),
  ),
];

const jobs: readonly PastSeries[] = [
  gauge(
    'erp_job_status',
    { ...place('acme', 'jobs', 'batch'), job_name: 'nightly', status: 'failed' },
    (at) => unless(at, Number(during(at, end - 3 * day, hour) || during(at, end - 2 * day, hour))),
  ),
  ...states(place('acme', 'jobs', 'batch'), (at) => (isGap(at) ? undefined : 'ok')),
  gauge('erp_last_sync_timestamp_seconds', place('acme', 'stock', 'stock'), (at) =>
    unless(at, Math.floor(at / hour) * 3600),
  ),
  gauge('erp_since_last_sync_seconds', place('acme', 'stock', 'stock'), (at) => unless(at, 3600)),
  ...states(place('acme', 'stock', 'stock'), (at) => (isGap(at) ? undefined : 'ok')),
];

/** A counter, which the second replica begins anew when it is restarted in the gap. */
const counter = (name: string, labels: Labels, times: readonly number[]): readonly PastSeries[] => [
  gauge(name, labels, (at) =>
    unless(at, times.filter((time) => time <= at && (at < gap || time > gap)).length),
  ),
];

/** Two tickets before the gap and one after it, one remedy that worked and one that gave up. */
const acted: readonly PastSeries[] = [
  ...counter('erp_ticket_changes_total', { ...target, company: 'acme', flow: 'orders', change: 'opened' }, [
    end - 5 * day,
    end - 5 * day + hour,
    outage + hour,
  ]),
  ...counter('erp_ticket_changes_total', { ...target, company: 'acme', flow: 'orders', change: 'closed' }, [
    outage + outageLength,
  ]),
  ...counter(
    'erp_remedy_tries_total',
    { ...target, company: 'acme', flow: 'orders', result: 'sent' },
    [1, 2, 3, 4].map((count) => outage + count * 10 * minute),
  ),
  ...counter('erp_remedy_tries_total', { ...target, company: 'acme', flow: 'orders', result: 'worked' }, [
    outage + hour,
  ]),
  gauge('erp_remedy_exhausted_records', { ...orders, remedy: 'again' }, (at) =>
    unless(at, isOut(at) ? 2 : 0),
  ),
  ...counter(
    'erp_ticket_changes_total',
    { ...target, company: planted, flow: 'orders', change: 'opened' },
    Array.from({ length: 99 }, (_, index) => end - day + index * minute),
  ),
];

/** Another company, other exporters and environments: nothing of them may show. */
const others: readonly PastSeries[] = [planted, ...hostile].flatMap((company) => [
  ...states(place(company, `${planted}-monitor`, `${planted}-flow`), () => 'critical'),
  gauge(
    'erp_failed_records_by_error',
    { ...place(company, 'orders'), error: `unknown-${planted}`, responder: 'it' },
    () => 999,
  ),
]);

const elsewhere: readonly PastSeries[] = [
  ...states({ ...orders, environment: 'test' }, () => 'critical'),
  gauge('erp_failed_records', { ...orders, environment: 'test' }, () => 5000),
  // Another exporter knows a company of the same name.
  gauge('erp_monitor_info', { ...orders, job: 'other-customer' }, () => 1),
];

/** What Prometheus has of a fortnight. */
export const fortnight: readonly PastSeries[] = [
  ...states(orders, stateAt),
  // A replica that sees the same, then loses its database and then is gone.
  ...states(replica, (at) => (at >= lost ? undefined : at >= lost - hour ? 'no_data' : stateAt(at))),
  ...records,
  ...jobs,
  ...acted,
  ...others,
  ...elsewhere,
  gauge('ALERTS', { alertname: 'ErpWatchdog', alertstate: 'firing', severity: 'info' }, (at) =>
    isGap(at) ? undefined : 1,
  ),
  ...alert('acme', 'ErpRecordFailed', { monitor: 'orders', record: 'A-2' }, outage, outage + outageLength),
  ...alert('acme', 'ErpRecordFailed', { monitor: 'orders', record: 'A-3' }, outage, outage + 2 * hour),
  ...alert(planted, 'ErpRecordFailed', { monitor: `${planted}-monitor` }, outage, outage + day),
  ...alert(
    'acme',
    'ErpJobOverdue',
    { monitor: 'jobs', flow: 'batch', job_name: 'nightly' },
    end - hour,
    end + hour,
  ),
];
