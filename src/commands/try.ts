import { loadConfig } from '../config/load.ts';
import type { Config, MonitorConfig } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Database, Row, Value } from '../databases/contract.ts';
import { escapeLabel, formatValue } from '../metrics/exposition.ts';
import type { Reading, Sample } from '../monitors/contract.ts';
import { createKnowledge } from '../known-errors/knowledge.ts';
import { createMonitorStates } from '../state/monitor-states.ts';
import { failureOf, runUnit, unitsOf } from '../poll/task.ts';
import type { Unit } from '../poll/task.ts';
import { databaseFrom, openDatabases } from './support/open-databases.ts';
import { traced } from './support/statement-trace.ts';
import type { Trace } from './support/statement-trace.ts';

/** Series that are printed; the rest is counted. */
const shownSeries = 200;
const cellWidth = 60;

export interface TryOptions {
  readonly file: string;
  readonly monitor: string;
  /** Only this company; else each company of the monitor. */
  readonly company: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (line: string) => void;
}

function cell(value: Value): string {
  if (value === null) return 'NULL';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  return String(value).replaceAll(/\s+/g, ' ');
}

/** A table of text: a line of names, a rule, a line per row. */
function table(rows: readonly Row[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const cut = (text: string) => (text.length > cellWidth ? `${text.slice(0, cellWidth - 1)}…` : text);
  const lines = [names, ...rows.map((row) => names.map((name) => cut(cell(row[name] ?? null))))];
  const widths = names.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)));
  const format = (line: readonly string[]) =>
    line
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = lines;
  return [format(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(format)];
}

function writeTrace({ database, text, rows, count, seconds }: Trace, write: (line: string) => void): void {
  write(
    `  on ${database}, ${(seconds * 1000).toFixed(1)} ms, ${count} ${count === 1 ? 'row' : 'rows'}: ${text}`,
  );
  for (const line of table(rows)) write(`    ${line}`);
  if (rows.length > 0 && count > rows.length) write(`    … and ${count - rows.length} more`);
}

function seriesLine({ family, company, labels, value }: Sample, { flow, name }: MonitorConfig): string {
  const all = { company, flow, monitor: name, ...labels };
  const text = Object.entries(all).map(([label, content]) => `${label}="${escapeLabel(content)}"`);
  return `${family.name}{${text.join(',')}} ${formatValue(value)}`;
}

function writeReading(
  reading: Reading,
  monitor: MonitorConfig,
  now: number,
  write: (line: string) => void,
): void {
  const samples = [...reading.samples, ...(reading.live?.(now) ?? [])];
  write(`Series: ${samples.length}`);
  for (const sample of samples.slice(0, shownSeries)) write(`  ${seriesLine(sample, monitor)}`);
  if (samples.length > shownSeries) write(`  … and ${samples.length - shownSeries} more`);
  write('State:');
  for (const { company, state, text } of reading.verdicts) write(`  ${company}: ${state}, ${text}`);
  if (!monitor.calendar.isOpen(now))
    write('  The calendar is closed now: time that passes makes nothing late.');
  if (reading.truncated) write(`  More rows than max_rows ${monitor.maxRows}: the counts are lower bounds.`);
  for (const note of [...reading.notes, ...(reading.details ?? [])]) write(`  ${note}`);
}

async function tryUnit(
  unit: Unit,
  config: Config,
  databases: ReadonlyMap<string, Database>,
  options: TryOptions,
) {
  const { write } = options;
  const traces: Trace[] = [];
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), Math.min(unit.monitor.runTimeoutMs, 2 ** 31 - 1));
  const now = Date.now();
  write(`Monitor ${unit.monitor.name}, ${unit.monitor.kind.kind}, for ${unit.companies.join(', ')}`);
  try {
    // Each once: a comparison tells by identity whether both of its sides are one database.
    const watched = new Map([...databases].map(([name, found]) => [name, traced(name, found, traces)]));
    const database = databaseFrom(watched);
    // A single look can't tell what is new.
    const errors = createKnowledge(config.knownErrors, undefined);
    const states = createMonitorStates(undefined, () => {});
    const reading = await runUnit(unit, { config, database, errors, states, now, signal: limit.signal });
    write('Queries:');
    for (const trace of traces) writeTrace(trace, write);
    writeReading(reading, unit.monitor, now, write);
    return true;
  } catch (error) {
    const failure = failureOf(error, limit.signal.aborted ? unit.monitor.runTimeoutMs : null);
    if (traces.length > 0) write('Queries:');
    for (const trace of traces) writeTrace(trace, write);
    write(`Failed, reason ${failure.reason}: ${failure.message}`);
    return false;
  } finally {
    clearTimeout(timer);
    const total = traces.reduce((sum, { seconds }) => sum + seconds, 0);
    write(`Time in the database: ${(total * 1000).toFixed(1)} ms\n`);
  }
}

/**
 * `erp-exporter try MONITOR`: one run now, told in words.
 *
 * @returns the exit code: 0 when every run ended well.
 */
export async function tryMonitor(options: TryOptions): Promise<number> {
  const { file, env, write } = options;
  const result = await loadConfig(file, { env });
  if (!result.ok) {
    for (const problem of result.problems) write(formatProblem(problem));
    return 1;
  }
  const { config } = result;
  const units = unitsOf(config).filter(
    ({ monitor, companies }) =>
      monitor.name === options.monitor &&
      (options.company === undefined || companies.includes(options.company)),
  );
  if (units.length === 0) {
    const known = config.monitors.map(({ name }) => name).join(', ');
    const whose = options.company === undefined ? '' : ` for company ${JSON.stringify(options.company)}`;
    write(`${file} has no monitor ${JSON.stringify(options.monitor)}${whose}; it has: ${known}`);
    return 1;
  }
  const databases = await openDatabases(
    config,
    units.flatMap(({ monitor }) => monitor.databases),
  );
  try {
    let good = true;
    for (const unit of units) good = (await tryUnit(unit, config, databases.byName, options)) && good;
    return good ? 0 : 1;
  } finally {
    await databases.close();
  }
}
