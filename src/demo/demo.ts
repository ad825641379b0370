import { setTimeout as sleep } from 'node:timers/promises';
import type { EmbeddedDatabase } from './database/embedded.ts';
import { startEmbedded } from './database/embedded.ts';
import { erpSchema, shopSchema } from './database/schema.ts';
import { Simulation } from './simulation.ts';

/** The two databases of the demo, alive until `stop`. */
export interface Demo {
  /** `postgres://…` */
  readonly shopUrl: string;
  readonly erpUrl: string;
  /** Ends the simulation and both databases within 2 s. May be called more than once. */
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

interface Databases {
  readonly shop: EmbeddedDatabase;
  readonly erp: EmbeddedDatabase;
}

/**
 * Starts a shop and an ERP on two embedded PostgreSQL databases, fills them with yesterday and today, and lets traffic
 * flow between them. Takes some seconds.
 *
 * @throws the signal's reason, or Error when a database does not start; nothing is left behind.
 */
export async function startDemo({ log, signal }: DemoOptions): Promise<Demo> {
  const stopping = new AbortController();
  const starting = AbortSignal.any([stopping.signal, ...(signal === undefined ? [] : [signal])]);
  const startedAt = performance.now();
  const progress = (text: string): void =>
    log(`Demo: ${text} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  progress('starting two embedded PostgreSQL databases, shop and ERP');
  const ticking = setInterval(() => progress('still starting'), tickMs);
  try {
    const databases = await startDatabases(starting);
    const simulation = await simulate(databases, starting);
    progress('both databases are ready and hold yesterday and today');
    const running = keepGoing(simulation, databases, stopping.signal, log);
    return {
      shopUrl: databases.shop.url,
      erpUrl: databases.erp.url,
      stop: async () => {
        stopping.abort();
        await stopAll(databases);
        await running;
      },
    };
  } finally {
    clearInterval(ticking);
  }
}

async function stopAll({ shop, erp }: Databases): Promise<void> {
  await Promise.all([shop.stop(), erp.stop()]);
}

async function startDatabases(signal: AbortSignal): Promise<Databases> {
  const shop = await startEmbedded('shop', signal);
  try {
    // The second one is a copy of the first, while that is empty: a new one would take as long again.
    return { shop, erp: await startEmbedded('erp', signal, await shop.copy()) };
  } catch (error) {
    await shop.stop();
    throw error;
  }
}

/** Creates the tables and fills them with the past. @throws what goes wrong; the databases are stopped then. */
async function simulate(databases: Databases, signal: AbortSignal): Promise<Simulation> {
  const { shop, erp } = databases;
  try {
    await Promise.all([shop.write([shopSchema]), erp.write([erpSchema])]);
    const simulation = new Simulation({ now: Date.now(), seed });
    const history = simulation.history();
    await Promise.all([shop.write(history.shop), erp.write(history.erp)]);
    signal.throwIfAborted();
    return simulation;
  } catch (error) {
    await stopAll(databases);
    throw error;
  }
}

/** Lets the simulation go on until the signal fires. Never throws: what goes wrong is logged. */
async function keepGoing(
  simulation: Simulation,
  { shop, erp }: Databases,
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
      await Promise.all([shop.write(inShop), erp.write(inErp)]);
      for (const line of lines) log(`${time} ${line}`);
      if (performance.now() - maintainedAt >= maintainMs) {
        maintainedAt = performance.now();
        await Promise.all([shop.maintain(), erp.maintain()]);
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
