import { describe, expect, it } from 'vitest';
import {
  blindMonitors,
  failedByResponder,
  largestErrors,
  monitorState,
  monitorStates,
  reasonToAct,
} from '../../grafana/src/promql.ts';
import { syncState } from '../../grafana/src/shared.ts';
import { describeReal } from '../helpers/real.ts';
import type { Values } from './monitor-series.ts';
import { byMonitor, monitor } from './monitor-series.ts';
import { constantSeries, evaluate, evaluationSeconds as now, filledIn } from './promtool.ts';

describeReal('monitorState', ['promtool'], () => {
  const { ok, watch, act, noData, maintenance } = monitorStates;
  const all = ['ok', 'warning', 'critical', 'no_data', 'maintenance', 'closed'] as const;
  type State = (typeof all)[number];
  /** A monitor of which each replica exports its own state. */
  const judged = (name: string, states: readonly State[], criticality?: string): Values => {
    const sets = states.flatMap((state, replica) =>
      all.map(
        (one) => [`monitor_state{state="${one}",instance="${replica}"}`, one === state ? 1 : 0] as const,
      ),
    );
    return monitor(name, Object.fromEntries(sets), criticality);
  };
  /** The value for states of replicas, whatever their number and order. */
  const valueOf = (states: readonly State[]): number => {
    const order = { maintenance, critical: act, warning: watch, ok, closed: ok, no_data: noData };
    const first = (Object.keys(order) as State[]).find((state) => states.includes(state));
    return first === undefined ? Number.NaN : order[first];
  };

  it('shows the one of each monitor, and of two replicas the one that needs a person more', async () => {
    const pairs = all.flatMap((a) => [[a], ...all.map((b) => [a, b] as const)]);
    const named = pairs.map((states) => [states.join(' and '), states] as const);
    expect(
      await byMonitor(
        monitorState(),
        named.map(([name, states]) => judged(name, states)),
      ),
    ).toEqual(Object.fromEntries(named.map(([name, states]) => [name, valueOf(states)])));
  });

  it.each<[readonly State[], number]>([
    [['closed', 'no_data'], 0],
    [['no_data', 'no_data'], 3],
    [['no_data', 'warning'], 2],
    [['ok', 'critical'], 4],
    [['critical', 'maintenance'], 1],
  ])('shows %j as %i', async (states, value) => {
    expect(await byMonitor(monitorState(), [judged('m', states)])).toEqual({ m: value });
  });

  it('shows those of the money-makers alone', async () => {
    const monitors = [judged('a', ['ok']), judged('b', ['ok'], 'critical')];
    expect(await byMonitor(monitorState('criticality="critical"'), monitors)).toEqual({ b: ok });
  });

  it('sends the monitor that nobody knows of to the exporter, though its last reading had failures', async () => {
    const unknown = {
      ...judged('unknown', ['no_data', 'no_data']),
      ...monitor('unknown', { failed_records: 1 }),
    };
    const known = { ...judged('known', ['no_data', 'warning']), ...monitor('known', { failed_records: 1 }) };
    const late = { 'late_records{severity="warning"}': 1 };
    const beyond = { 'query_series_over_threshold{metric="m",severity="warning"}': 2 };
    const within = { 'query_series_over_threshold{metric="m",severity="warning"}': 0 };
    const all = [
      unknown,
      known,
      { ...judged('late', ['warning']), ...monitor('late', late) },
      { ...judged('beyond', ['warning']), ...monitor('beyond', beyond) },
      { ...judged('within', ['warning']), ...monitor('within', within) },
    ];
    expect(await byMonitor(reasonToAct, all)).toEqual({
      unknown: 5,
      known: 1,
      late: 4,
      beyond: 8,
      within: 7,
    });
  });
});

describeReal('blindMonitors', ['promtool'], () => {
  it('are those without a good reading for three intervals, or ever', async () => {
    const stale = monitor('stale', { monitor_last_success_timestamp_seconds: now - 181 });
    const fresh = monitor('fresh', { monitor_last_success_timestamp_seconds: now - 179 });
    const unread = Object.fromEntries(
      Object.entries(monitor('unread', {})).filter(([name]) => !name.startsWith('erp_monitor_last_success')),
    );
    expect(await byMonitor(blindMonitors, [stale, fresh, unread])).toEqual({ stale: 181, unread: 1 });
  });
});

describeReal('syncState', ['promtool'], () => {
  const limits = {
    'since_last_sync_seconds_threshold{severity="warning"}': 45 * 60,
    'since_last_sync_seconds_threshold{severity="critical"}': 90 * 60,
  };

  it('is normal, or the limit in minutes that was exceeded', async () => {
    const monitors = [
      monitor('fresh', { since_last_sync_seconds: 60, ...limits }),
      monitor('old', { since_last_sync_seconds: 50 * 60, ...limits }),
      monitor('very old', { since_last_sync_seconds: 91 * 60, ...limits }),
      monitor('without limit', { since_last_sync_seconds: 10 ** 6 }),
      monitor('never', limits),
    ];
    expect(await byMonitor(syncState.expr, monitors)).toEqual({
      fresh: 0,
      old: 45,
      'very old': 90,
      'without limit': 0,
      never: -1,
    });
  });
});

describeReal('errors', ['promtool'], () => {
  /** Values by a label of the results. */
  const valuesBy = async (
    label: string,
    expression: string,
    values: Values,
  ): Promise<Record<string, number>> => {
    const series = constantSeries(monitor('m', values));
    const [results = []] = await evaluate([filledIn(expression)], series);
    const named = results.map(
      ({ labels, value }) => [new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1] ?? labels, value] as const,
    );
    return Object.fromEntries(named);
  };
  const ofError = (error: string, responder = 'it'): string =>
    `failed_records_by_error{error="${error}",category="c",known="true",responder="${responder}"}`;

  it('are the largest kinds and all others together, nothing lost', async () => {
    const values = {
      [ofError('a')]: 9,
      [ofError('b')]: 8,
      [ofError('c')]: 2,
      [ofError('d')]: 1,
      [ofError('gone')]: 0,
      [ofError('other')]: 7,
    };
    expect(await valuesBy('error', largestErrors(2), values)).toEqual({ 'all others': 10, a: 9, b: 8 });
  });

  it('have no others where all are shown, and others alone where only they are known', async () => {
    expect(await valuesBy('error', largestErrors(2), { [ofError('a')]: 9 })).toEqual({ a: 9 });
    expect(await valuesBy('error', largestErrors(2), { [ofError('other')]: 7 })).toEqual({ 'all others': 7 });
  });

  it('of which nobody acts first are shown under a name', async () => {
    const values = { [ofError('a', 'it')]: 2, [ofError('b', '')]: 3 };
    expect(await valuesBy('responder', failedByResponder, values)).toEqual({
      it: 2,
      'not named': 3,
    });
  });
});

describe('an expression with its variables filled in', () => {
  it('has none left, save those that the caller does not know', () => {
    expect(filledIn('a{company=~"$company|",x="$other"}[$__rate_interval]')).toBe(
      'a{company=~".*|",x="$other"}[16m]',
    );
  });
});
