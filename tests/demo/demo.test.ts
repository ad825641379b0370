import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { startDemo } from '../../src/demo/demo.ts';

/** The ports to worker threads that are open: one for each thread. */
const workers = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort');

describe('startDemo', () => {
  it('tells of its progress, is soon ready, goes on by itself and stops cleanly', async () => {
    const before = workers().length;
    const lines: string[] = [];
    const started = process.cpuUsage();
    const demo = await startDemo({ log: (line) => lines.push(line) });
    // Processor time, for the clock depends on what else this machine does: within 15 s even on a single core.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(15);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines[0]).toMatch(/^Demo: starting .*\(0 s\)$/);

    expect(workers()).toHaveLength(before + 1);
    const clients = [demo.shopUrl, demo.erpUrl].map((url) => new pg.Client(url));
    const [shop, erp] = clients;
    await Promise.all(clients.map(async (client) => client.connect()));
    const newest = async (): Promise<unknown> =>
      (await shop?.query<{ at: Date }>('SELECT max(created_at) AS at FROM web_orders'))?.rows[0]?.at;
    const first = await newest();
    await expect.poll(newest, { timeout: 10_000, interval: 200 }).not.toEqual(first);
    expect((await erp?.query('SELECT 1 FROM datamove_jobs'))?.rows).toHaveLength(8);
    await expect
      .poll(() => lines.filter((line) => /^\d\d:\d\d:\d\d (acme|globex): /.test(line)).length)
      .toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes('demo:'))).toEqual([]);
    await Promise.all(clients.map(async (client) => client.end()));

    const stoppedAt = performance.now();
    await demo.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(2000);
    const logged = lines.length;
    await demo.stop();
    expect(lines).toHaveLength(logged);
    expect(workers()).toHaveLength(before);
    await expect(new pg.Client(demo.shopUrl).connect()).rejects.toThrow('ECONNREFUSED');
  }, 60_000);

  it.each([0, 1])('leaves nothing behind when it is stopped as soon as it has %i threads', async (count) => {
    const before = workers().length;
    const controller = new AbortController();
    const lines: string[] = [];
    const start = startDemo({ log: (line) => lines.push(line), signal: controller.signal });
    const watching = setInterval(() => {
      if (workers().length - before >= count) controller.abort(new Error('Ctrl-C'));
    }, 5);
    await expect(start).rejects.toThrow('Ctrl-C');
    clearInterval(watching);
    const logged = lines.length;
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(lines).toHaveLength(logged);
    expect(workers()).toHaveLength(before);
  });
});
