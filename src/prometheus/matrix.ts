import { z } from 'zod';
import { PrometheusError } from './problem.ts';

/** https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries; values are looked at one by one, as there are many. */
const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), values: z.custom<unknown[]>(Array.isArray) }),
    ),
  }),
});

/** A series of an answer: its labels, and samples that nobody has looked at yet. */
export type MatrixSeries = z.output<typeof answerSchema>['data']['result'][number];

/** Steps of the same length, each asked for at its end. */
export interface Steps {
  /** The beginning of the first step, in milliseconds since 1970. */
  readonly from: number;
  readonly steps: number;
  readonly stepMs: number;
}

/** Reads an answer to a question about a range. @throws PrometheusError `wrong` when it is no such, `large` with too many series. */
export function parseMatrix(text: string, mostSeries: number): readonly MatrixSeries[] {
  let result: readonly MatrixSeries[];
  try {
    ({ result } = answerSchema.parse(JSON.parse(text)).data);
  } catch (error) {
    throw new PrometheusError('wrong', 'it does not answer as Prometheus does', { cause: error });
  }
  if (result.length > mostSeries) throw new PrometheusError('large', `there are ${result.length} series`);
  return result;
}

/**
 * Hands on each finite sample of a series: the step that it stands for, and its value. Written as a loop: there may be 200,000 of them.
 *
 * @throws PrometheusError when a sample was not asked for.
 */
export function eachSample(
  { values }: MatrixSeries,
  { from, steps, stepMs }: Steps,
  take: (step: number, value: number) => void,
): void {
  if (values.length > steps) throw new PrometheusError('large', 'a series has more points than asked for');
  for (const pair of values) {
    const [seconds, text] = (Array.isArray(pair) ? pair : []) as unknown[];
    const step = typeof seconds === 'number' ? (seconds * 1000 - from) / stepMs - 1 : NaN;
    if (!Number.isInteger(step) || step < 0 || step >= steps || typeof text !== 'string')
      throw new PrometheusError('wrong', 'a sample is not at a time that was asked for');
    const value = Number(text);
    if (Number.isFinite(value)) take(step, value);
  }
}

/** The parameters of `query_range`. A step stands for what was before its end, so that the first time is the end of the first step. */
export function rangeParameters(
  query: string,
  { from, steps, stepMs }: Steps,
  timeoutMs: number,
): URLSearchParams {
  return new URLSearchParams({
    query,
    start: String((from + stepMs) / 1000),
    end: String((from + steps * stepMs) / 1000),
    step: String(stepMs / 1000),
    timeout: `${timeoutMs}ms`,
  });
}
