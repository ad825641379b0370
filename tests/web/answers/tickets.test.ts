import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Access, Right } from '../../../src/config/config.ts';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { BuiltinTracker } from '../../../src/tickets/builtin/tracker.ts';
import type { Received } from '../../../src/tickets/desk.ts';
import type { Webhook } from '../../../src/tickets/webhook.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { appOptions, entranceOf, signInOf } from '../app-options.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const visitor = (name: string, companies: ReadonlySet<string> | 'all', ...rights: Right[]) => ({
  by: 'token' as const,
  key: sha256(name),
  name,
  companies,
  rights: new Set(rights),
});
const access: Access = {
  visitors: [
    visitor('acme', new Set(['acme']), 'page', 'tickets'),
    visitor('reader', 'all', 'page'),
    visitor('operator', 'all', 'metrics', 'page', 'records', 'sql', 'refresh', 'tickets', 'reload'),
  ],
};
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

let received: Webhook[] = [];
let answer: Received = 'stored';
let tracker: BuiltinTracker;
beforeEach(() => {
  received = [];
  answer = 'stored';
  const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
  tracker = new BuiltinTracker({ store, pageUrl: () => '', now: () => Date.now() });
});

async function start(given: Access | undefined, hasTickets = true): Promise<string> {
  const desk = {
    tokenHash: sha256('alertmanager'),
    receive: (webhook: Webhook) => {
      received.push(webhook);
      return Promise.resolve(answer);
    },
    builtin: tracker,
  };
  const options = appOptions('', {
    tickets: () => (hasTickets ? desk : undefined),
    entrance: entranceOf(given, undefined, signInOf(given), hasTickets ? sha256('alertmanager') : undefined),
  });
  options.snapshot.setConfig(config([], undefined, [company('acme'), company('globex')]));
  open.push(...(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }])));
  return `http://${open.at(-1)?.address ?? ''}`;
}

const alert = {
  status: 'firing',
  labels: { alertname: 'ErpRecordFailed', company: 'acme' },
  annotations: { summary: 'A record failed.' },
  startsAt: '2026-11-27T10:00:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'c0ffee0123456789',
};
const message = {
  version: '4',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'tickets',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager',
  alerts: [alert],
  something: 'new',
};

async function post(url: string, body: unknown, token = 'alertmanager') {
  const response = await fetch(`${url}/api/v1/alertmanager`, {
    method: 'POST',
    headers: { ...(token === '' ? {} : bearer(token)), 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, retry: response.headers.get('retry-after'), text: await response.text() };
}

describe('POST /api/v1/alertmanager', () => {
  it.each([
    ['with access:', access],
    ['without access:', undefined],
  ] as const)('takes alerts by its token alone, %s', async (_, given) => {
    const url = await start(given);
    expect(await post(url, message)).toMatchObject({ status: 200 });
    expect(received).toHaveLength(1);
    expect(received[0]?.alerts[0]).toMatchObject({
      fingerprint: alert.fingerprint,
      isFiring: true,
      labels: alert.labels,
    });
    for (const token of ['', 'guess', 'operator']) {
      const { status } = await post(url, message, token);
      expect([401, 403], token).toContain(status);
    }
    expect(received).toHaveLength(1);
  });

  it('gives the token no other right', async () => {
    for (const given of [access, undefined]) {
      const url = await start(given);
      for (const path of ['/', '/metrics', '/tickets', '/api/v1/overview'])
        expect((await fetch(`${url}${path}`, { headers: bearer('alertmanager') })).status, path).toBe(403);
    }
  });

  it.each([
    ['', 'JSON'],
    ['{', 'JSON'],
    [{ ...message, version: '3' }, 'version'],
    [{ ...message, alerts: [{ ...alert, startsAt: 'soon' }] }, 'startsAt'],
    [{ ...message, alerts: [{ ...alert, fingerprint: '../x' }] }, 'fingerprint'],
    [{ ...message, alerts: {} }, 'alerts'],
    [[], 'webhook'],
  ])('refuses for good what is no webhook: %j', async (body, said) => {
    const { status, text } = await post(await start(access), body);
    expect(status).toBe(400);
    expect(text).toContain(said);
  });

  it('asks for it again when it is not stored', async () => {
    const url = await start(access);
    for (answer of ['full', 'failed'] as const)
      expect(await post(url, message)).toMatchObject({ status: 503, retry: '30' });
  });

  it('refuses a body that is too large, and says when there are no tickets', async () => {
    const url = await start(access);
    expect((await post(url, 'x'.repeat(8 * 1024 * 1024 + 1))).status).toBe(413);
    const other = await start(undefined, false);
    expect(await post(other, message)).toMatchObject({
      status: 404,
      text: expect.stringContaining('no tickets:') as string,
    });
  });
});

const draft = (marker: string, of: string) => ({
  marker,
  title: `Title of ${of}`,
  text: `<b>${of}</b>\nhttps://x.example/1`,
  isCritical: true,
  company: of,
});

async function change(url: string, id: string, fields: Readonly<Record<string, string>>, token = 'operator') {
  return fetch(`${url}/tickets/${id}/change`, {
    method: 'POST',
    headers: bearer(token),
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
}

describe('the pages of tickets', () => {
  it('show a ticket, and change it without scripts', async () => {
    const url = await start(access);
    await tracker.create(draft('m', 'acme'));
    const page = async () => (await fetch(`${url}/tickets/1`, { headers: bearer('operator') })).text();
    expect(await page()).toContain('&lt;b>acme&lt;/b>');
    expect(await page()).toContain('href="https://x.example/1"');
    const done = await change(url, '1', { deed: 'comment', text: 'I have a look.\r\n<script>' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/tickets/1']);
    expect((await change(url, '1', { deed: 'assign', text: 'Eva' })).status).toBe(303);
    expect((await change(url, '1', { deed: 'reject', text: '' })).status).toBe(303);
    expect(await tracker.read('1')).toMatchObject({ state: 'rejected', touched: 'yes' });
    expect((await change(url, '1', { deed: 'close', text: '' })).status).toBe(409);
    expect((await change(url, '1', { deed: 'reopen', text: '' })).status).toBe(303);
    expect((await change(url, '1', { deed: 'comment', text: ' ' })).status).toBe(400);
    expect((await change(url, '1', { deed: 'comment', text: 'x'.repeat(5_001) })).status).toBe(400);
    expect((await change(url, '1', { deed: 'drop', text: '' })).status).toBe(400);
    expect(await page()).toContain('&lt;script>');
    expect(await page()).toContain('assigned it to Eva');
  });

  it('let only who may change anything', async () => {
    const url = await start(access);
    await tracker.create(draft('m', 'acme'));
    expect((await change(url, '1', { deed: 'close' }, 'reader')).status).toBe(403);
    const page = await (await fetch(`${url}/tickets/1`, { headers: bearer('reader') })).text();
    expect(page).not.toContain('<textarea');
    expect(await tracker.read('1')).toMatchObject({ state: 'open' });
  });

  it('show a reader of one company nothing of another, not even that it is there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('acme', 'globex', ''), { minLength: 1, maxLength: 6 }),
        async (companies) => {
          const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
          tracker = new BuiltinTracker({ store, pageUrl: () => '', now: () => Date.now() });
          const url = await start(access);
          for (const [index, of] of companies.entries()) await tracker.create(draft(`m-${index}`, of));
          const headers = bearer('acme');
          for (const query of [
            '',
            '?company=globex',
            '?company=acme',
            '?state=closed',
            '?after=9999999990',
          ]) {
            const text = await (await fetch(`${url}/tickets${query}`, { headers })).text();
            // The address that was asked for stands in the links of the languages.
            expect(text.replaceAll('company=globex', '')).not.toMatch(/globex|GLOBEX|Title of </);
          }
          const absent = await (await fetch(`${url}/tickets/99`, { headers })).text();
          for (const [index, of] of companies.entries()) {
            const id = String(index + 1);
            const response = await fetch(`${url}/tickets/${id}`, { headers });
            const text = await response.text();
            expect(response.status).toBe(of === 'acme' ? 200 : 404);
            if (of !== 'acme') expect(text).toBe(absent);
            const changed = await change(url, id, { deed: 'close', text: '' }, 'acme');
            expect(changed.status).toBe(of === 'acme' ? 303 : 404);
            expect((await tracker.read(id))?.state).toBe(of === 'acme' ? 'closed' : 'open');
          }
          await close(open.splice(0), 0);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);
});
