import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mails-section-'));
  await writeFile(join(folder, 'password'), 'hush\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const one = 'companies: { acme: { language: nl } }';
const two =
  'companies: { acme: { language: nl, contacts: { emails: [o@acme.example] } }, bolt: { language: fr } }';
const server = 'smtp: { smarthost: "mail.example:587", from: "ERP <erp@acme.example>" }';
const prometheus = 'prometheus: { url: "http://127.0.0.1:9090" }';

async function load(mails: string, more = `${one}\n${prometheus}`) {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `timezone: Europe/Brussels
state_file: state.db
databases: { shop: { driver: postgres, host: 127.0.0.1, database: shop } }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync", alert_after: { warning: 2h } }
${more}
mails: ${mails}
`,
  );
  return loadConfig(file, { env: {} });
}

async function problems(mails: string, more?: string): Promise<readonly string[]> {
  const result = await load(mails, more);
  return result.ok
    ? result.warnings.map(({ path, message }) => `warning ${path}: ${message}`)
    : result.problems.map(({ path, line, message }) => `${path}: ${message}${line > 5 ? '' : ' (no place)'}`);
}

it('has Monday 07:00 in the zone of the configuration, a week, the only company and its language', async () => {
  const result = await load(`{ ${server}, reports: { weekly: { to: [a@acme.example, A@acme.example] } } }`);
  expect(result.ok && result.config.mails).toEqual({
    server: { host: 'mail.example', port: 587, from: 'ERP <erp@acme.example>', requireTls: true },
    plans: [
      {
        ...{ type: 'report', name: 'weekly', period: 'week', cron: '0 7 * * mon' },
        ...{ timezone: 'Europe/Brussels', companies: ['acme'], to: ['A@acme.example'], language: 'nl' },
      },
    ],
  });
});

it('has a login whose password stays in its file, and signs of life', async () => {
  const smtp =
    'smtp: { smarthost: "[::1]:465", from: erp@acme.example, username: erp, password_file: password, hello: m.example }';
  const sign =
    'alive: { to: [i@x.example], companies: [bolt, acme], cron: "0 9 1 * *", timezone: Europe/Paris, confirm_within: 28d }';
  const result = await load(`{ ${smtp}, signs_of_life: { ${sign} } }`, `${two}\npage_url: https://m.example`);
  expect(result.ok && result.config.mails?.server).toEqual({
    ...{ host: '::1', port: 465, from: 'erp@acme.example', requireTls: true, hello: 'm.example' },
    login: { username: 'erp', passwordFile: join(folder, 'password') },
  });
  expect(result.ok && result.config.mails?.plans).toEqual([
    {
      ...{ type: 'sign_of_life', name: 'alive', cron: '0 9 1 * *', timezone: 'Europe/Paris' },
      ...{
        companies: ['bolt', 'acme'],
        to: ['i@x.example'],
        language: 'fr',
        confirmWithinMs: 28 * 86_400_000,
      },
    },
  ]);
  expect(JSON.stringify(result)).not.toContain('hush');
});

it('wants to know about whom a mail tells where there are several companies', async () => {
  const report = (keys: string) => `{ ${server}, reports: { weekly: { to: [a@b.example], ${keys} } } }`;
  const more = `${two}\n${prometheus}`;
  expect(await problems(report(''), more)).toEqual([
    'mails.reports.weekly: does not say about which companies it tells; add companies',
  ]);
  expect(await problems(report('companies: [acmee]'), more)).toEqual([
    'mails.reports.weekly.companies[0]: no company is called "acmee"; did you mean "acme"?',
  ]);
  expect(
    await problems(`{ ${server}, reports: { w: { to: [O@acme.example], companies: [acme, bolt] } } }`, more),
  ).toContainEqual(
    'warning mails.reports.w.to[0]: O@acme.example is a contact of company acme, and gets mails about bolt here',
  );
});

it.each([
  ['{ reports: { w: { to: [a@b.example] } } }', 'mails: needs a mail server; add smtp'],
  [`{ ${server} }`, 'mails: sends nothing; add reports or signs_of_life'],
  [
    `{ ${server}, reports: { w: { to: [a@b.example], cron: "0 * * * *" } } }`,
    'mails.reports.w.cron: is due more than once a day; name one minute and one hour',
  ],
  [
    `{ ${server}, reports: { w: { to: [a@b.example], cron: "0 7 * *" } } }`,
    /mails\.reports\.w\.cron: "0 7 \* \*" is not a cron expression/,
  ],
  [`{ ${server}, reports: { w: { to: [nobody] } } }`, /mails\.reports\.w\.to\[0\]: is not an e-mail address/],
  [
    `{ ${server}, reports: { w: { to: [a@b.example], periode: week } } }`,
    /mails\.reports\.w\.periode: .*period/,
  ],
  [
    `{ ${server}, signs_of_life: { w: { to: [a@b.example], confirm_within: 28d } } }`,
    'mails.signs_of_life.w.confirm_within: needs the address of the page; add page_url',
  ],
  [
    '{ smtp: { smarthost: "m:587", from: a@b.example, username: u }, signs_of_life: { w: { to: [a@b.example] } } }',
    'mails.smtp: has only one of username and password_file; add the other, or remove both',
  ],
  [
    '{ smtp: { smarthost: "m:587", from: a@b.example, username: u, password_file: none }, signs_of_life: { w: { to: [a@b.example] } } }',
    /mails\.smtp\.password_file: the file cannot be read/,
  ],
  [
    '{ smtp: { smarthost: "m:587", from: a@b.example, username: u, password_file: password, require_tls: false }, signs_of_life: { w: { to: [a@b.example] } } }',
    'warning mails.smtp.require_tls: the password may cross the network unencrypted; remove it',
  ],
])('says what is wrong, and where: %s', async (mails, wanted) => {
  const found = await problems(mails);
  expect(found).toContainEqual(typeof wanted === 'string' ? wanted : expect.stringMatching(wanted));
  expect(found.join()).not.toContain('(no place)');
});

it('needs a Prometheus for reports', async () => {
  expect(await problems(`{ ${server}, reports: { w: { to: [a@b.example] } } }`, one)).toEqual([
    'mails.reports: needs a Prometheus; add prometheus',
  ]);
});
