import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';

const token = 'a-token-of-24-characters';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickets-section-'));
  await writeFile(join(folder, 'token'), `${token}\n`);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const webhook = 'webhook: { url: "http://erp-exporter:9745/", token_file: token }';
const desk = 'trackers: { desk: { type: builtin, companies: all } }';

async function load(section: string) {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(
    file,
    `databases: { shop: { driver: postgres, host: 127.0.0.1, database: shop } }
companies: { acme: , globex: }
monitors:
  - { name: crm, kind: sync, flow: crm, database: shop, query: "SELECT now() AS last_sync", alert_after: { warning: 2h } }
${section}
`,
  );
  return loadConfig(file, { env: {} });
}

async function problems(section: string): Promise<string> {
  const result = await load(section);
  return result.ok ? '' : result.problems.map(({ path, message }) => `${path}: ${message}`).join('\n');
}

async function tickets(rest: string) {
  const result = await load(`tickets: { ${webhook}, ${rest} }`);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.config.tickets;
}

it('is read with its defaults; of the token no more than its hash is kept', async () => {
  const found = await tickets(desk);
  expect(found).toMatchObject({
    webhook: { url: 'http://erp-exporter:9745', credentialsFile: join(folder, 'token') },
    tokenHash: createHash('sha256').update(token).digest('hex'),
    alertmanagerUrl: undefined,
    commentEveryMs: 900_000,
    reopenWithinMs: 86_400_000,
    closeAfterMs: 300_000,
  });
  expect(JSON.stringify(found)).not.toContain(token);
  expect((await load('')).ok).toBe(true);
});

it('follows the policy of the first users where no rule says otherwise', async () => {
  const rules = (await tickets(desk))?.rules ?? [];
  const [alone, known, monitoring, rest, last] = rules;
  expect(alone?.match.alertname).toEqual(expect.arrayContaining(['ErpMailsNotGenerated', 'ErpJobFailed']));
  expect(alone).toMatchObject({ tracker: 'desk', mails: false });
  expect(known).toEqual({
    match: { alertname: ['ErpRecordFailed'], known: ['true'] },
    tracker: undefined,
    mails: true,
  });
  expect(monitoring).toMatchObject({ tracker: undefined, mails: true });
  expect(rest).toEqual({ match: {}, tracker: 'desk', mails: true });
  expect(last).toEqual({ match: {}, tracker: undefined, mails: true });
  expect(rules).toHaveLength(5);
});

it('sends tickets of a company to the first tracker that may hold them, and mails what none may', async () => {
  const found = await tickets(
    `trackers: { desk: { type: builtin, companies: [acme] } }, routes: [{ match: { company: [acme, globex], flow: crm }, ticket: true, mail: false }, { match: { company: globex }, ticket: desk }]`,
  );
  expect(found?.rules[0]).toEqual({
    match: { company: ['acme'], flow: ['crm'] },
    tracker: 'desk',
    mails: false,
  });
  // The second rule, of a company whose tickets the tracker may not hold, is none: the policy comes next.
  expect(found?.rules[1]?.match.alertname).toContain('ErpJobFailed');
  expect(
    found?.rules.every(({ match, tracker }) => tracker === undefined || match.company?.join() === 'acme'),
  ).toBe(true);
});

it('says where and what is wrong, all at once', async () => {
  await writeFile(join(folder, 'short'), 'abc');
  expect(
    await problems(
      `tickets: { webhook: { url: "http://x", token_file: short }, trackers: { desk: { type: builtin, companies: [acne] } }, routes: [{ ticket: dsk }, { ticket: false, mail: false }, { match: { monitor: crn }, ticket: true }] }`,
    ),
  ).toBe(
    [
      'tickets.webhook.token_file: the file holds fewer than 16 characters; write a random token into it',
      'tickets.trackers.desk.companies[0]: no company is called "acne"; did you mean "acme"?',
      'tickets.routes[0].ticket: no tracker is called "dsk"; did you mean "desk"?',
      'tickets.routes[1].mail: is false, and so is ticket: such alerts would reach nobody; to drop them, use notify with an empty to',
      'tickets.routes[2].match.monitor: no monitor is called "crn"; did you mean "crm"?',
    ].join('\n'),
  );
  expect(await problems(`tickets: { ${webhook}, trackers: {} }`)).toBe(
    'tickets.trackers: is empty; add a tracker, such as desk: { type: builtin, companies: all }',
  );
  expect(
    await problems(
      `tickets: { ${webhook}, trackers: { a: { type: builtin, companies: all }, b: { type: builtin, companies: all } } }`,
    ),
  ).toContain('tickets.trackers.b: is a second built-in tracker');
  expect(await problems(`tickets: { ${desk} }`)).toContain('tickets.webhook: is missing');
});
