import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { demo } from '../../src/commands/demo.ts';
import type { Serving } from '../../src/commands/serve.ts';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let folder: string;
let serving: Serving | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => serving?.stop());
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('shows within two minutes records that a remedy has mended, and what another would have done', async () => {
  serving = await demo({
    env: {},
    version: 'test',
    log: silent,
    listenAddresses: [{ host: '127.0.0.1', port: 0 }],
    externalUrl: undefined,
    write: () => {},
    signal: new AbortController().signal,
  });
  const get = async (path: string) => (await fetch(new URL(path, serving?.urls[0]))).text();
  const metrics = () => get('/metrics');
  await expect
    .poll(metrics, { timeout: 120_000, interval: 1000 })
    .toMatch(/erp_remedy_outcomes_total\{remedy="send_again",outcome="worked"\} [1-9]/);
  await expect
    .poll(metrics, { timeout: 120_000, interval: 1000 })
    .toMatch(/erp_remedy_dry_run_total\{remedy="mail_again",action="http"\} [1-9]/);
  const page = await get('/remedies?lang=en');
  expect(page).toContain('answer 200: it is sent again');
  expect(page).toContain('dry run: would have sent POST http://127.0.0.1:');
  expect(await get('/?lang=en')).toContain('href="/remedies"');
  const [left = ''] = readdirSync(folder).filter((name) => name.startsWith('erp-exporter-demo-'));
  expect(existsSync(join(folder, left, 'state.db'))).toBe(true);
  await serving.stop();
  serving = undefined;
  expect(readdirSync(folder)).not.toContain(left);
}, 300_000);
