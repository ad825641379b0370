import type { Range, RecordedSeries } from './answers.ts';
import type { ApiSeries } from './prometheus.ts';

/** Sums of fractions in another order differ in their last digits. */
function settled(text: string): string {
  const value = Number(text);
  if (!Number.isFinite(value) || Number.isInteger(value)) return text;
  return String(Number(value.toPrecision(12)));
}

function compact({ metric, value, values }: ApiSeries, { start, end, step }: Range): RecordedSeries {
  if (values === undefined) return { metric, value: settled(value?.[1] ?? '') };
  const byTime = new Map(values.map(([time, text]) => [time, text]));
  const points = Array.from({ length: Math.round((end - start) / step) + 1 }, (_, index) =>
    byTime.get(start + index * step),
  );
  return { metric, values: points.map((text) => (text === undefined ? null : settled(text))) };
}

const labelsOf = ({ metric }: RecordedSeries): string => JSON.stringify(Object.entries(metric).sort());
const byLabels = (a: RecordedSeries, b: RecordedSeries): number => (labelsOf(a) < labelsOf(b) ? -1 : 1);

/**
 * The series of an answer for a file: in an order that is the same in each recording. Prometheus orders series only where
 * it is asked to, and even then not those of one value.
 */
export function compacted(expression: string, series: readonly ApiSeries[], range: Range): RecordedSeries[] {
  const all = series.map((one) => compact(one, range)).sort(byLabels);
  const [, direction] = /^sort(_desc)?\(/.exec(expression) ?? [undefined, 'none'];
  if (direction === 'none') return all;
  const sign = direction === '_desc' ? -1 : 1;
  return all.toSorted((a, b) => sign * (Number(a.value) - Number(b.value)));
}
