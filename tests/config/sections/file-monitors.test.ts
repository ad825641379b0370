import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/source/problem.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'file-monitors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function load(monitors: string) {
  const file = join(folder, 'erp-exporter.yml');
  writeFileSync(file, `companies: { acme: {}, bolt: {} }\nmonitors:\n${monitors}`);
  const result = await loadConfig(file, { env: {} });
  return {
    config: result.ok ? result.config : undefined,
    problems: result.ok ? [] : result.problems.map((each) => formatProblem(each).slice(file.length + 1)),
  };
}

const monitor = (more: string) =>
  `  - { name: edi, kind: files, flow: orders, waiting: { files: '*' }, late_after: {}, ${more} }\n`;

it('a configuration of files alone needs no databases', async () => {
  const { config, problems } = await load(monitor('folder: "/edi/{company}"'));
  expect(problems).toEqual([]);
  expect(config?.monitors).toMatchObject([{ shared: false, databases: [], companies: ['acme', 'bolt'] }]);
});

it('one that asks databases does', async () => {
  const query = '  - { name: sync, kind: sync, flow: crm, database: shop, query: SELECT 1 AS last_sync }\n';
  const { problems } = await load(monitor('folder: "/edi/{company}"') + query);
  expect(problems[0]).toMatch(/^1:1: databases: is missing; add it/);
});

it('a folder that several companies would share is refused, unless one alone is watched', async () => {
  expect((await load(monitor('folder: /edi'))).problems).toEqual([
    expect.stringContaining('put {company} into its path, or name one company in companies') as string,
  ]);
  expect((await load(monitor('folder: /edi, companies: [acme]'))).problems).toEqual([]);
});

it('a canary is refused: there is no database to ask', async () => {
  expect((await load(monitor('folder: "/edi/{company}", canary: SELECT 1'))).problems).toEqual([
    expect.stringContaining('monitors[0].canary: is a query, and kind files asks no database') as string,
  ]);
});
