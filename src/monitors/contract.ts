import type { ZodObject, output } from 'zod';
import type { Calendar } from '../calendar/calendar.ts';
import type { Database } from '../databases/contract.ts';
import type { ColumnType } from '../databases/values.ts';
import type { MonitorState } from '../state/monitor-state.ts';
import type { Instant } from '../time.ts';

/** A metric, declared once: from it come the text of `/metrics`, docs/metrics.md and the page. */
/** What of a run the history of a monitor counts. */
export const historyCounts = ['failed', 'waiting', 'late', 'missing'] as const;
export type HistoryCount = (typeof historyCounts)[number];

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
  /** The history of a monitor counts this: the sum over its labels; of those by severity the largest. */
  readonly history?: HistoryCount;
}

/** One series of a reading. `labels` holds a value for each of the family's labels; an empty text is "none". */
export interface Sample {
  readonly family: Family;
  readonly company: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How an open record stands. */
export type RecordState =
  'failed' | 'late' | 'waiting' | 'missing_left' | 'missing_right' | 'different' | 'duplicate';

/** A business document that is open, with what it is found and sorted by. */
export interface RecordEntry {
  readonly company: string;
  readonly state: RecordState;
  /** Its key, cut to the length of a label. */
  readonly record: string;
  readonly since: Instant | null;
  /** An exact decimal number; '' when unknown. */
  readonly amount: string;
  readonly currency: string;
  readonly code: string;
  readonly call: string;
  /** Of a failed record. */
  readonly errorClass: ErrorClass | null;
  /** It has failed, and a retry of the integration is still expected. */
  readonly isAwaitingRetry: boolean;
}

/** A business document that has failed, is late or mismatched, with all that is shown of it. */
export interface OpenRecord extends RecordEntry {
  /** The message, masked; of a mismatch what both sides say. */
  readonly error: string;
  /** The stack trace or the long text that the message comes from, masked as it is; absent where the message says all. */
  readonly trace?: string;
  /** Link to the record, safe to follow in a browser; '' without one. */
  readonly url: string;
  /** What each side says of a mismatch; '' otherwise. */
  readonly left: string;
  readonly right: string;
}

/** One of all open records. What is shown of it is made when it is asked for, because masking is expensive. */
export interface OpenRecordEntry extends RecordEntry {
  show(): OpenRecord;
}

/** How one company stands in one monitor, for the page and for `try`. */
export interface CompanyStatus {
  readonly company: string;
  readonly state: 'ok' | 'warning' | 'critical';
  /** Such as `3 failed, 12 waiting, 2 late`. */
  readonly text: string;
  /** How it stands from an instant on until the next run, where what is wrong now ends by itself: news gets old. */
  readonly later?: {
    readonly from: Instant;
    readonly state: 'ok' | 'warning' | 'critical';
    readonly text: string;
  };
}

/** What one run of one monitor saw. It replaces the previous reading as a whole. */
export interface Reading {
  readonly samples: readonly Sample[];
  /** Samples whose value moves with the clock between two runs: a pure function, called at each scrape. */
  readonly live?: (now: Instant) => readonly Sample[];
  readonly statuses: readonly CompanyStatus[];
  /** The records that are listed one by one, oldest first. */
  readonly records: readonly OpenRecord[];
  /** Every open record, in no order, those that wait included: at most `maxRows` of each query. Absent: `records` are all. */
  readonly allRecords?: () => readonly OpenRecordEntry[];
  /** There were more rows than `maxRows`, or more bytes than `maxBytes`: each count means "at least". */
  readonly truncated: boolean;
  /** What a person should know about this run although it did not fail; one sentence each. */
  readonly notes: readonly string[];
  /** How the run was carried out, for the log and for `try`; one sentence each. */
  readonly details?: readonly string[];
}

/** A class of errors: an entry of the catalogue of known errors, or the fingerprint of an unknown one. */
export interface ErrorClass {
  /** The id of the entry, else `unknown-` and 12 hexadecimal digits. */
  readonly error: string;
  readonly category: string;
  readonly known: boolean;
  /** First responder; '' when unknown. */
  readonly responder: string;
  /** How long the integration's own retry is waited for, in milliseconds; 0: a retry does not help. */
  readonly retryWaitMs: number;
}

/** What a kind is given for one run, which serves one company, or several when the queries return a column `company`. */
export interface RunContext<Settings> {
  readonly settings: Settings;
  /** One or more. With more than one every query returns a column `company`. */
  readonly companies: readonly string[];
  /**
   * What the column `company` may hold besides `companies`; such rows are left out. They are the monitor's other companies, which
   * other runs serve, and those that the configuration ignores.
   */
  readonly ignoredCompanies: readonly string[];
  readonly criticality: 'critical' | 'normal';
  database(name: string): Database;
  readonly calendar: Calendar;
  readonly now: Instant;
  /** First instant of the day of `now` in the company's zone. */
  today(company: string): Instant;
  /** The company's zone. */
  timezone(company: string): string;
  /** Link to a record: an http or https address that fits a label, else ''. */
  recordUrl(record: string): string;
  /** Sorts an error of the monitor's flow into its class. */
  classify(error: { readonly code: string; readonly message: string }): ErrorClass;
  /**
   * Records which classes of errors are open at a company now. Must be called once per run and company, also with none.
   *
   * @returns for each class that is new, since when it is.
   */
  noteErrors(company: string, errors: readonly string[]): ReadonlyMap<string, Instant>;
  /** What earlier runs for the same companies stored. */
  readonly state: MonitorState;
  readonly signal: AbortSignal;
  /**
   * Does what cannot be cancelled, such as reading a file system that does not answer. While that goes on, also when its run was
   * given up, later runs that ask for the same key get the same: they do not pile up.
   */
  pending<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
  /** Most rows that are read of one query. */
  readonly maxRows: number;
  /** Reading one query ends when its rows take so many bytes, about. */
  readonly maxBytes: number;
  /** Milliseconds that one statement may take on the server. */
  readonly timeoutMs: number;
  /** Longest scheduled time between two runs, in milliseconds. */
  readonly intervalMs: number;
  /**
   * How many tasks whose runs may be long share a database with this one, itself included; they run one after another. 1 at
   * least.
   */
  readonly longTasks: number;
}

/** A column that a query of a kind must or may return. */
export interface ColumnSpec {
  readonly name: string;
  /** What it may hold; see `ColumnType`. */
  readonly types: readonly ColumnType[];
  readonly required: boolean;
  /** Columns of which each makes a required one dispensable. */
  readonly unless?: readonly string[];
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

/** A mistake in the settings that no schema can see: `path` leads to it from the monitor's own mapping. */
export interface SettingsProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A metric that the settings of a monitor declare themselves. */
export interface DeclaredFamily {
  readonly family: Family;
  /** Leads from the monitor's own mapping to the key that gives the metric its name. */
  readonly path: readonly (string | number)[];
}

/**
 * A sort of check: everything that the product needs to know of it. `Schema` reads the kind's own part of a monitor in the
 * configuration; it is merged with the keys that every monitor has, so it must not be strict and must not use their names.
 * A key that holds SQL bears `.meta({ contentMediaType: 'application/sql' })`: no `${NAME}` is expanded in it. A key that
 * names a database is called `database`, wherever it stands.
 */
export interface MonitorKind<Schema extends ZodObject = ZodObject> {
  /** What `kind:` says in the configuration. */
  readonly kind: string;
  /** One sentence for the documentation. */
  readonly description: string;
  /** What a user asks who needs this kind, for the documentation. */
  readonly question: string;
  readonly settings: Schema;
  /** The columns that its queries must or may return, by the key of the query, for the documentation. */
  readonly columns?: Readonly<Record<string, readonly ColumnSpec[]>>;
  /** The families that every such monitor exports. A metric that a user declares must not look like one of them. */
  readonly families: readonly Family[];
  /** The families that the settings declare on top of `families`. */
  declaredFamilies?(settings: output<Schema>): readonly DeclaredFamily[];
  /**
   * Every query that `observe` runs, in its order. One run may serve several companies only if each of them lists
   * `companyColumn` of `shared/row-companies.ts`; else a monitor of several companies must use `:company`.
   */
  queries(settings: output<Schema>): readonly MonitorQuery[];
  /**
   * Of a kind that has no queries: whether what it reads is that of one company, so that each is a run of its own. Without that
   * such a monitor can only have one company.
   */
  readsCompany?(settings: output<Schema>): boolean;
  /** It reads its databases by `Database.comparison`, which not every driver has. */
  readonly comparesDatabases?: boolean;
  /** What the settings say that the records of a monitor are, where alerts depend on it: `mail`, or ''. */
  sends?(settings: output<Schema>): string;
  /** Cross-checks of the settings; `[]` when all is well. */
  problems?(settings: output<Schema>): readonly SettingsProblem[];
  /**
   * What is valid and yet hardly meant, such as a query of which nothing ever raises an alert; `[]` when all is well.
   *
   * @param written the keys that the monitor has in the file: one that is written, if only with 0, is meant.
   */
  doubts?(settings: output<Schema>, written: ReadonlySet<string>): readonly SettingsProblem[];
  /**
   * Milliseconds that one run may take, for a kind whose runs last longer than one statement may. Of such long runs a
   * database serves one at a time, beside the short ones.
   */
  longRunMs?(settings: output<Schema>): number;
  /**
   * As JSON, the part of the settings that gives meaning to `RunContext.state`: the state is dropped when that part changes.
   * Absent: all of them. The kind, the companies and where the databases are count in any case.
   */
  stateDependsOn?(settings: output<Schema>): unknown;
  /**
   * Whether the databases are fit for such a monitor, beyond the columns of `queries`: a line each for `check --connect`.
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

/** Why a run failed: the values of the label `reason` of `erp_monitor_failures_total`, a closed list. */
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

/** A run that failed for a reason other than its database. `message` says what is wrong and what to do. */
export class RunError extends Error {
  override readonly name = 'RunError';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}
