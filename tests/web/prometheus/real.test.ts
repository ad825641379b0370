import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PrometheusServer } from '../../../src/config/config.ts';
import { LongHistory } from '../../../src/web/prometheus/long-history.ts';
import type { HistoryWish } from '../../../src/web/prometheus/promql.ts';
import { spanOf } from '../../../src/web/view/history.ts';
import type { ShownPoint } from '../../../src/web/view/history.ts';
import { startPrometheus } from '../../helpers/prometheus.ts';
import type { RunningPrometheus } from '../../helpers/prometheus.ts';
import { describeReal } from '../../helpers/real.ts';
import { openMetrics } from './past.ts';
import type { PastSeries } from './past.ts';
import { wish } from './wish.ts';

const hour = 3_600_000;
const day = 24 * hour;
const now = Math.floor(Date.now() / hour) * hour + hour / 2;

const during = (at: number, begin: number, lengthMs: number) => at >= begin && at < begin + lengthMs;
/** Nobody scraped anything. */
const down = now - 3 * day;
const isDown = (at: number) => during(at, down, 12 * hour);
/** A quarter of an hour in which much had failed. */
const spike = now - 2 * day;
const oldSpike = now - 20 * day;
const isSpike = (at: number) => during(at, spike, hour / 4) || during(at, oldSpike, hour / 4);
const maintenance = now - 5 * day;

/** Names by which somebody would like to see what is another's. */
const hostile = [
  'globex"} or erp_failed_records{company="acme',
  'back\\slash"',
  'a{b}#c',
  "it's `so`",
  'Zoë & Co — 東京 🦄',
];

type Labels = Readonly<Record<string, string>>;
const target = { job: 'erp', instance: 'a:9744' };
const place = (company: string, monitor: string): Labels => ({ ...target, company, flow: 'orders', monitor });
const failed = (labels: Labels, value: (at: number) => number | undefined): PastSeries => ({
  name: 'erp_failed_records',
  labels,
  value,
});

const orders = place('acme', 'orders');
const series: readonly PastSeries[] = [
  // Two replicas see the same; the second one came later.
  failed(orders, (at) => (isDown(at) ? undefined : isSpike(at) ? 40 : 3)),
  failed({ ...orders, instance: 'b:9744' }, (at) => (at < spike || isDown(at) ? undefined : 3)),
  failed({ ...orders, environment: 'test' }, () => 500),
  failed({ ...orders, job: 'other-customer' }, () => 700),
  failed(place('globex', 'orders'), () => 900),
  ...hostile.map((company, index) => failed(place(company, 'orders'), () => 1000 + index)),
  ...(['warning', 'critical'] as const).map((severity) => ({
    name: 'erp_late_records',
    labels: { ...orders, severity },
    value: (at: number) => (isDown(at) ? undefined : severity === 'warning' ? 4 : 1),
  })),
  ...['missing_left', 'missing_right'].map((mismatch, index) => ({
    name: 'erp_reconciliation_mismatched_records',
    labels: { ...place('acme', 'stock'), mismatch },
    value: () => 2 + index,
  })),
  ...['ok', 'critical', 'maintenance'].map((state) => ({
    name: 'erp_monitor_state',
    labels: { ...orders, state },
    value: (at: number) => {
      if (isDown(at)) return undefined;
      const is = during(at, maintenance, day) ? 'maintenance' : isSpike(at) ? 'critical' : 'ok';
      return is === state ? 1 : 0;
    },
  })),
  { name: 'erp_monitor_duration_seconds', labels: orders, value: () => 0.25 },
];

describeReal('a real Prometheus with a month of history', ['prometheus', 'promtool'], () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    const past = openMetrics(series, now - 31 * day, now);
    prometheus = await startPrometheus({ targets: [], alertmanager: '127.0.0.1:9', past });
  }, 60_000);
  afterAll(() => prometheus.stop());

  /** Points of a monitor, by default those of acme's orders in the own job. */
  async function points(
    change: Partial<HistoryWish>,
    monitor = 'orders',
    labels: PrometheusServer['labels'] = { job: 'erp' },
  ): Promise<readonly ShownPoint[]> {
    const server = { url: prometheus.url, labels, timeoutMs: 20_000 };
    const history = new LongHistory({
      server: () => server,
      readSecret: () => Promise.resolve({ fault: 'none' }),
      log: { warn: (event, fields) => expect.fail(`${event} ${JSON.stringify(fields)}`) },
      clock: () => 0,
    });
    const found = await history.of({ ...wish, span: spanOf(7, now), ...change });
    if (!found.ok) throw new Error(found.problem);
    return found.points.get(monitor) ?? [];
  }

  const at = (all: readonly ShownPoint[], time: number, stepMs: number) =>
    all.find((point) => point.at <= time && time < point.at + stepMs);

  it.each([7, 30] as const)('tells %d days: counts once for all replicas, gaps, spikes', async (days) => {
    const span = spanOf(days, now);
    const all = await points({ span });
    const find = (time: number) => at(all, time, span.stepMs);
    const usual = { state: 'ok', counts: { failed: 3, late: 4 }, durationSeconds: 0.25 };
    expect(find(now - hour)).toMatchObject(usual);
    expect(find(now - 6.5 * day)).toMatchObject(usual);
    expect(find(spike)).toMatchObject({ state: 'critical', counts: { failed: 40 } });
    expect(find(maintenance + 4 * hour)).toMatchObject({ state: null, counts: { failed: 3 } });
    // Of what was not scraped nothing is known but what another series says.
    expect(find(down + 6 * hour)).toMatchObject({ state: null, counts: {} });
    expect(all[0]?.at).toBe(span.from);
    expect(all.length).toBe(span.steps);
    expect(find(oldSpike)?.counts.failed).toBe(days === 30 ? 40 : undefined);
  });

  it('adds up mismatches', async () => {
    const all = await points({}, 'stock');
    expect(all.at(-2)?.counts).toEqual({ missing: 5 });
  });

  it('asks for one monitor alone', async () => {
    expect(await points({ monitor: 'orders' }, 'stock')).toEqual([]);
    expect((await points({ monitor: 'orders' })).length).toBeGreaterThan(300);
  });

  it('keeps environments apart, and what the configuration tells apart', async () => {
    const last = async (environment: string, job: string) =>
      (await points({ environment }, 'orders', { job })).at(-2)?.counts.failed;
    expect(await last('', 'erp')).toBe(3);
    expect(await last('test', 'erp')).toBe(500);
    expect(await last('', 'other-customer')).toBe(700);
  });

  it.each(hostile.map((company, index) => [company, 1000 + index] as const))(
    'gives a company called %s its own figures alone',
    async (company, own) => {
      const all = await points({ company });
      expect(new Set(all.map(({ counts }) => counts.failed))).toEqual(new Set([own]));
    },
  );
});
