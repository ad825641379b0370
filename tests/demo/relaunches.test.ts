import { afterEach, describe, expect, it } from 'vitest';
import { startRelaunches } from '../../src/demo/relaunches.ts';
import type { Relaunches } from '../../src/demo/relaunches.ts';
import { Simulation } from '../../src/demo/simulation.ts';

const open: Relaunches[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.stop()));
});

describe('the integration of the demo, asked to try a document again', () => {
  let now = 0;
  const asked: string[] = [];
  const start = async () => {
    const relaunches = await startRelaunches(
      (...place) => {
        asked.push(place.join('/'));
        return place[2] === 'P-1' ? 'relaunched' : place[2] === 'P-2' ? 'limited' : 'refused';
      },
      () => now,
    );
    open.push(relaunches);
    return async (key: string, method = 'POST') => {
      const answer = await fetch(`${relaunches.url}/acme/payments/${key}/relaunch`, { method });
      return { status: answer.status, retry: answer.headers.get('retry-after') };
    };
  };

  it('answers as an ERP does: done, not now, locked, no', async () => {
    const call = await start();
    expect(await call('P-1')).toEqual({ status: 200, retry: null });
    expect(await call('P-2')).toEqual({ status: 429, retry: '10' });
    expect(await call('P-3')).toEqual({ status: 423, retry: null });
    expect(await call('P-3')).toEqual({ status: 409, retry: null });
    expect(asked).toEqual(['acme/payments/P-1', 'acme/payments/P-2', 'acme/payments/P-3']);
    expect((await call('P-1', 'GET')).status).toBe(405);
    for (const key of ['..', 'a%2Fb', "x'", '%0d%0a']) expect((await call(key)).status).toBe(404);
  });

  it('takes five calls within ten seconds', async () => {
    const call = await start();
    const statuses = async (count: number) => {
      const found: number[] = [];
      for (let made = 0; made < count; made += 1) found.push((await call('P-1')).status);
      return found;
    };
    expect(await statuses(7)).toEqual([200, 200, 200, 200, 200, 429, 429]);
    now += 10_000;
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('a simulated document', () => {
  const start = Date.UTC(2026, 10, 21, 9, 30);
  const keyOf = (table: string, code: string, statements: readonly string[]) => {
    const rows = statements.find((sql) => sql.includes(`INTO ${table} `))?.split('\n') ?? [];
    return (
      rows.map((row) => (row.includes(code) ? (/[WP]-\d+/.exec(row)?.[0] ?? '') : '')).find(Boolean) ?? ''
    );
  };

  it('is sent again when its error passes, at once, and not when a person must act', () => {
    const simulation = new Simulation({ now: start, seed: 20 });
    const { shop } = simulation.history();
    const passing = keyOf('web_orders', 'http:429', shop);
    const lasting = keyOf('web_orders', 'http:422', shop);
    expect([passing, lasting]).not.toContain('');
    expect(simulation.relaunch('acme', 'web_orders', passing)).toBe('relaunched');
    expect(simulation.relaunch('acme', 'web_orders', lasting)).toBe('refused');
    expect(simulation.relaunch('globex', 'web_orders', passing)).toBe('refused');
    expect(simulation.relaunch('nobody', 'web_orders', passing)).toBe('refused');
    expect(simulation.relaunch('acme', 'payments', passing)).toBe('refused');
    const sent = simulation.step(start + 1000).shop.filter((sql) => sql.includes(passing));
    expect(sent.join()).toContain("export_state = 'exported'");
    expect(simulation.relaunch('acme', 'web_orders', passing)).toBe('refused');
  });

  it('is not taken while the ERP limits the rate of calls', () => {
    const simulation = new Simulation({ now: start, seed: 20 });
    simulation.history();
    for (let second = 1; second <= 40; second += 1) simulation.step(start + second * 1000);
    expect(simulation.relaunch('globex', 'payments', 'P-200001')).toBe('limited');
    expect(simulation.relaunch('globex', 'web_orders', 'W-200001')).toBe('refused');
  });
});
