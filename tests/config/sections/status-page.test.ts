import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'status-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function load(statusPage: string) {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `databases: { shop: { driver: postgres, host: 127.0.0.1, database: shop } }
companies: { acme: {} }
monitors:
  - { name: sync, kind: sync, flow: crm, companies: [acme], database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
status_page:
${statusPage}
`,
  );
  return loadConfig(file, { env: {} });
}

async function problems(statusPage: string): Promise<string[]> {
  const result = await load(statusPage);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

const page = (change: string) => `  enabled: true
  url: https://status.example/
  title: { nl: Toestand, fr: État }
${change}`;
const flow = (flow: string) => `  companies: { acme: { name: Shop, flows: { ${flow} } } }`;

it('is read, each text in each language', async () => {
  const result = await load(page(flow('crm: { name: Customers, messages: { critical: { en: We know } } }')));
  expect(result.ok && result.config.statusPage).toEqual({
    title: { en: 'Toestand', nl: 'Toestand', de: 'Toestand', fr: 'État' },
    url: 'https://status.example',
    companies: [
      {
        company: 'acme',
        name: { en: 'Shop', nl: 'Shop', de: 'Shop', fr: 'Shop' },
        flows: [
          {
            flow: 'crm',
            name: { en: 'Customers', nl: 'Customers', de: 'Customers', fr: 'Customers' },
            messages: new Map([['critical', { en: 'We know', nl: 'We know', de: 'We know', fr: 'We know' }]]),
          },
        ],
      },
    ],
  });
});

it('is off unless it is enabled, and checked all the same', async () => {
  const off = page(flow('crm: { name: C }')).replace('enabled: true', 'enabled: false');
  const result = await load(off);
  expect(result.ok && result.config.statusPage).toBeUndefined();
  expect(await problems(off.replace('crm', 'cmr'))).toHaveLength(1);
});

it.each([
  [flow('crn: { name: C }'), 'no monitor watches the flow "crn" of acme'],
  [flow('crm: { name: C }').replace('acme', 'acne'), 'there is no company "acne"'],
  [flow('crm: { name: C, messages: { broken: x } }'), 'broken'],
  [flow('crm: { name: "a\\u0001b" }'), 'control character'],
  [`${flow('crm: { name: C }')}\n  listen: somewhere`, 'no address to listen at'],
  [`${flow('crm: { name: C }')}\n  listen: ":70000"`, 'no address to listen at'],
  ['  companies: { acme: { name: Shop, flows: {} } }', 'name a flow'],
])('says what is wrong with %s', async (change, message) => {
  const found = await problems(page(change));
  expect(found.length).toBeGreaterThan(0);
  expect(found.join('\n')).toContain(message);
});
