import { ruleAnnotations } from './cases.ts';
import type { AlertCase } from './cases.ts';
import { Recording, labelText } from './series.ts';
import type { Values } from './series.ts';
import { exposed, healthyExporter, healthyMonitor } from './world.ts';

/** A test of promtool: series, and what must be true at some minutes. */
export interface PromtoolTest {
  readonly name: string;
  /** Between two samples. */
  readonly interval: '1m' | '10m';
  readonly input_series: { series: string; values: string }[];
  readonly alert_rule_test?: readonly {
    readonly eval_time: string;
    readonly alertname: string;
    readonly exp_alerts: readonly {
      readonly exp_labels: Readonly<Record<string, string>>;
      readonly exp_annotations: Readonly<Record<string, string>>;
    }[];
  }[];
  readonly promql_expr_test: readonly Expectation[];
}

/** The samples that a query must give. */
export interface Expectation {
  readonly expr: string;
  readonly eval_time: string;
  readonly exp_samples: readonly { labels: string; value: number }[];
}

/** A target at a minute: well, with the cause of the alert, or silent. */
export type State = 'good' | 'bad' | 'gone';

/** The minute at which causes begin. */
const onset = 10;
/** How long a target is away in the scenarios: shorter than what rules bridge, longer than what Prometheus remembers. */
const away = 8;

/** The states of a target by minute, from phases such as `[10, 'good']`. */
function timeline(...phases: readonly (readonly [minutes: number, state: State])[]): State[] {
  return phases.flatMap(([minutes, state]) => Array<State>(minutes).fill(state));
}

/** What the targets of a scenario export over time. */
export function record(
  given: AlertCase,
  replicas: Readonly<Record<string, readonly State[]>>,
  extra: (minute: number) => Values = () => ({}),
): { series: string; values: string }[] {
  const recording = new Recording();
  const minutes = Math.max(...Object.values(replicas).map(({ length }) => length));
  for (let minute = 0; minute < minutes; minute += 1) {
    const at = minute * 60;
    const values = Object.entries(replicas).map(([instance, states]): Values => {
      const state = states[minute] ?? 'gone';
      if (state === 'gone') return exposed({ up: 0 }, given.monitor, instance);
      const cause = state === 'bad' ? given.bad(at, states.indexOf('bad') * 60) : given.good(at);
      return exposed(
        { ...healthyExporter, ...healthyMonitor(given.monitor, at), ...cause, ...extra(minute) },
        given.monitor,
        instance,
      );
    });
    recording.add(Object.assign({}, ...values) as Values);
  }
  return recording.inputSeries();
}

export const runbook = '/docs/runbook#';

function labelsOf({ severity, labels }: AlertCase): Record<string, string> {
  const all: Record<string, string> = { ...labels, severity };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
}

/** How many alerts of the case's rule fire at a minute. */
export function firing(given: AlertCase, minute: number, count: 0 | 1): Expectation {
  const { alert, severity } = given;
  const selector = labelText({ alertname: alert, alertstate: 'firing', severity });
  const labels = `ALERTS{${labelText({ alertname: alert, alertstate: 'firing', ...labelsOf(given) })}}`;
  return {
    expr: `ALERTS{${selector}}`,
    eval_time: `${minute}m`,
    exp_samples: count === 0 ? [] : [{ labels, value: 1 }],
  };
}

/** That the alert fired at each minute from `first` to `last`, and at no other until then. */
function firingThroughout(given: AlertCase, first: number, last: number): Expectation {
  const { alert, severity } = given;
  const selector = labelText({ alertname: alert, alertstate: 'firing', severity });
  const labels = `{${labelText({ alertname: alert, alertstate: 'firing', ...labelsOf(given) })}}`;
  return {
    expr: `count_over_time(ALERTS{${selector}}[${last + 1}m])`,
    eval_time: `${last}m`,
    exp_samples: [{ labels, value: last - first + 1 }],
  };
}

function neverFiring(given: AlertCase, until: number): Expectation {
  const { alert, severity } = given;
  return {
    expr: `count_over_time(ALERTS{${labelText({ alertname: alert, alertstate: 'firing', severity })}}[${until + 1}m])`,
    eval_time: `${until}m`,
    exp_samples: [],
  };
}

/** What is tested of every rule. */
export function scenariosOf(given: AlertCase): PromtoolTest[] {
  const { alert, severity, forMinutes, keepMinutes, annotations, isBusiness } = given;
  const title = (what: string) => `${alert} (${severity}) ${what}`;
  const first = onset + forMinutes;
  const end = first + 20;
  const severities = given.joinsWarning === true ? (['critical', 'warning'] as const) : [severity];
  const reported = severities.map((each) => ({
    exp_labels: labelsOf({ ...given, severity: each }),
    exp_annotations: { ...ruleAnnotations(alert, annotations), runbook_url: `${runbook}${alert.toLowerCase()}` },
  }));
  const long = timeline([onset, 'good'], [forMinutes + 10, 'bad'], [away, 'gone'], [12, 'bad']);
  const last = long.length - 1;
  const tests: PromtoolTest[] = [
    {
      name: title('fires and clears'),
      interval: '1m',
      input_series: record(given, { a: timeline([onset, 'good'], [end - onset, 'bad'], [20, 'good']) }),
      alert_rule_test: [{ eval_time: `${first}m`, alertname: alert, exp_alerts: reported }],
      promql_expr_test: [
        neverFiring(given, first - 1),
        firing(given, first, 1),
        firing(given, end + keepMinutes - 1, 1),
        firing(given, end + keepMinutes, 0),
      ],
    },
    {
      name: title('stays quiet, also over a restart of the exporter'),
      interval: '1m',
      input_series: record(given, { a: timeline([30, 'good'], [3, 'gone'], [30, 'good']) }),
      promql_expr_test: [neverFiring(given, 62)],
    },
    {
      name: title('goes on while the data are away'),
      interval: '1m',
      input_series: record(given, { a: long }),
      promql_expr_test: [firingThroughout(given, first, last)],
    },
    {
      name: title('is one alert of two replicas, of which one goes away'),
      interval: '1m',
      input_series: record(given, {
        a: timeline([onset, 'good'], [long.length - onset, 'bad']),
        b: long,
      }),
      promql_expr_test: [firing(given, first, 1), firingThroughout(given, first, last)],
    },
    maintenanceOf(given, title(isBusiness ? 'waits for the end of maintenance' : 'heeds no maintenance')),
    {
      name: title('fires in closed hours as well, once its cause is there'),
      interval: '1m',
      input_series: record(given, { a: timeline([onset, 'good'], [forMinutes + 10, 'bad']) }, () => ({
        erp_monitor_open: 0,
      })),
      promql_expr_test: [firing(given, first, 1)],
    },
  ];
  return given.dependsOnCriticality === true ? [...tests, otherCriticality(given)] : tests;
}

function otherCriticality(given: AlertCase): PromtoolTest {
  const criticality = given.monitor.criticality === 'normal' ? 'critical' : 'normal';
  const other = { ...given, monitor: { ...given.monitor, criticality } } as const;
  const minutes = onset + given.forMinutes + 10;
  return {
    name: `${given.alert} (${given.severity}) leaves monitors alone whose criticality is ${criticality}`,
    interval: '1m',
    input_series: record(other, { a: timeline([onset, 'good'], [minutes - onset, 'bad']) }),
    promql_expr_test: [neverFiring(given, minutes - 1)],
  };
}

/** Maintenance of the monitor from the start to minute 100. */
function maintenanceOf(given: AlertCase, name: string): PromtoolTest {
  const until = 100;
  const first = (given.isBusiness ? until : onset) + given.forMinutes;
  return {
    name,
    interval: '1m',
    input_series: record(
      given,
      { a: timeline([onset, 'good'], [until + given.forMinutes, 'bad']) },
      (minute) => ({ erp_maintenance_active: Number(minute < until) }),
    ),
    promql_expr_test: [neverFiring(given, first - 1), firing(given, first, 1)],
  };
}
