import { abortedError, endedAs } from '../shared/aborting.ts';
import { RowReader } from '../shared/rows.ts';
import { DatabaseError, type QueryOptions, type StatementEnd } from '../contract.ts';
import type { Row } from '../values.ts';
import type { Session } from './session.ts';
import { assertReading, type Compiled } from './sql.ts';
import type { Statement } from './statement.ts';
import { readerOf, toBound } from './values.ts';
import { sessionZones } from './zone.ts';

/** How much longer than its time-out a statement may take before we end it in the server's place. */
const graceMs = 500;

/** What is the same for every statement of a database. */
export interface Surroundings {
  /** The zone of zone-less columns. */
  readonly timezone: string;
  /** Values for `time_zone` that the server has been found not to know. */
  readonly unknownZones: Set<string>;
}

/** How an answer is read; `zone` is the `time_zone` under which the statement runs. */
export type ReadAnswer<Item> = (statement: Statement, zone: string) => AsyncIterable<Item>;

/** One statement of a caller in one session. */
export class Attempt {
  readonly #session: Session;
  readonly #compiled: Compiled;
  readonly #surroundings: Surroundings;
  #statement: Statement | undefined;
  #cancelled: Promise<StatementEnd> | undefined;
  /** The signal fired, or the time was over, before there was a statement: the connection was cut. */
  #dropped = false;
  #overdue: DatabaseError | undefined;

  constructor(session: Session, compiled: Compiled, surroundings: Surroundings) {
    this.#session = session;
    this.#compiled = compiled;
    this.#surroundings = surroundings;
  }

  /** Runs the statement and yields its rows, see `run`. */
  rows(signal: AbortSignal, options: QueryOptions): AsyncGenerator<Row> {
    const { timezone } = this.#surroundings;
    return this.run(signal, options.timeoutMs, (statement, zone) =>
      rowsOf(statement, timezone, zone, options),
    );
  }

  /** Runs the statement. However it is left, it has then ended on the server or the connection is gone. */
  async *run<Item>(signal: AbortSignal, timeoutMs: number, read: ReadAnswer<Item>): AsyncGenerator<Item> {
    const cancel = (): void => this.#cancel();
    const timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs + graceMs);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      const { statement, zone } = await this.#start(timeoutMs);
      yield* read(statement, zone);
      // A cancelled statement can end as if nothing had happened: SLEEP() then returns 1.
      if (this.#cancelled !== undefined && (signal.aborted || this.#overdue !== undefined))
        throw abortedError();
    } catch (error) {
      const failure = this.#overdue ?? this.#session.judge(error);
      const end = (await this.#cancelled) ?? (this.#dropped ? 'unanswered' : undefined);
      const reported = signal.aborted ? abortedError(failure) : failure;
      throw end === undefined ? reported : endedAs(end, reported);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      if (this.#statement?.ended === false) this.#cancel();
      await this.#cancelled;
    }
  }

  async #start(timeoutMs: number): Promise<{ statement: Statement; zone: string }> {
    const { sql, values } = this.#compiled;
    const { timezone, unknownZones } = this.#surroundings;
    await refuseWriting(this.#session, sql);
    const dates = values.filter((value) => value instanceof Date);
    const zones = sessionZones(timezone, dates, Date.now());
    const zone = await this.#session.configure(zones, unknownZones, timeoutMs);
    const bound = values.map((value) => toBound(value, timezone));
    const statement = this.#session.execute(sql, bound);
    this.#statement = statement;
    return { statement, zone };
  }

  #cancel(): void {
    if (this.#statement === undefined) {
      this.#dropped = true;
      this.#session.destroy();
    } else this.#cancelled ??= this.#session.cancel(this.#statement);
  }

  #expire(timeoutMs: number): void {
    this.#overdue = new DatabaseError('timeout', `the statement did not end within ${timeoutMs} ms`);
    this.#cancel();
  }
}

/** The server's own words for what it cannot prepare, ours for what it could and must not run. */
async function refuseWriting(session: Session, sql: string): Promise<void> {
  try {
    assertReading(sql);
  } catch (refusal) {
    await session.prepare(sql);
    throw refusal;
  }
}

async function* rowsOf(
  statement: Statement,
  timezone: string,
  zone: string,
  { maxRows, observer }: QueryOptions,
): AsyncGenerator<Row> {
  const readerFor = (): RowReader<unknown> =>
    new RowReader(
      statement.fields.map((field) => ({ name: field.name, read: readerOf(field, timezone, zone) })),
      observer,
    );
  let left = maxRows;
  let reader: RowReader<unknown> | undefined;
  for await (const cells of statement.rows) {
    if (!Array.isArray(cells)) return;
    reader ??= readerFor();
    yield reader.read(cells);
    left -= 1;
    if (left <= 0) return;
  }
  // Names are known without a row, too.
  if (reader === undefined) readerFor();
}
