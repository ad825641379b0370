import type { Connection } from 'tedious';
import type { DatabaseSettings } from '../contract.ts';
import { parseStatement } from '../shared/named-parameters.ts';
import { mostWrittenRows, tooManyRows } from '../shared/writing.ts';
import type { Parameters, Row } from '../values.ts';
import type { Execute, Executed, OpenWritableDatabase, WritableDatabase } from '../writable.ts';
import { readDecimalsExactly } from './exact.ts';
import { bind } from './parameters.ts';
import { SessionPool } from './pool.ts';
import { quoting } from './quoting.ts';
import { execute, type Limits, type Statement } from './statement.ts';

/** SQL Server, for statements that write. An error undoes the whole transaction (`XACT_ABORT`). */
class WritableSqlServer implements WritableDatabase {
  readonly #zone: string;
  readonly #pool: SessionPool;

  constructor(settings: DatabaseSettings) {
    this.#zone = settings.timezone;
    this.#pool = new SessionPool(settings, { writes: true });
  }

  transaction<Result>(
    work: (execute: Execute) => Promise<Result>,
    { signal: caller, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Result> {
    return this.#pool.use(caller, async (connection, signal) => {
      const limits = { signal, timeoutMs, zone: this.#zone };
      const batch = (text: string) => run(connection, { text, parameters: [], bare: true }, limits);
      await batch('SET TRANSACTION ISOLATION LEVEL READ COMMITTED;SET XACT_ABORT ON;BEGIN TRAN');
      try {
        const result = await work((sql, parameters) =>
          run(connection, statementOf(sql, parameters, this.#zone), limits),
        );
        await batch('COMMIT TRAN');
        return result;
      } catch (error) {
        // A session whose transaction is still open is closed by the pool, which ends it too.
        await batch('IF @@TRANCOUNT > 0 ROLLBACK TRAN').catch(() => connection.close());
        throw error;
      }
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

async function run(connection: Connection, statement: Statement, limits: Limits): Promise<Executed> {
  const rows: Row[] = [];
  let counted = 0;
  const counting = { ...limits, counted: (count: number) => void (counted = count) };
  for await (const row of execute(connection, statement, counting)) {
    rows.push(row);
    if (rows.length > mostWrittenRows) throw tooManyRows();
  }
  return { rows, changed: Math.max(0, counted - rows.length) };
}

/** Each occurrence of a parameter is one of its own, `@p1`, `@p2`, …, and bound by the protocol. */
function statementOf(sql: string, values: Parameters, zone: string): Statement {
  const { texts, names } = parseStatement(sql, quoting, new Set(Object.keys(values)));
  return {
    text: texts.reduce((before, after, index) => `${before}@p${index}${after}`),
    parameters: names.map((name, index) => bind(`p${index + 1}`, values[name], 'datetimeoffset', zone)),
  };
}

/** See `WritableSqlServer`. */
export const openWritable: OpenWritableDatabase = (settings) => {
  readDecimalsExactly();
  return new WritableSqlServer(settings);
};
