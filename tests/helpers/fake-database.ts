import type { Comparison } from '../../src/databases/comparison/contract.ts';
import { DatabaseError } from '../../src/databases/contract.ts';
import type { Database, DatabaseErrorKind } from '../../src/databases/contract.ts';
import type { Column, Row } from '../../src/databases/values.ts';

/** A database whose answers a test with virtual time decides: rows at once, after a while, never, or an error. */
export class FakeDatabase implements Database {
  /** Statements under way now, and the most there ever were. */
  active = 0;
  most = 0;
  queries = 0;
  pings = 0;
  closed = false;
  /** When set, nothing can connect. */
  down: DatabaseErrorKind | null = null;
  skew = 0;
  /** What a statement does; by default it answers with no row. */
  answer: (sql: string, signal: AbortSignal) => Promise<readonly Row[]> = () => Promise.resolve([]);

  get comparison(): Comparison {
    throw new Error('this fake compares nothing');
  }

  async *query(
    sql: string,
    _: unknown,
    options: { signal: AbortSignal; maxRows: number },
  ): AsyncIterable<Row> {
    this.queries += 1;
    this.#connect();
    this.active += 1;
    this.most = Math.max(this.most, this.active);
    try {
      for (const row of (await this.answer(sql, options.signal)).slice(0, options.maxRows)) yield row;
    } finally {
      this.active -= 1;
    }
  }

  describe(): Promise<Column[]> {
    return Promise.resolve([]);
  }

  ping(): Promise<{ clockSkewSeconds: number }> {
    this.pings += 1;
    try {
      this.#connect();
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return Promise.resolve({ clockSkewSeconds: this.skew });
  }

  inspect() {
    return Promise.resolve({ version: 'Fake 1', user: 'exporter', writable: [], powerful: [], reaching: [] });
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #connect(): void {
    if (this.down !== null) throw new DatabaseError(this.down, 'connection refused');
  }
}

/** Resolves after `ms` of (virtual) time, or rejects as a driver does when the signal fires. */
export function answerAfter(ms: number, rows: readonly Row[], signal: AbortSignal): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(rows), ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DatabaseError('aborted', 'cancelled'));
    });
  });
}
