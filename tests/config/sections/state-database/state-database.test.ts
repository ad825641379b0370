import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-database-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(section: string) {
  const file = join(folder, 'erp-exporter.yml');
  const monitor = '{ name: m, kind: query, flow: f, database: shop, metrics: [], sql: SELECT 1 }';
  await writeFile(
    file,
    `databases: { shop: { driver: postgres, host: shop } }\nmonitors: [${monitor}]\n${section}\n`,
  );
  const result = await loadConfig(file, { env: {} });
  return result.ok
    ? { config: result.config }
    : { problems: result.problems.map(({ path, message }) => `${path}: ${message}`) };
}
const about = async (section: string) =>
  ((await load(section)).problems ?? []).filter((problem) => problem.startsWith('state_database'));

it('is a database with every key of one', async () => {
  expect(
    await about('state_database: { driver: postgres, host: db, database: state, user: outbox }'),
  ).toEqual([]);
});

it.each([
  [
    '{ driver: mysql, host: db }',
    'state_database.driver: mysql cannot keep what replicas share; use postgres',
  ],
  ['{ driver: postgres }', 'state_database: says no host'],
  ['{ driver: postgres, host: db, hosts: 1 }', 'state_database.hosts'],
])('refuses %s', async (section, message) => {
  expect((await about(`state_database: ${section}`)).join('\n')).toContain(message);
});
