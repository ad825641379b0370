import { afterEach, expect, it } from 'vitest';
import { records } from '../../../src/monitors/records/index.ts';
import { historyStepMs } from '../../../src/poll/history-series.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { chartOf } from '../../../src/web/view/chart.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { appOptions } from '../app-options.ts';
import { hour, now, recordsReading, taskOf } from '../world.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

const begin = now - (now % historyStepMs) - hour;
const points = [
  { at: begin, state: 'ok' as const, counts: { failed: 0, late: 0 }, durationSeconds: Math.fround(0.1) },
  {
    at: begin + 3 * historyStepMs,
    state: 'no_data' as const,
    counts: {},
    durationSeconds: 10,
  },
  {
    at: begin + 4 * historyStepMs,
    state: 'critical' as const,
    counts: { failed: 7, late: 1 },
    durationSeconds: 1,
  },
];

it('gives a chart one value for each time, and none where nothing was counted', () => {
  expect(chartOf(points, historyStepMs)).toEqual({
    times: [0, 1, 2, 3, 4].map((step) => (begin + step * historyStepMs) / 1000),
    series: [
      { name: 'failed', values: [0, null, null, null, 7] },
      { name: 'late', values: [0, null, null, null, 1] },
      { name: 'duration', values: [0.1, null, null, 10, 1] },
    ],
  });
  expect(chartOf([], historyStepMs)).toEqual({ times: [], series: [{ name: 'duration', values: [] }] });
});

it('is answered in the language of the reader, for monitors that are there', async () => {
  const options = appOptions('', {
    history: { of: ({ monitor }) => (monitor === 'orders' ? points : []) },
  });
  options.snapshot.setConfig(
    config([], undefined, [company('acme', { timezone: 'Europe/Brussels' }), company('globex')]),
  );
  options.snapshot.setTask(taskOf('orders', records, ['acme'], await recordsReading({ failed: [] })));
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  const url = `http://${open[0]?.address ?? ''}`;
  const ask = (path: string) => fetch(`${url}${path}`, { headers: { 'Accept-Language': 'fr' } });
  const answer = (await (await ask('/companies/acme/orders/history.json')).json()) as {
    readonly timezone: string;
    readonly series: readonly { readonly label: string }[];
  };
  expect(answer.timezone).toBe('Europe/Brussels');
  expect(answer.series.map(({ label }) => label)).toEqual(['En échec', 'En retard', 'Durée (s)']);
  expect((await ask('/companies/acme/other/history.json')).status).toBe(404);
  expect((await ask('/companies/globex/orders/history.json')).status).toBe(404);
  const page = await (await ask('/companies/acme/orders?search=x')).text();
  expect(page).toContain('data-history="/companies/acme/orders/history.json?search=x"');
  // The files that it needs are there, and on no page without a chart.
  for (const [, path = ''] of page.matchAll(/(?:src|href)="(\/assets\/[^"]*)"/g))
    expect((await ask(path)).status, path).toBe(200);
  expect(page).toMatch(/uPlot.*chart\.js/s);
  expect(await (await ask('/')).text()).not.toContain('uPlot');
});
