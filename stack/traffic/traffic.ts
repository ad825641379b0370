import { setTimeout as sleep } from 'node:timers/promises';
import { Simulation } from '../../src/demo/simulation.ts';
import type { Side } from './sides.ts';

const tables = {
  shop: ['web_orders', 'payments', 'customers', 'outgoing_emails'],
  erp: ['sales_orders', 'payment_entries', 'invoices', 'datamove_jobs', 'datamove_runs', 'crm_sync_log'],
} as const;

/** Something happens this often, in milliseconds. */
const tickMs = 1000;

const emptied = (names: readonly string[]): string[] => names.map((name) => `DELETE FROM ${name}`);

/**
 * The simulation of `npm run demo` on two real servers: it empties both, writes yesterday and today, and then lets things
 * happen until the signal fires. What was there before is part of another story.
 *
 * @param options.onTick called after each second's worth of events.
 * @throws what a server says.
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
