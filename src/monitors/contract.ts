import type { ZodObject, output } from 'zod';
import type { Calendar } from '../calendar/calendar.ts';
import type { ColumnType, Database } from '../databases/contract.ts';
import type { MonitorState } from '../state/monitor-state.ts';
import type { Instant } from '../time.ts';

/** A metric, declared once: from it come the text of `/metrics`, docs/metrics.md and the page. */
export interface Family {
  /** In base units, as the Prometheus naming rules want it; a counter ends in `_total`. */
  readonly name: string;
  /** One line, a full sentence. */
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  /** Labels besides `company`, `flow` and `monitor`, which every sample bears. */
  readonly labels: readonly string[];
  /** For the documentation: `seconds`, `records`, … */
  readonly unit?: string;
}

/** One series of a reading. `labels` holds a value for each of the family's labels; an empty text is "none". */
export interface Sample {
  readonly family: Family;
  readonly company: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A business document that has failed or waits, for the page and its links. */
export interface OpenRecord {
  readonly company: string;
  readonly state: 'failed' | 'late';
  readonly record: string;
  readonly since: Instant | null;
  readonly error: string;
  readonly code: string;
  readonly call: string;
  /** Where it can be looked at, an address that a browser can follow safely; '' when nowhere. */
  readonly url: string;
}

/** How one company stands in one monitor, for people. */
export interface CompanyStatus {
  readonly company: string;
  readonly state: 'ok' | 'warning' | 'critical';
  /** Such as `3 failed, 12 waiting, 2 late`. */
  readonly text: string;
}

/** What one run of one monitor saw. It replaces the one before it whole. */
export interface Reading {
  readonly samples: readonly Sample[];
  /** Samples whose value moves with the clock between two runs: a pure function, called at each scrape. */
  readonly live?: (now: Instant) => readonly Sample[];
  readonly statuses: readonly CompanyStatus[];
  readonly records: readonly OpenRecord[];
  /** More rows than `maxRows` were there: counts are lower bounds. */
  readonly truncated: boolean;
  /** What a person should know of this run though it is no failure; one sentence each. */
  readonly notes: readonly string[];
  /** How the run went about it, for the log and for `try`; one sentence each. */
  readonly details?: readonly string[];
}

/** A class of errors: an entry of the catalogue of known errors, or the fingerprint of an unknown one. */
export interface ErrorClass {
  /** The id of the entry, else `unknown-` and 12 hexadecimal digits. */
  readonly error: string;
  readonly category: string;
  readonly known: boolean;
  /** Who acts first; '' when nobody is known to. */
  readonly responder: string;
}

/** What a run is given. One run serves one company, or several when the query itself tells them apart. */
export interface RunContext<Settings> {
  readonly settings: Settings;
  /** One or more. With more than one every query returns a column `company`. */
  readonly companies: readonly string[];
  readonly criticality: 'critical' | 'normal';
  database(name: string): Database;
  readonly calendar: Calendar;
  readonly now: Instant;
  /** First instant of the day of `now` in the company's zone. */
  today(company: string): Instant;
  /** The company's zone. */
  timezone(company: string): string;
  /** Where the record of a key can be looked at: an http or https address that fits a label, else ''. */
  recordUrl(record: string): string;
  /** Sorts an error of the monitor's flow into its class. */
  classify(error: { readonly code: string; readonly message: string }): ErrorClass;
  /**
   * Notes which classes of errors are open at a company now; to be called once a run and company, also for none.
   *
   * @returns since when those of them are new that are.
   */
  noteErrors(company: string, errors: readonly string[]): ReadonlyMap<string, Instant>;
  /** What earlier runs for the same companies kept. */
  readonly state: MonitorState;
  readonly signal: AbortSignal;
  /** Most rows that one query may hand out. */
  readonly maxRows: number;
  /** Milliseconds that one statement may take on the server. */
  readonly timeoutMs: number;
  /** Longest regular time between two runs. */
  readonly intervalMs: number;
}

/** A column that a query of a kind must or may return. */
export interface ColumnSpec {
  readonly name: string;
  /** What it may hold; see `ColumnType`. */
  readonly types: readonly ColumnType[];
  readonly required: boolean;
  /** One phrase for the documentation and for messages. */
  readonly description: string;
}

/** A query of a monitor, as `check` and `try` see it. */
export interface MonitorQuery {
  /** The key of the configuration that holds it: `failed`, `waiting`, `query`, … */
  readonly key: string;
  readonly database: string;
  readonly sql: string;
  readonly columns: readonly ColumnSpec[];
}

/** A mistake in the settings that no schema can tell: `path` leads to it from the monitor's own mapping. */
export interface SettingsProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * A sort of check. `Settings` is the kind's own part of a monitor in the configuration; its schema is merged with the keys
 * that every monitor has, so it must not be strict and must not use their names. A key that holds SQL bears
 * `.meta({ contentMediaType: 'application/sql' })`: no `${NAME}` is expanded in it. A key that names a database is called
 * `database`, wherever it stands.
 */
export interface MonitorKind<Schema extends ZodObject = ZodObject> {
  readonly kind: string;
  /** One sentence for the documentation. */
  readonly description: string;
  readonly settings: Schema;
  /** The families that do not depend on settings, for the documentation. */
  readonly documentedFamilies: readonly Family[];
  /** The families that such a monitor exports; for most kinds the same whatever the settings. */
  families(settings: output<Schema>): readonly Family[];
  /** Every query that `observe` runs, in its order. */
  queries(settings: output<Schema>): readonly MonitorQuery[];
  /** Cross-checks of the settings; `[]` when all is well. */
  problems?(settings: output<Schema>): readonly SettingsProblem[];
  /** At most one run of such kinds uses a database at a time, beside those of others. */
  readonly exclusive?: boolean;
  /** A run serves one company: with several, a query must use `:company`. */
  readonly oneCompany?: boolean;
  /** Milliseconds that one run may take, for a kind whose runs last longer than one statement may. */
  runTimeoutMs?(settings: output<Schema>): number;
  /**
   * As JSON, what of the settings gives meaning to `Run.state`: what was kept is dropped when it changes. Absent: all of
   * them. The kind, the companies and where the databases are count in any case.
   */
  definition?(settings: output<Schema>): unknown;
  /**
   * Whether the databases are fit for such a monitor, beyond what `queries` tells: a line each for `check --connect`.
   * @throws RunError when they are not; DatabaseError as the driver threw it.
   */
  examine?(run: RunContext<output<Schema>>): Promise<readonly string[]>;
  /**
   * One run. Reads what it must, one statement at a time, and returns the whole picture: a sample for each company of the
   * run, 0 included.
   * @throws RunError with a reason of the closed list; DatabaseError as the driver threw it.
   */
  observe(run: RunContext<output<Schema>>): Promise<Reading>;
}

/** Why a run failed, as `erp_monitor_failures_total{reason}` says it. A closed list. */
export const failureReasons = [
  'unreachable',
  'login',
  'timeout',
  'locked',
  'permission',
  'query',
  'columns',
  'blind',
  'clock',
  'series',
  'internal',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** A run that failed for a reason other than its database. `message` says what and what to do. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}
