import { afterEach, expect, it } from 'vitest';
import { records } from '../../src/monitors/records/index.ts';
import { createApp } from '../../src/web/app.ts';
import { PageCache } from '../../src/web/page-cache.ts';
import { close, listen } from '../../src/web/server/server.ts';
import type { WebServer } from '../../src/web/server/server.ts';
import { company, config } from '../helpers/fake-config.ts';
import { appOptions } from './app-options.ts';
import { recordsReading, taskOf } from './world.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

/** An app whose clock for pages stands still, with a monitor that is read again, and whether it is being read. */
async function start() {
  const scene = { isRunning: false };
  const options = appOptions('', {
    pages: new PageCache(() => 1),
    runs: {
      runNow: () => ({ outcome: 'running', ended: Promise.resolve(true) }),
      isRunning: () => scene.isRunning,
    },
  });
  options.snapshot.setConfig(config([], undefined, [company('acme')]));
  const fail = async (record: string) => {
    const reading = await recordsReading({ failed: [{ record }] });
    options.snapshot.setTask(taskOf('orders', records, ['acme'], reading));
  };
  await fail('W-1');
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  const url = `http://${open.at(-1)?.address ?? ''}`;
  const shown = async (path: string) => /W-\d/.exec(await (await fetch(`${url}${path}`)).text())?.[0];
  const send = (path: string) => fetch(`${url}${path}`, { method: 'POST', redirect: 'manual' });
  return { scene, fail, shown, send };
}

const page = '/companies/acme/orders';

it('shows everybody the page of the last seconds, and a list for programs as it is', async () => {
  const { fail, shown } = await start();
  expect(await shown(page)).toBe('W-1');
  await fail('W-2');
  expect(await shown(page)).toBe('W-1');
  expect(await shown(`${page}?search=`)).toBe('W-2');
  expect(await shown(`${page}/records.csv`)).toBe('W-2');
});

it.each([
  ['the button', `${page}/refresh`],
  ['the call of the API', '/api/v1/companies/acme/monitors/orders/refresh'],
  ['a reload', '/-/reload'],
])('shows what became of %s at once', async (_, path) => {
  const { fail, shown, send } = await start();
  expect(await shown(page)).toBe('W-1');
  await fail('W-2');
  expect((await send(path)).status).toBeLessThan(400);
  expect(await shown(page)).toBe('W-2');
});

it('shows who waits for a run how it stands', async () => {
  const { scene, fail, shown } = await start();
  scene.isRunning = true;
  expect(await shown(page)).toBe('W-1');
  await fail('W-2');
  expect(await shown(page)).toBe('W-2');
  await fail('W-3');
  scene.isRunning = false;
  expect(await shown(page)).toBe('W-3');
});
