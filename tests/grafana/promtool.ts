import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { findProgram } from '../helpers/real.ts';

/** A series as promtool is given it. */
export interface InputSeries {
  readonly series: string;
  readonly values: string;
}
/** One series of a result: its labels as PromQL writes them, such as `{a="1"}`, and its value. */
export interface Result {
  readonly labels: string;
  readonly value: number;
}

const stepSeconds = 240;
const steps = 375;
/** The moment at which expressions are evaluated: a day and an hour after the first sample. */
export const evaluationSeconds = stepSeconds * steps;

const fixtures = new URL('fixtures/', import.meta.url);

interface Sample {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
  readonly counter: boolean;
}

function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  return types.has(name) ? name : name.replace(/_(sum|count|bucket)$/, '');
}

function parse(text: string): { types: ReadonlyMap<string, string>; samples: Sample[] } {
  const types = new Map(
    [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
  const samples = [...text.matchAll(/^([a-zA-Z_]\w*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = '', labels = '', value = '']) => ({
      name,
      labels,
      value: Number(value),
      counter: types.get(familyOf(name, types)) !== 'gauge',
    }),
  );
  return { types, samples };
}

/** The recorded metrics and those made by hand; a family of a later file takes the place of the same one before. */
async function recorded(): Promise<Sample[]> {
  const files = ['demo.metrics', 'incidents.metrics'];
  let all: Sample[] = [];
  for (const file of files) {
    const { types, samples } = parse(await readFile(new URL(file, fixtures), 'utf8'));
    all = [...all.filter(({ name }) => !types.has(name)), ...samples];
  }
  return all.filter(({ value }) => Number.isFinite(value));
}

/**
 * The fixture as a day of series, scraped from each of the instances. promtool's clock begins at zero, so instants are
 * moved to where the recording was made at the evaluation. Counters grow. A day ago nothing had failed.
 *
 * @param environment that every series bears; absent: none does.
 */
export async function demoSeries(instances: readonly string[], environment?: string): Promise<InputSeries[]> {
  const samples = await recorded();
  const recordedAt = Math.max(
    ...samples
      .filter(({ name }) => name === 'erp_monitor_last_run_timestamp_seconds')
      .map(({ value }) => value),
  );
  return samples.flatMap(({ name, labels, value, counter }) => {
    const instant = /_timestamp_seconds$|_start_time_seconds$|^ALERTS_FOR_STATE$/.test(name);
    const moved = instant ? value - recordedAt + evaluationSeconds : value;
    const values =
      name === 'erp_failed_records' ? `0x99 ${moved}x275` : `${moved}${counter ? '+1' : '+0'}x${steps}`;
    const own =
      environment === undefined ? labels : [`environment="${environment}"`, labels].filter(Boolean).join(',');
    // Alerts are Prometheus's own: they have no target.
    const targets = name.startsWith('ALERTS')
      ? ['']
      : instances.map((instance) => `instance="${instance}",job="erp-exporter"`);
    return targets.map((target) => ({
      series: `${name}{${[own, target].filter((part) => part !== '').join(',')}}`,
      values,
    }));
  });
}

/** Series that hold one value from the beginning to the evaluation. */
export function constantSeries(values: Readonly<Record<string, number>>): InputSeries[] {
  return Object.entries(values).map(([series, value]) => ({ series, values: `${value}+0x${steps}` }));
}

async function run(tests: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'erp-promtool-'));
  try {
    const file = join(folder, 'test.yml');
    await writeFile(file, stringify(tests, { lineWidth: 0 }));
    return await new Promise((resolve) => {
      execFile(
        findProgram('promtool') ?? 'promtool',
        ['test', 'rules', file],
        { timeout: 60_000, maxBuffer: 2 ** 26 },
        (_error, stdout, stderr) => resolve(stdout + stderr),
      );
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Evaluates expressions over series. promtool only compares, hence each is held against a result that it cannot have,
 * and what it got instead is read from its report.
 *
 * @throws Error with promtool's report when an expression cannot be evaluated.
 */
export async function evaluate(
  expressions: readonly string[],
  series: readonly InputSeries[],
): Promise<Result[][]> {
  const interval = `${stepSeconds}s`;
  const report = await run({
    evaluation_interval: interval,
    tests: [
      {
        interval,
        input_series: series,
        promql_expr_test: expressions.map((expr) => ({
          expr,
          eval_time: `${evaluationSeconds}s`,
          exp_samples: [{ labels: '{impossible="yes"}', value: 1 }],
        })),
      },
    ],
  });
  const got = [...report.matchAll(/^ {8}got: ?(.*)$/gm)].map(([, text = '']) => text);
  if (got.length !== expressions.length) throw new Error(report.slice(0, 4000));
  return got.map((text) =>
    [...text.matchAll(/(\{(?:[^"}]|"(?:\\.|[^"\\])*")*\}) (\S+?)(?=, \{|$)/g)].map(
      ([, labels = '', value = '']) => ({ labels, value: Number(value.replace('Inf', 'Infinity')) }),
    ),
  );
}

/** What Grafana would make of an expression: its variables filled in. */
export function filledIn(expression: string, chosen: Readonly<Record<string, string>> = {}): string {
  const values: Readonly<Record<string, string>> = {
    environment: '.*',
    company: '.*',
    flow: '.*',
    monitor: '.*',
    language: 'en',
    __rate_interval: '16m',
    __range: '1d',
    ...chosen,
  };
  return expression.replace(/\$(\w+)/g, (variable, name: string) => values[name] ?? variable);
}
