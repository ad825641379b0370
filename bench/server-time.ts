import type { BenchDatabase, Login } from './postgres.ts';
import { exactCpuSeconds } from './programs.ts';

/** What the statements of a login have cost the server since it started, or since another reading; ms. */
export interface ServerTime {
  /** pg_stat_statements: planning and execution of every statement, BEGIN, SET and ROLLBACK included. */
  readonly statements: number;
  /** Processor time of the login's backends: parsing, protocol and transactions included. */
  readonly cpu: number;
}

/** Counts what the backends of a login use. A backend that ended since the last call takes its last moments with it. */
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
