import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { formatProblem } from '../../../src/config/source/problem.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alerting-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const base = `databases: { shop: { driver: postgres, host: localhost } }
monitors: [{ name: crm, kind: sync, flow: crm, database: shop, query: SELECT 1 AS last_sync, alert_after: { warning: 1h } }]
`;

async function load(text: string) {
  const file = join(folder, 'config.yml');
  await writeFile(file, `${base}${text}`);
  const result = await loadConfig(file, { env: { MAIL_HOST: 'mail.example' } });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return {
    config: result.config,
    warnings: result.warnings.map(({ path, message }) => `${path}: ${message}`),
  };
}

it('says nothing about mails by itself', async () => {
  const { config } = await load('');
  expect(config.alerting).toEqual({ notify: [] });
});

it('reads the environment, of the exporter and of rules', async () => {
  expect((await load('')).config.environment).toBe('');
  const { config } = await load(`
environment: " pre-production 2 "
smtp: { smarthost: 'mail.example:25', from: erp@acme.example }
responders: { it: { emails: [it@acme.example], all_companies: true } }
notify: [{ match: { environment: [test, pre-production 2] }, to: it }]
`);
  expect(config.environment).toBe('pre-production 2');
  expect(config.alerting.notify[0]?.match).toEqual({ environment: ['test', 'pre-production 2'] });
});

it('takes a runbook of your own instead of that which the page serves, and none without an address', async () => {
  const own = await load('page_url: https://monitor.example\nrunbook_url: https://wiki.example/erp/\n');
  expect(own.config.alerting.runbookUrl).toBe('https://wiki.example/erp');
  expect((await load('grafana_url: https://grafana.example\n')).config.alerting.runbookUrl).toBeUndefined();
});

it('reads who gets which mails, with every default', async () => {
  const { config } = await load(`
companies:
  acme: { language: nl, contacts: { emails: [orders@acme.example] } }
  globex: { language: nl, contacts: { emails: [shop@globex.example], language: fr } }
responders: { erp_partner: { emails: [support@partner.example] } }
smtp: { smarthost: "\${MAIL_HOST}:25", from: Shop <erp@acme.example>, username: erp, password_file: /run/secrets/smtp }
page_url: https://monitor.acme.example/erp/
grafana_url: https://grafana.acme.example
notify:
  - { to: company }
  - { match: { alert: ErpWatchdog, known: [true, false], severity: warning }, to: [erp_partner, company, erp_partner], repeat: 1d, digest: 1h }
  - { to: [] }
`);
  expect(config.companies.get('acme')?.contacts).toEqual({ emails: ['orders@acme.example'], language: 'nl' });
  expect(config.companies.get('globex')?.contacts?.language).toBe('fr');
  expect(config.alerting).toEqual({
    smtp: {
      smarthost: 'mail.example:25',
      from: 'Shop <erp@acme.example>',
      username: 'erp',
      // Alertmanager's to read: here there is no such file.
      passwordFile: '/run/secrets/smtp',
      requireTls: true,
    },
    pageUrl: 'https://monitor.acme.example/erp',
    runbookUrl: 'https://monitor.acme.example/erp/docs/runbook',
    grafanaUrl: 'https://grafana.acme.example',
    notify: [
      { match: {}, to: ['company'], repeatMs: 14_400_000 },
      {
        match: { alertname: ['ErpWatchdog'], known: ['true', 'false'], severity: ['warning'] },
        to: ['erp_partner', 'company'],
        repeatMs: 86_400_000,
        digestMs: 3_600_000,
      },
      { match: {}, to: [], repeatMs: 14_400_000 },
    ],
  });
  expect(Object.isFrozen(config.alerting.notify[0]?.match)).toBe(true);
});

it('reads the responders of each company, and which ones are of all companies', async () => {
  const { config, warnings } = await load(`
companies:
  acme: { language: nl, responders: { shop_admin: { emails: [shop@acme.example] }, own: { emails: [own@acme.example], language: fr } } }
  globex: { contacts: { emails: [us@globex.example] }, responders: { shop_admin: { emails: [Us@globex.example] } } }
responders:
  web_agency: { emails: [desk@agency.example, US@GLOBEX.example], all_companies: true }
  it: { emails: [it@acme.example] }
smtp: { smarthost: "mail.example:25", from: erp@acme.example }
notify: [{ match: { responder: own }, to: [own, shop_admin] }]
`);
  expect([...(config.companies.get('acme')?.responders ?? [])]).toEqual([
    ['shop_admin', { emails: ['shop@acme.example'], language: 'nl' }],
    ['own', { emails: ['own@acme.example'], language: 'fr' }],
  ]);
  expect(config.responders.get('web_agency')?.allCompanies).toBe(true);
  expect(config.responders.get('it')?.allCompanies).toBeUndefined();
  expect(warnings.filter((text) => !text.includes('is not used by any monitor'))).toEqual([
    'responders.web_agency.emails[1]: us@globex.example is a contact of company globex, and gets mails about acme here',
    'responders.it: gets no mail, as there are several companies; add all_companies: true if these are your own people, else move it to companies.acme.responders.it',
  ]);
});

it('takes a flow that resembles none for that of an endpoint, and says so', async () => {
  const { warnings } = await load(`
responders: { it: { emails: [it@acme.example] } }
smtp: { smarthost: "mail.example:25", from: erp@acme.example }
notify: [{ match: { flow: [crm, punchout] }, to: it }]
`);
  expect(warnings).toEqual([
    'notify[0].match.flow[1]: no monitor has the flow "punchout"; only alerts of endpoints can match',
  ]);
});

it('says what is wrong with an entry although the file breaks off after it', async () => {
  const file = join(folder, 'broken.yml');
  await writeFile(
    file,
    `smtp: { smarthost: mail }\nnotify:\n  - { to: it, repeat: soon }\n${base}  wrong: [\n`,
  );
  const result = await loadConfig(file, { env: {} });
  const paths = result.ok ? [] : result.problems.map(({ path }) => path);
  expect(paths).toContain('smtp.smarthost');
  expect(paths).toContain('notify[0].repeat');
});
