import type { ZodObject, output } from 'zod';
import { always } from '../../src/calendar/calendar.ts';
import type { Database, QueryOptions, RowObserver } from '../../src/databases/contract.ts';
import type { Parameters, Row } from '../../src/databases/values.ts';
import { createMonitorStates } from '../../src/state/monitor-states.ts';
import type { MonitorKind, Reading, RunContext, Sample } from '../../src/monitors/contract.ts';

/** `2026-11-21T10:00:00Z`, a Saturday: the time of every run here unless a test says otherwise. */
export const now = Date.parse('2026-11-21T10:00:00Z');
/** Start of that day in Brussels. */
export const today = Date.parse('2026-11-20T23:00:00Z');
export const minute = 60_000;
export const hour = 3_600_000;

/** Rows as a database would stream them. */
export type Rows = Iterable<Row> | AsyncIterable<Row>;

/** A database that answers each statement from memory and writes down how it was asked. */
export class MemoryDatabase implements Pick<Database, 'query'> {
  readonly asked: { sql: string; parameters: Parameters; options: QueryOptions }[] = [];
  /** Rows that were taken, over all statements, and statements that ended, early or not. */
  taken = 0;
  ended = 0;
  readonly #answers: Readonly<Record<string, Rows>>;
  readonly #tell: (observer: RowObserver) => void;

  /** @param tell what a driver would tell the observer of a statement, before its rows. */
  constructor(
    answers: Readonly<Record<string, Rows>>,
    tell: (observer: RowObserver) => void = () => undefined,
  ) {
    this.#answers = answers;
    this.#tell = tell;
  }

  async *query(sql: string, parameters: Parameters, options: QueryOptions): AsyncIterable<Row> {
    this.asked.push({ sql, parameters, options });
    if (options.observer !== undefined) this.#tell(options.observer);
    let left = options.maxRows;
    try {
      for await (const row of this.#answers[sql] ?? []) {
        if (left === 0) return;
        left -= 1;
        this.taken += 1;
        yield row;
      }
    } finally {
      this.ended += 1;
    }
  }
}

/** Runs a kind once with settings as a configuration spells them. */
export async function observe<Schema extends ZodObject>(
  kind: MonitorKind<Schema>,
  settings: Readonly<Record<string, unknown>>,
  database: Pick<Database, 'query'>,
  overrides: Partial<Omit<RunContext<output<Schema>>, 'settings'>> = {},
): Promise<Reading> {
  return kind.observe({
    settings: kind.settings.parse({ database: 'shop', ...settings }),
    companies: ['acme'],
    ignoredCompanies: [],
    criticality: 'normal',
    // The kinds only ever ask; describe, ping and close belong to others.
    database: () => database as Database,
    calendar: always,
    now,
    today: () => today,
    timezone: () => 'Europe/Brussels',
    recordUrl: () => '',
    classify: ({ code }) =>
      code === ''
        ? { error: 'unknown-0', category: 'unknown', known: false, responder: '', retryWaitMs: 0 }
        : { error: `class-${code}`, category: 'C', known: true, responder: 'it', retryWaitMs: 0 },
    noteErrors: () => new Map(),
    state: createMonitorStates(undefined, () => {}).open('test', '', now),
    signal: new AbortController().signal,
    pending: (_, work) => work(),
    maxRows: 10_000,
    maxBytes: 67_108_864,
    timeoutMs: 5_000,
    intervalMs: 60_000,
    longTasks: 1,
    ...overrides,
  });
}

function seriesName({ family, company, labels }: Sample): string {
  const texts = family.labels.map((label) => `${label}=${labels[label] ?? '(absent)'}`);
  return `${family.name}{${[company, ...texts].join(',')}}`;
}

/** `name{company,label=value}` to value, with what is computed at a scrape; fails when two series are the same. */
export function seriesOf(reading: Reading, at = now): Record<string, number> {
  const samples = [...reading.samples, ...(reading.live?.(at) ?? [])];
  const series = Object.fromEntries(samples.map((sample) => [seriesName(sample), sample.value]));
  if (Object.keys(series).length !== samples.length) throw new Error('two series are the same');
  return series;
}

/** What `check` finds wrong with settings as a configuration spells them: `path: message`. */
export function problemsOf(kind: MonitorKind, settings: Readonly<Record<string, unknown>>): string[] {
  const parsed = kind.settings.safeParse({ database: 'shop', ...settings });
  const problems = parsed.success
    ? (kind.problems?.(parsed.data) ?? [])
    : parsed.error.issues.map(({ path, message }) => ({ path, message }));
  return problems.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
}
