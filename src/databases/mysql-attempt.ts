import { DatabaseError, type QueryOptions, type Row } from './database.ts';
import { abortedError } from './mysql-errors.ts';
import type { Lease } from './mysql-pool.ts';
import type { Session } from './mysql-session.ts';
import { assertReading, type Compiled } from './mysql-sql.ts';
import type { Statement } from './mysql-statement.ts';
import { readerOf, toBound, type Reader } from './mysql-values.ts';
import { sessionZones } from './mysql-zone.ts';

/** A server that closed an idle connection says so within a round trip; what breaks later broke while it ran. */
const staleMs = 250;
/** How much longer than its time-out a statement may take before we end it in the server's place. */
const graceMs = 500;

/** What is the same for every statement of a database. */
export interface Surroundings {
  /** The zone of zone-less columns. */
  readonly timezone: string;
  /** Values for `time_zone` that the server has been found not to know. */
  readonly unknownZones: Set<string>;
}

/** One statement of a caller in one session. */
export class Attempt {
  readonly #session: Session;
  readonly #reused: boolean;
  readonly #compiled: Compiled;
  readonly #surroundings: Surroundings;
  #statement: Statement | undefined;
  #cancelled: Promise<void> | undefined;
  #overdue: DatabaseError | undefined;
  #stale = false;

  constructor(lease: Lease, compiled: Compiled, surroundings: Surroundings) {
    this.#session = lease.session;
    this.#reused = lease.reused;
    this.#compiled = compiled;
    this.#surroundings = surroundings;
  }

  /** Why it failed: the session was dead already when it was taken, so that nothing has been done. */
  get stale(): boolean {
    return this.#stale;
  }

  /** Runs the statement. However it is left, it has then ended on the server or the connection is gone. */
  async *rows(signal: AbortSignal, { maxRows, timeoutMs }: QueryOptions): AsyncGenerator<Row> {
    const start = Date.now();
    const cancel = (): void => this.#cancel();
    const timer = setTimeout(() => this.#expire(timeoutMs), timeoutMs + graceMs);
    signal.addEventListener('abort', cancel, { once: true });
    try {
      yield* this.#run(maxRows, timeoutMs, start);
      // A cancelled statement can end as if nothing had happened: SLEEP() then returns 1.
      if (this.#cancelled !== undefined && (signal.aborted || this.#overdue !== undefined))
        throw abortedError();
    } catch (error) {
      const failure = this.#overdue ?? this.#session.judge(error);
      this.#stale = this.#overdue === undefined && !signal.aborted && this.#wasDead(start);
      throw failure;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      if (this.#statement?.ended === false) this.#cancel();
      await this.#cancelled;
    }
  }

  async *#run(maxRows: number, timeoutMs: number, start: number): AsyncGenerator<Row> {
    const { sql, values } = this.#compiled;
    const { timezone, unknownZones } = this.#surroundings;
    await refuseWriting(this.#session, sql);
    const dates = values.filter((value) => value instanceof Date);
    const zones = sessionZones(timezone, dates, start);
    const zone = await this.#session.configure(zones, unknownZones, timeoutMs);
    const bound = values.map((value) => toBound(value, timezone));
    this.#statement = this.#session.execute(sql, bound);
    yield* rowsOf(this.#statement, timezone, zone, maxRows);
  }

  #cancel(): void {
    if (this.#statement === undefined) this.#session.destroy();
    else this.#cancelled ??= this.#session.cancel(this.#statement);
  }

  #expire(timeoutMs: number): void {
    this.#overdue = new DatabaseError('timeout', `the statement did not end within ${timeoutMs} ms`);
    this.#cancel();
  }

  #wasDead(start: number): boolean {
    const answered = this.#session.lastAnswer >= start || this.#statement?.answered === true;
    return this.#reused && !this.#session.usable && !answered && Date.now() - start < staleMs;
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
  maxRows: number,
): AsyncGenerator<Row> {
  let left = maxRows;
  let readers: [string, Reader][] | undefined;
  for await (const cells of statement.rows) {
    if (!Array.isArray(cells)) return;
    readers ??= statement.fields.map((field) => [field.name, readerOf(field, timezone, zone)]);
    const row: Record<string, Row[string]> = {};
    readers.forEach(([name, read], at) => {
      const raw: unknown = cells[at];
      row[name] = raw === null ? null : read(raw);
    });
    yield row;
    left -= 1;
    if (left <= 0) return;
  }
}
