import type { MonitorFacts } from './cases.ts';
import type { Expectation, PromtoolTest } from './scenarios.ts';
import { Recording, labelText } from './series.ts';
import type { Values } from './series.ts';
import { exposed, healthyExporter, healthyMonitor } from './world.ts';

/** The labels of an alert. */
export interface Reported {
  readonly alertname: string;
  readonly severity: string;
  readonly [label: string]: string;
}

/** What some targets export at a minute, without what all export; `null` when the target is down. */
type Minute = (minute: number, instance: string) => Values | null;

/** A test of promtool in which targets export something, minute by minute, beside what is healthy. */
export function test(
  name: string,
  minutes: number,
  monitor: MonitorFacts,
  minuteOf: Minute,
  expectations: readonly Expectation[],
  instances: readonly string[] = ['a'],
  stepMinutes: 1 | 10 = 1,
): PromtoolTest {
  const recording = new Recording();
  for (let minute = 0; minute <= minutes; minute += stepMinutes) {
    const values = instances.map((instance) => {
      const own = minuteOf(minute, instance);
      if (own === null) return exposed({ up: 0 }, monitor, instance);
      const healthy = { ...healthyExporter, ...healthyMonitor(monitor, minute * 60) };
      return exposed({ ...healthy, ...own }, monitor, instance);
    });
    recording.add(Object.assign({}, ...values) as Values);
  }
  const interval = `${stepMinutes}m` as const;
  return { name, interval, input_series: recording.inputSeries(), promql_expr_test: expectations };
}

/** Each exporter in an environment of its own, which has the name of the instance. The target itself has no such label. */
export function inEnvironments(given: PromtoolTest): PromtoolTest {
  const input_series = given.input_series.map(({ series, values }) => ({
    series: series.startsWith('up{') ? series : series.replace(/instance="(\w+)"/, 'instance="$1",environment="$1"'),
    values,
  }));
  return { ...given, input_series };
}

/** That at a minute exactly these alerts fire of those that a matcher selects. */
export function firing(minute: number, matcher: string, reported: readonly Reported[]): Expectation {
  return {
    expr: `ALERTS{alertstate="firing",${matcher}}`,
    eval_time: `${minute}m`,
    exp_samples: reported.map((labels) => ({
      labels: `ALERTS{${labelText({ alertstate: 'firing', ...labels })}}`,
      value: 1,
    })),
  };
}

export function never(minutes: number, matcher: string): Expectation {
  return {
    expr: `count_over_time(ALERTS{alertstate="firing",${matcher}}[${minutes + 1}m])`,
    eval_time: `${minutes}m`,
    exp_samples: [],
  };
}

/** All alerts but the one that is always there. */
export const anyBut = 'alertname!="ErpWatchdog"';
