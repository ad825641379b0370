import type { BenchDatabase, Login } from './postgres.ts';
import { exactCpuSeconds } from './programs.ts';

/** Server time of the statements of a login since the server started, or between two readings; in milliseconds. */
export interface ServerTime {
  /** From pg_stat_statements: planning and execution of every statement, including BEGIN, SET and ROLLBACK. */
  readonly statements: number;
  /** Processor time of the login's backends, including parsing, protocol and transactions. */
  readonly cpu: number;
}

/** Reads the server time of a login. The CPU time that a backend used between the last reading and its end is not counted. */
export class ServerClock {
  readonly #database: BenchDatabase;
  readonly #login: Login;
  readonly #cpuByBackend = new Map<number, number>();

  constructor(database: BenchDatabase, login: Login) {
    this.#database = database;
    this.#login = login;
  }

  async read(): Promise<ServerTime> {
    const [times] = await this.#database.admin(
      `SELECT coalesce(sum(total_plan_time + total_exec_time), 0) AS ms FROM pg_stat_statements
       JOIN pg_roles ON pg_roles.oid = userid WHERE rolname = '${this.#login}'`,
    );
    const backends = await this.#database.admin(
      `SELECT pid FROM pg_stat_activity WHERE usename = '${this.#login}'`,
    );
    for (const { pid } of backends) this.#cpuByBackend.set(Number(pid), exactCpuSeconds(Number(pid)) * 1000);
    const cpu = [...this.#cpuByBackend.values()].reduce((sum, value) => sum + value, 0);
    return { statements: Number(times?.['ms']), cpu };
  }
}
