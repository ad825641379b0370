import { setTimeout as sleep } from 'node:timers/promises';
import { Simulation } from '../../src/demo/simulation.ts';
import type { Side } from './sides.ts';

const tables = {
  shop: ['web_orders', 'payments', 'customers', 'outgoing_emails'],
  erp: ['sales_orders', 'payment_entries', 'invoices', 'datamove_jobs', 'datamove_runs', 'crm_sync_log'],
} as const;

/** Interval between events, in milliseconds. */
const tickMs = 1000;

const emptied = (names: readonly string[]): string[] => names.map((name) => `DELETE FROM ${name}`);

/**
 * The simulation of `npm run demo` on two real servers: it empties both, writes the records of yesterday and today, and then
 * simulates events until the signal fires. Earlier records are removed, because they belong to another simulation.
 *
 * @param options.onTick called after each second's worth of events.
 * @throws the error of a server.
 */
export async function runTraffic(options: {
  readonly shop: Side;
  readonly erp: Side;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly onTick: () => void;
}): Promise<void> {
  const { shop, erp, signal, log, onTick } = options;
  const simulation = new Simulation({ now: Date.now(), seed: 20 });
  const history = simulation.history();
  await Promise.all([
    shop.write([...emptied(tables.shop), ...history.shop]),
    erp.write([...emptied(tables.erp), ...history.erp]),
  ]);
  log('both databases hold yesterday and today');
  while (!signal.aborted) {
    const deeds = simulation.step(Date.now());
    await Promise.all([shop.write(deeds.shop), erp.write(deeds.erp)]);
    for (const line of deeds.lines) log(line);
    onTick();
    await sleep(tickMs, undefined, { signal }).catch(() => undefined);
  }
}
