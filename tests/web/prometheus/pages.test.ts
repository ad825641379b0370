import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ChartWorld } from './world.ts';

const open: ChartWorld[] = [];
afterEach(async () => {
  for (const world of open.splice(0)) await world.close();
});

async function start(listener?: RequestListener, timeoutMs?: number): Promise<ChartWorld> {
  const world = await ChartWorld.start(listener, false, timeoutMs);
  open.push(world);
  return world;
}

const pages = ['/companies/acme', '/companies/acme/orders'];

describe.each(pages)('the page %s', (path) => {
  it('offers 7 and 30 days by plain links, and asks for none of them by itself', async () => {
    const world = await start();
    const text = await (await world.ask(`${path}?search=x`)).text();
    expect(text).toContain(`href="${path}?search=x&amp;days=7"`);
    expect(text).toContain(`href="${path}?search=x&amp;days=30"`);
    expect(text).toContain('Last 24 hours');
    expect(world.asked).toEqual([]);
  });

  it.each([7, 30])('shows %d days when it is asked to, of its company alone', async (days) => {
    const world = await start();
    const text = await (await world.ask(`${path}?days=${days}`)).text();
    expect(text).toContain(`Worst within ${days} days: Critical`);
    expect(text).toMatch(/viewBox="0 0 3[36][06] 40"/);
    expect(text).not.toContain('role="alert"');
    expect(world.asked).toHaveLength(1);
    const query = world.asked[0]?.get('query') ?? '';
    expect(query.match(/company="acme"/g)).toHaveLength(query.match(/company=/g)?.length ?? 0);
    expect(query).not.toContain('globex');
  });

  it.each(['8', '', '-1', '7 ', '1'])('shows the last day for ?days=%s', async (days) => {
    const world = await start();
    expect(await (await world.ask(`${path}?days=${encodeURIComponent(days)}`)).text()).toContain(
      'Worst within 24 hours: Warning',
    );
    expect(world.asked).toEqual([]);
  });

  it.each<[string, RequestListener, string]>([
    ['is down', (request) => request.socket.destroy(), 'does not answer'],
    ['is slow', () => undefined, 'took too long'],
    ['is something else', (_, response) => response.end('<html>'), 'gave no figures'],
    ['says too much', (_, response) => response.end('x'.repeat(5_000_000)), 'more than a page can show'],
    ['refuses', (_, response) => response.writeHead(403).end(), 'refuses to be read'],
  ])('says so in place when Prometheus %s, and shows all the rest', async (_, listener, sentence) => {
    const world = await start(listener, sentence === 'took too long' ? 500 : undefined);
    const response = await world.ask(`${path}?days=7`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toMatch(new RegExp(`role="alert">[^<]*${sentence}`));
    expect(text).toContain('Worst within 24 hours: Warning');
    expect(text).toContain('orders');
    expect(text).not.toContain('127.0.0.1');
  });
});

it.each(['de', 'fr', 'nl'])('says it in the language of the reader: %s', async (language) => {
  const world = await start((request) => request.socket.destroy());
  const text = await (await world.ask('/companies/acme?days=7', language)).text();
  expect(text).toMatch(/antwortet nicht|ne répond pas|antwoordt niet/);
});

it('asks nothing of a company that the visitor may not see', async () => {
  const world = await start();
  for (const path of [
    '/companies/globex',
    '/companies/globex/orders',
    '/companies/globex/orders/history.json',
  ])
    expect((await world.ask(`${path}?days=7`)).status, path).toBe(404);
  expect(world.asked).toEqual([]);
});

it('gives the chart its columns, and asks once for the page and its chart', async () => {
  const world = await start();
  await world.ask('/companies/acme/orders?days=30');
  const answer = await world.ask('/companies/acme/orders/history.json?days=30', 'nl');
  const { times, series } = (await answer.json()) as {
    times: number[];
    series: { name: string; label: string; values: (number | null)[] }[];
  };
  expect(world.asked).toHaveLength(1);
  expect(series.map(({ name }) => name)).toEqual(['failed', 'waiting', 'duration']);
  expect(series[0]?.label).toBe('Mislukt');
  expect(new Set(times.slice(1).map((time, index) => time - (times[index] ?? 0)))).toEqual(new Set([7200]));
  // Gaps stay gaps.
  expect(series[0]?.values.filter((value) => value === null).length).toBeGreaterThan(5);
});
