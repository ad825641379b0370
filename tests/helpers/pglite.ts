import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { DatabaseSettings } from '../../src/databases/contract.ts';
import { postgresSettings, runOnPostgres, type AdminRow } from './postgres.ts';

/** An embedded PostgreSQL in memory behind a socket of 127.0.0.1. One backend serves every connection, any login may in. */
export interface PgliteServer {
  readonly port: number;
  settings(overrides?: Partial<DatabaseSettings>): DatabaseSettings;
  /** Runs statements over a connection of their own; the rows of the last. */
  admin(sql: string): Promise<readonly AdminRow[]>;
  dispose(): Promise<void>;
}

/** Starts one in a process of its own; it is ready when the promise resolves. */
export async function startPglite(): Promise<PgliteServer> {
  const child = fork(new URL('pglite-process.ts', import.meta.url), { execArgv: [] });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('PGlite did not start')));
  const [port] = (await Promise.race([once(child, 'message'), ended])) as [number];
  ended.catch(() => undefined);
  const login = { host: '127.0.0.1', port, user: 'postgres', password: '-', database: 'postgres' };
  return {
    port,
    // It cancels nothing: who comes next may have to wait for a statement that nobody wants any more.
    settings: (overrides) => postgresSettings(port, { connectTimeoutMs: 30_000, ...overrides }),
    admin: (sql) => runOnPostgres(login, sql),
    dispose: async () => {
      if (child.exitCode !== null) return;
      const exit = once(child, 'exit');
      child.disconnect();
      await exit;
    },
  };
}
