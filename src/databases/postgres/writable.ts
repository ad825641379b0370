import { abortedError } from '../shared/aborting.ts';
import { parseStatement } from '../shared/named-parameters.ts';
import { Pool } from '../shared/pool.ts';
import { DatabaseError } from '../contract.ts';
import type { DatabaseSettings } from '../contract.ts';
import type { Parameters } from '../values.ts';
import type { Execute, Executed, OpenWritableDatabase, WritableDatabase } from '../writable.ts';
import { quoting } from './quoting.ts';
import { bind, readersFor } from './values.ts';
import { WritingSession } from './writing-session.ts';
import { WritingStatement } from './writing-statement.ts';

/** More rows are an error. */
const mostRows = 10_000;

class PostgresWritable implements WritableDatabase {
  readonly #settings: DatabaseSettings;
  readonly #pool: Pool<WritingSession>;
  readonly #readerOf: ReturnType<typeof readersFor>;

  constructor(settings: DatabaseSettings) {
    this.#settings = settings;
    this.#pool = new Pool(settings.connections, (signal) => WritingSession.open(settings, signal));
    this.#readerOf = readersFor(settings.timezone);
  }

  transaction<Result>(
    work: (execute: Execute) => Promise<Result>,
    { signal: caller, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Result> {
    return this.#pool.use(caller, async (session, signal) => {
      const limits = { timeoutMs, signal };
      const execute: Execute = async (sql, parameters) => {
        const statement = this.#statement(sql, parameters, session);
        return this.#execute(statement, session, limits);
      };
      await session.begin(limits);
      let result: Result;
      try {
        result = await work(execute);
        if (signal.aborted) throw abortedError();
      } catch (error) {
        await session.rollback();
        throw error;
      }
      await session.commit(limits);
      return result;
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #execute(
    statement: WritingStatement,
    session: WritingSession,
    limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Executed> {
    const rows = await session.run(statement, limits);
    if (rows.length > mostRows)
      throw new DatabaseError('query', `the statement returned more than ${mostRows} rows`);
    return { rows, changed: statement.changed };
  }

  /** Each name becomes one `$n`, wherever it stands. */
  #statement(sql: string, parameters: Parameters, session: WritingSession): WritingStatement {
    const { texts, names } = parseStatement(sql, quoting, new Set(Object.keys(parameters)));
    const used = [...new Set(names)];
    const numbered = texts.map((text, at) => {
      const name = names[at];
      return name === undefined ? text : `${text}$${used.indexOf(name) + 1}`;
    });
    const request = {
      sql: numbered.join(''),
      parameters: used.map((name) => bind(parameters[name] ?? null, this.#settings.timezone)),
      rows: mostRows + 1,
    };
    return new WritingStatement(request, this.#readerOf, session.anyBytes);
  }
}

export const openWritable: OpenWritableDatabase = (settings) => new PostgresWritable(settings);
