import type { Asker } from '../prometheus/asker.ts';
import { eachSample } from '../prometheus/matrix.ts';
import type { MatrixSeries, Steps } from '../prometheus/matrix.ts';
import { PrometheusError } from '../prometheus/problem.ts';
import type { Period } from './period.ts';
import {
  alertsExpression,
  evaluatedExpression,
  figureLabel,
  figuresExpression,
  statesExpression,
} from './questions.ts';
import type { Subject } from './questions.ts';

/** Series are looked at as often: no longer than Prometheus takes a sample for the present. */
export const stepMs = 300_000;
/** Alerts are looked at as often as rules are mostly evaluated. */
export const alertStepMs = 60_000;
const windowMs = 86_400_000;
/** A question that is answered by more than this at once is not asked in smaller parts any more. */
const shortestWindowMs = 3_600_000;

/** A series over a period, with its values by step. */
export interface Track {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: ReadonlyMap<number, number>;
}

/** What Prometheus answered about a company. */
export interface Collected {
  readonly period: Period;
  /** `state` and `job`, by steps of `stepMs`. */
  readonly states: readonly Track[];
  /** `firing` and `since`, by steps of `alertStepMs`. */
  readonly alerts: readonly Track[];
  /** The steps of `stepMs` in which rules were evaluated. */
  readonly evaluated: ReadonlySet<number>;
  /** Over the whole period: each with its figure among its labels. */
  readonly figures: readonly (Readonly<Record<string, string>> & { readonly value: number })[];
}

/** How many steps a period has; what is left of the last one is looked at with the one before. */
export const stepsOf = ({ from, to }: Period, length: number): number => Math.floor((to - from) / length);

/** Joins what was asked in parts. */
class Tracks {
  readonly #found = new Map<
    string,
    { labels: Readonly<Record<string, string>>; values: Map<number, number> }
  >();

  add(series: MatrixSeries, part: Steps, offset: number): void {
    const key = JSON.stringify(
      Object.entries(series.metric).sort(([one], [other]) => (one < other ? -1 : 1)),
    );
    const track = this.#found.get(key) ?? { labels: series.metric, values: new Map<number, number>() };
    this.#found.set(key, track);
    eachSample(series, part, (step, value) => void track.values.set(offset + step, value));
  }

  all(): readonly Track[] {
    return [...this.#found.values()];
  }
}

/** Asks for a part of the steps, in halves where the answer is too large. */
async function askPart(ask: Asker, expression: string, part: Steps): Promise<[MatrixSeries, Steps][]> {
  try {
    return (await ask(expression, part)).map((series) => [series, part]);
  } catch (error) {
    const isLarge = error instanceof PrometheusError && error.problem === 'large';
    if (!isLarge || part.steps * part.stepMs <= shortestWindowMs) throw error;
    const half = Math.floor(part.steps / 2);
    const second = { ...part, from: part.from + half * part.stepMs, steps: part.steps - half };
    return [
      ...(await askPart(ask, expression, { ...part, steps: half })),
      ...(await askPart(ask, expression, second)),
    ];
  }
}

async function askSteps(
  ask: Asker,
  expression: string,
  period: Period,
  length: number,
): Promise<readonly Track[]> {
  const tracks = new Tracks();
  const steps = stepsOf(period, length);
  const most = windowMs / length;
  for (let begin = 0; begin < steps; begin += most) {
    const part = { from: period.from + begin * length, steps: Math.min(most, steps - begin), stepMs: length };
    for (const [series, asked] of await askPart(ask, expression, part))
      tracks.add(series, asked, (asked.from - period.from) / length);
  }
  return tracks.all();
}

async function askFigures(ask: Asker, subject: Subject, period: Period): Promise<Collected['figures']> {
  const once = { from: period.to - stepMs, steps: 1, stepMs };
  const found: Collected['figures'][number][] = [];
  for (const series of await ask(figuresExpression(subject, period), once))
    eachSample(series, once, (_, value) => void found.push(Object.assign({ ...series.metric }, { value })));
  return found;
}

async function askEvaluated(ask: Asker, period: Period): Promise<ReadonlySet<number>> {
  const tracks = await askSteps(ask, evaluatedExpression, period, stepMs);
  return new Set(tracks.flatMap(({ values }) => [...values.keys()]));
}

/** Asks for all that a report says of a company. @throws PrometheusError */
export async function collect(ask: Asker, subject: Subject, period: Period): Promise<Collected> {
  return {
    period,
    states: await askSteps(ask, statesExpression(subject), period, stepMs),
    alerts: await askSteps(ask, alertsExpression(subject), period, alertStepMs),
    evaluated: await askEvaluated(ask, period),
    figures: await askFigures(ask, subject, period),
  };
}

/** The tracks of a figure. */
export function tracksOf(tracks: readonly Track[], figure: string): readonly Track[] {
  return tracks.filter(({ labels }) => labels[figureLabel] === figure);
}
