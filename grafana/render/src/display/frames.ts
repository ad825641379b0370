import type { DataFrame, Field, Labels } from '@grafana/data';
import { FieldType } from '@grafana/data';
import type { Answer, Range, RecordedSeries } from '../results/answers.ts';
import type { Target } from '../results/targets.ts';

/** The legend of a series as the datasource writes it: a label that is missing leaves nothing. */
function legendOf({ legendFormat = '', expr }: Target, labels: Labels): string {
  if (legendFormat === '') {
    const { __name__: name = '', ...rest } = labels;
    const pairs = Object.entries(rest).map(([label, value]) => `${label}="${value}"`);
    const text = `${name}{${pairs.join(', ')}}`;
    return text === '{}' ? expr : text;
  }
  return legendFormat.replace(/\{\{\s*([^}\s]+)\s*\}\}/g, (_match, label: string) => labels[label] ?? '');
}

const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));

function frameOf(
  target: Target,
  name: string,
  times: number[],
  values: (number | null)[],
  labels: Labels,
): DataFrame {
  const time: Field = { name: 'Time', type: FieldType.time, config: {}, values: times };
  const value: Field = {
    name: 'Value',
    type: FieldType.number,
    config: { displayNameFromDS: name },
    labels,
    values,
  };
  return { refId: target.refId, name, length: times.length, fields: [time, value] };
}

function seriesFrame(target: Target, series: RecordedSeries, range: Range, now: number): DataFrame {
  const { metric, value, values } = series;
  const name = legendOf(target, metric);
  if (values === undefined) return frameOf(target, name, [now * 1000], [numberOf(value ?? null)], metric);
  const points = values.flatMap((text, index) =>
    text === null ? [] : [{ time: (range.start + index * range.step) * 1000, value: Number(text) }],
  );
  const frame = frameOf(
    target,
    name,
    points.map(({ time }) => time),
    points.map((point) => point.value),
    metric,
  );
  // By this Grafana sees where steps are missing.
  if (frame.fields[0] !== undefined) frame.fields[0].config.interval = range.step * 1000;
  return frame;
}

/** One frame of all series, each label a column of text: what the format "table" of the datasource makes. */
function tableFrame(
  target: Target,
  series: readonly RecordedSeries[],
  valueName: string,
  now: number,
): DataFrame {
  const labels: string[] = [];
  for (const { metric } of series)
    for (const label of Object.keys(metric).sort()) if (!labels.includes(label)) labels.push(label);
  const time: Field = {
    name: 'Time',
    type: FieldType.time,
    config: {},
    values: series.map(() => now * 1000),
  };
  const columns = labels.map((name): Field => ({
    name,
    type: FieldType.string,
    config: { filterable: true },
    values: series.map(({ metric }) => metric[name] ?? ''),
  }));
  const value: Field = {
    name: valueName,
    type: FieldType.number,
    config: {},
    values: series.map((one) => numberOf(one.value ?? null)),
  };
  return { refId: target.refId, length: series.length, fields: [time, ...columns, value] };
}

/**
 * The frames that Grafana's Prometheus datasource makes of the answers to a panel's queries. Its code cannot be used here
 * (AGPL); this follows its documented formats, "time series" and "table".
 *
 * @param now second at which instant queries were asked.
 */
export function framesOf(
  targets: readonly Target[],
  answers: Readonly<Record<string, Answer>>,
  range: Range,
  now: number,
): DataFrame[] {
  const tables = targets.filter(({ format }) => format === 'table');
  return targets.flatMap((target) => {
    const series = answers[target.refId]?.series ?? [];
    if (target.format !== 'table') return series.map((one) => seriesFrame(target, one, range, now));
    return [tableFrame(target, series, tables.length > 1 ? `Value #${target.refId}` : 'Value', now)];
  });
}
