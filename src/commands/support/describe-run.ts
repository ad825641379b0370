import type { MonitorConfig } from '../../config/config.ts';
import { escapeLabel, formatValue } from '../../metrics/exposition.ts';
import type { Reading, Sample } from '../../monitors/contract.ts';
import type { Instant } from '../../time.ts';
import { count } from './count.ts';
import type { StatementTrace } from './statement-trace.ts';
import { textTable } from './text-table.ts';

/** Series that are printed; the rest is counted. */
const shownSeries = 200;

function describeStatement({ database, text, rows, count: found, seconds }: StatementTrace): string[] {
  const hidden = rows.length > 0 && found > rows.length ? [`    … and ${found - rows.length} more`] : [];
  return [
    `  on ${database}, ${(seconds * 1000).toFixed(1)} ms, ${count(found, 'row')}: ${text}`,
    ...textTable(rows).map((line) => `    ${line}`),
    ...hidden,
  ];
}

/** The statements of a run as lines for people: where, how long, and the first rows of each. */
export function describeStatements(traces: readonly StatementTrace[]): string[] {
  return ['Queries:', ...traces.flatMap(describeStatement)];
}

/** Where a reading comes from: these become labels of its series. */
export interface ReadingSource {
  readonly monitor: MonitorConfig;
  /** '' where the configuration names none. */
  readonly environment: string;
}

function seriesLine({ family, company, labels, value }: Sample, source: ReadingSource): string {
  const { environment, monitor } = source;
  const common = { company, flow: monitor.flow, monitor: monitor.name };
  const all = { ...(environment === '' ? {} : { environment }), ...common, ...labels };
  const text = Object.entries(all).map(([label, content]) => `${label}="${escapeLabel(content)}"`);
  return `${family.name}{${text.join(',')}} ${formatValue(value)}`;
}

function describeSeries(samples: readonly Sample[], source: ReadingSource): string[] {
  const hidden = samples.length > shownSeries ? [`  … and ${samples.length - shownSeries} more`] : [];
  return [
    `Series: ${samples.length}`,
    ...samples.slice(0, shownSeries).map((sample) => `  ${seriesLine(sample, source)}`),
    ...hidden,
  ];
}

/** A reading as lines for people: its series, its state, and what one should know of it. */
export function describeReading(reading: Reading, source: ReadingSource, now: Instant): string[] {
  const { monitor } = source;
  const { statuses, truncated, notes, details = [] } = reading;
  return [
    ...describeSeries([...reading.samples, ...(reading.live?.(now) ?? [])], source),
    'State:',
    ...statuses.map(({ company, state, text }) => `  ${company}: ${state}, ${text}`),
    ...(monitor.calendar.isOpen(now)
      ? []
      : ['  Outside of business hours now: the time that passes makes nothing late.']),
    ...(truncated
      ? [
          `  More rows than max_rows ${monitor.maxRows}, or more bytes than max_bytes ${monitor.maxBytes}: at least this many.`,
        ]
      : []),
    ...[...notes, ...details].map((note) => `  ${note}`),
  ];
}
