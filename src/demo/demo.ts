import { setTimeout as sleep } from 'node:timers/promises';
import { preparedCluster } from './database/cluster.ts';
import type { EmbeddedDatabase } from './database/embedded.ts';
import { startEmbedded } from './database/embedded.ts';
import { bothSchemas } from './database/schema.ts';
import { startRelaunches } from './relaunches.ts';
import type { Relaunches } from './relaunches.ts';
import { Simulation } from './simulation.ts';

/** The shop and the ERP of the demo, alive until `stop`. */
export interface Demo {
  /** `postgres://…` */
  readonly shopUrl: string;
  readonly erpUrl: string;
  /** Where a failed document is tried again: `http://127.0.0.1:…` */
  readonly relaunchUrl: string;
  /** Ends the simulation and its database within 2 s. May be called more than once. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  /** Receives a line about the progress each second, then a line for each event, without newlines. */
  readonly log: (line: string) => void;
  /** Ends the start-up; once the demo runs, `stop` does that. */
  readonly signal?: AbortSignal;
}

/** Something happens this often, in milliseconds. */
const tickMs = 1000;
const maintainMs = 5 * 60_000;

/** The same events at every start; the clock is the real one. */
const seed = 20;

/**
 * Starts a shop and an ERP on an embedded PostgreSQL, fills them with yesterday and today, and lets traffic flow between
 * them. One engine serves both, each with a schema of its own: a second one would cost a stranger's machine 150 MB.
 *
 * @throws the signal's reason, or Error when the database does not start; nothing is left behind.
 */
export async function startDemo({ log, signal }: DemoOptions): Promise<Demo> {
  const stopping = new AbortController();
  const starting = AbortSignal.any([stopping.signal, ...(signal === undefined ? [] : [signal])]);
  const startedAt = performance.now();
  const progress = (text: string): void =>
    log(`Demo: ${text} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  progress('starting an embedded PostgreSQL with the databases of a shop and of an ERP');
  const ticking = setInterval(() => progress('still starting'), tickMs);
  try {
    const database = await startEmbedded('demo', starting, await preparedCluster());
    const { simulation, relaunches } = await simulate(database, starting);
    progress('shop and ERP are ready and hold yesterday and today');
    const running = keepGoing(simulation, database, stopping.signal, log);
    return {
      shopUrl: database.url,
      erpUrl: database.url,
      relaunchUrl: relaunches.url,
      stop: async () => {
        stopping.abort();
        await Promise.all([relaunches.stop(), database.stop()]);
        await running;
      },
    };
  } finally {
    clearInterval(ticking);
  }
}

/** Creates the tables and fills them with the past. @throws what goes wrong; the database is stopped then. */
async function simulate(
  database: EmbeddedDatabase,
  signal: AbortSignal,
): Promise<{ readonly simulation: Simulation; readonly relaunches: Relaunches }> {
  try {
    const simulation = new Simulation({ now: Date.now(), seed });
    const { shop, erp } = simulation.history();
    await database.write([...bothSchemas, ...shop, ...erp]);
    signal.throwIfAborted();
    const relaunches = await startRelaunches(
      (...place) => simulation.relaunch(...place),
      () => performance.now(),
    );
    return { simulation, relaunches };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/** Lets the simulation go on until the signal fires. Never throws: what goes wrong is logged. */
async function keepGoing(
  simulation: Simulation,
  database: EmbeddedDatabase,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  let maintainedAt = performance.now();
  let lastError = '';
  while (!signal.aborted) {
    const now = Date.now();
    const { shop: inShop, erp: inErp, lines } = simulation.step(now);
    const time = new Date(now).toLocaleTimeString('en-GB');
    try {
      await database.write([...inShop, ...inErp]);
      for (const line of lines) log(`${time} ${line}`);
      if (performance.now() - maintainedAt >= maintainMs) {
        maintainedAt = performance.now();
        await database.maintain();
      }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (!isAborted(signal) && text !== lastError) log(`${time} demo: ${text}`);
      lastError = text;
    }
    await sleep(tickMs, undefined, { signal }).catch(() => undefined);
  }
}

/** A function, because the compiler takes `aborted` for as constant as it was before the `await`. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
