import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect } from 'vitest';
import type { Database, DatabaseSettings } from '../../src/databases/contract.ts';
import { open } from '../../src/databases/mssql/database.ts';
import { TdsResponder, type Exchange, type Script } from './tds-responder.ts';
import { table, tokens, types } from './tds-tokens.ts';

/*
 * What the tests of the mssql driver share. Their server is a responder that says what each test tells it to: they show
 * what the wire can do to the driver. What a real SQL Server makes of our statements is for mssql.real.test.ts.
 */

export const never = new AbortController().signal;
/** A column `n` of integers, and a result of one row of it. */
export const one = types.int('n');
export const single = table([one], [[1]]);

/** The answer to a statement of a `query`: a transaction, the result and the rollback. */
export function answer(exchange: Exchange, ...result: readonly Buffer[]): void {
  exchange.end(tokens.began(), ...result, tokens.rolledBack(), tokens.doneProc());
}

/** Opens databases and responders that end with the test they were opened in. */
export interface Bench {
  /** @param without settings that are left out. */
  connect(
    port: number,
    overrides?: Partial<DatabaseSettings>,
    without?: readonly (keyof DatabaseSettings)[],
  ): Database;
  start(
    script: Script,
    overrides?: Partial<DatabaseSettings>,
  ): Promise<{ responder: TdsResponder; database: Database }>;
  /** Runs when the test ends. */
  after(cleanup: () => Promise<void>): void;
}

/** To be called once at the top of a file. Each of its tests then fails when anything went unhandled in it. */
export function useBench(): Bench {
  const strays: unknown[] = [];
  const stray = (error: unknown): void => void strays.push(error);
  const cleanups: (() => Promise<void>)[] = [];

  beforeEach(() => {
    strays.length = 0;
    process.on('unhandledRejection', stray).on('uncaughtException', stray);
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    // What goes unhandled may do so a turn later.
    await delay(10);
    process.off('unhandledRejection', stray).off('uncaughtException', stray);
    expect(strays).toEqual([]);
  });

  const bench: Bench = {
    connect: (port, overrides = {}, without = []) => {
      const all: DatabaseSettings = { ...settings, port, ...overrides };
      const kept = Object.entries(all).filter(([key]) => !without.some((name) => name === key));
      const database = open(Object.fromEntries(kept) as unknown as DatabaseSettings);
      cleanups.push(() => database.close());
      return database;
    },
    start: async (script, overrides) => {
      const responder = await TdsResponder.start(script);
      cleanups.push(() => responder.close());
      return { responder, database: bench.connect(responder.port, overrides) };
    },
    after: (cleanup) => void cleanups.push(cleanup),
  };
  return bench;
}

const settings: DatabaseSettings = {
  name: 'erp',
  driver: 'mssql',
  host: '127.0.0.1',
  database: 'ACME',
  user: 'exporter',
  password: 'geheim-7',
  timezone: 'UTC',
  connections: 1,
  connectTimeoutMs: 5000,
  lockTimeoutMs: 4000,
  tls: { mode: 'disable' },
};
