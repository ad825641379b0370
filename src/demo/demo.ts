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

/** Something happens this often, in milliseconds. */
const tickMs = 1000;
const maintainMs = 5 * 60_000;

/** The same story at every start; its clock is the real one. */
const seed = 20;

/**
 * Starts a shop and an ERP on two embedded PostgreSQL databases, fills them with yesterday and today, and lets traffic
 * flow between them. Takes some seconds; `log` hears of the progress each second, then of what happens, line by line.
 *
 * @param options.signal Ends the start-up; once the demo runs, `stop` does that.
 * @throws the signal's reason, or Error when a database does not start; nothing is left behind.
 */
export async function startDemo(options: { log(line: string): void; signal?: AbortSignal }): Promise<Demo> {
  const stopping = new AbortController();
  const signal = AbortSignal.any([
    stopping.signal,
    ...(options.signal === undefined ? [] : [options.signal]),
  ]);
  const startedAt = performance.now();
  const log = (line: string): void => options.log(line);
  const progress = (text: string): void =>
    log(`Demo: ${text} (${((performance.now() - startedAt) / 1000).toFixed(0)} s)`);
  progress('starting two embedded PostgreSQL databases, shop and ERP');
  const ticking = setInterval(() => progress('still starting'), tickMs);
  const started: EmbeddedDatabase[] = [];
  try {
    const shop = await startEmbedded('shop', signal);
    started.push(shop);
    // The second one is a copy of the first, while that is empty: a new one would take as long again.
    const erp = await startEmbedded('erp', signal, await shop.copy());
    started.push(erp);
    await Promise.all([shop.write([shopSchema]), erp.write([erpSchema])]);
    const simulation = new Simulation({ now: Date.now(), seed });
    const history = simulation.history();
    await Promise.all([shop.write(history.shop), erp.write(history.erp)]);
    signal.throwIfAborted();
    progress('both databases are ready and hold yesterday and today');
    const running = live(simulation, shop, erp, stopping.signal, log);
    return {
      shopUrl: shop.url,
      erpUrl: erp.url,
      stop: async () => {
        stopping.abort();
        await Promise.all([shop.stop(), erp.stop()]);
        await running;
      },
    };
  } catch (error) {
    stopping.abort();
    await Promise.all(started.map((database) => database.stop()));
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

/** Lets the simulation go on until the signal fires. Never throws: what goes wrong is told. */
async function live(
  simulation: Simulation,
  shop: EmbeddedDatabase,
  erp: EmbeddedDatabase,
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
