import { Assets } from '../../../src/web/assets.ts';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Access, OpenIdConnect, Right } from '../../../src/config/config.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { createApp } from '../../../src/web/app.ts';
import { routes } from '../../../src/web/routes.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { Seal } from '../../../src/web/sign-in/seal.ts';
import { Sessions } from '../../../src/web/sign-in/sessions.ts';
import { noSettings } from '../../../src/web/settings/load.ts';
import type { WebSettings } from '../../../src/web/settings/load.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { BuiltinTracker } from '../../../src/tickets/builtin/tracker.ts';
import { appOptions, entranceOf, signInOf } from '../app-options.ts';
import { statusPage } from '../status/page.ts';
import { recordsReading, taskOf } from '../world.ts';

const open: WebServer[] = [];
afterEach(() => close(open.splice(0), 0));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const visitor = (token: string, ...rights: Right[]) => ({
  by: 'token' as const,
  key: sha256(token),
  name: token,
  companies: new Set(['acme']),
  rights: new Set(rights),
});
const oidc: OpenIdConnect = {
  // Nothing listens there.
  issuer: 'http://127.0.0.1:1',
  clientId: 'erp-exporter',
  clientSecret: undefined,
  scopes: 'openid',
  people: [
    { claim: 'groups', value: 'acme', companies: new Set(['acme']), rights: new Set(['page', 'reload']) },
  ],
  sessionKey: 'a key of 32 characters or more, 1',
  sessionMs: 3_600_000,
  endsAtIssuer: false,
};
const access: Access = {
  oidc,
  visitors: [
    visitor('scraper', 'metrics'),
    visitor('reader', 'page'),
    visitor('operator', 'metrics', 'page', 'records', 'refresh', 'tickets', 'reload'),
  ],
  proxy: {
    secretHash: sha256('a secret of the proxy'),
    userHeader: 'x-forwarded-user',
    companiesHeader: 'x-erp-companies',
    allCompanies: '*',
    rights: new Set(['page']),
  },
};
const exposition = [
  '# HELP a A.',
  '# TYPE a gauge',
  'a{company="acme",text="{company=\\"globex\\""} 1',
  'a{company="globex"} 2',
  '# HELP b B.',
  'b{company="globex"} 3',
  '# HELP c C.',
  'c{other_company="acme"} 4',
  'own 5',
  '',
].join('\n');

/** Tickets of which there is one. */
async function desk() {
  const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
  const builtin = new BuiltinTracker({ store, pageUrl: () => '', now: () => Date.now() });
  await builtin.create({ marker: 'm', title: 'T', text: 'T', isCritical: false, company: 'acme' });
  return { tokenHash: sha256('alertmanager'), receive: () => Promise.resolve('stored' as const), builtin };
}

async function start(
  given: Access | undefined,
  settings: WebSettings = noSettings,
  shown: readonly TaskStatus[] = [],
): Promise<string> {
  const signIn = signInOf(given);
  const tickets = await desk();
  const options = appOptions(
    exposition,
    {
      signIn,
      tickets: () => tickets,
      settings: () => Promise.resolve(settings),
      entrance: entranceOf(
        given,
        { check: (_, user, password) => Promise.resolve(user === 'dave' && password === 'right') },
        signIn,
        tickets.tokenHash,
      ),
    },
    statusPage,
  );
  if (shown.length > 0)
    options.snapshot.setConfig(config([], undefined, [company('acme'), company('globex')]));
  for (const task of shown) options.snapshot.setTask(task);
  const app = createApp(options);
  open.push(...(await listen(app, [{ host: '127.0.0.1', port: 0 }])));
  return `http://${open[0]?.address ?? ''}`;
}

/** A task of each company, and one of both. An error is open in acme alone. */
const failing = await recordsReading({ failed: [{ record: 'W-1', since: new Date(0), error: 'Odd' }] });
const tasks = [['acme'], ['globex'], ['acme', 'globex']].map((companies) =>
  taskOf(`orders-${companies.join('-')}`, records, companies, companies.join() === 'acme' ? failing : null),
);
const style = new Assets().linksFrom('/assets').style;

/** A path of the route as somebody would ask for it. */
function asked(path: string): string {
  const named = path
    .replace(':company', 'acme')
    .replace(':monitor', 'orders-acme')
    .replace(':error', 'unknown-0')
    .replace(':document', 'runbook')
    .replace(':ticket', '1');
  if (named.endsWith('/api/v1/lookup')) return `${named}?record=1`;
  return named === '/assets/:name' ? style : named;
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const basic = (user: string, password: string) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});
const proxied = {
  'X-Erp-Proxy-Secret': 'a secret of the proxy',
  'X-Forwarded-User': 'anna',
  'X-Erp-Companies': 'acme',
};
const withUsers: WebSettings = { ...noSettings, users: new Map([['dave', 'hash']]) };

const seal = new Seal(oidc.sessionKey ?? '');
/** What the browser of somebody sends who signed in as one of these groups. */
async function signedIn(...groups: string[]) {
  const sessions = new Sessions(() => Date.now());
  const session = await sessions.begin(seal, oidc, { subject: 'eva', name: 'Eva', claims: { groups } });
  const visitor = await sessions.visitorOf(seal, oidc, session ?? '');
  return { Cookie: `erp-exporter=${session ?? ''}`, 'X-CSRF-Token': visitor?.session?.csrfToken ?? '' };
}
const person = await signedIn('acme');

/** What somebody gets who may ask for a route of signing in: nothing answers where the issuer is. */
function signInStatus(path: string, headers: Readonly<Record<string, string>>): number | undefined {
  if (path === '/login') return 503;
  // Nobody comes back from anywhere; whoever is in goes to the first page.
  return path === '/login/callback' ? ('Cookie' in headers ? 302 : 400) : undefined;
}

/** Each kind of visitor: what it sends, what it may do, and how it is refused. */
const kinds: [string, Record<string, string>, readonly Right[], number][] = [
  ['nobody', {}, [], 401],
  ['an unknown token', bearer('guess'), [], 401],
  ['a scraper', bearer('scraper'), ['metrics'], 403],
  ['a reader', bearer('reader'), ['page'], 403],
  ['an operator', bearer('operator'), ['metrics', 'page', 'records', 'refresh', 'tickets', 'reload'], 403],
  ['Alertmanager', bearer('alertmanager'), ['alerts'], 403],
  ['a person behind the proxy', proxied, ['page'], 403],
  [
    'somebody who invents the headers of the proxy',
    { 'X-Forwarded-User': 'anna', 'X-Erp-Companies': '*' },
    [],
    401,
  ],
  ['a person by OIDC', person, ['page', 'reload'], 403],
  ['a person by OIDC whom access: does not name', await signedIn('others'), [], 403],
  ['somebody with the session of another key', { Cookie: `${person.Cookie.slice(0, -3)}abc` }, [], 401],
  ['a proxy that does not know the secret', { ...proxied, 'X-Erp-Proxy-Secret': 'guess' }, [], 401],
];

describe.each(kinds)('%s', (name, headers, rights, refusal) => {
  // One for all routes: to make the application, its documents and assets, is most of the time.
  let url: string;
  const shared: WebServer[] = [];
  beforeAll(async () => {
    url = await start(access, noSettings, tasks);
    shared.push(...open.splice(0));
  });
  afterAll(() => close(shared, 0));

  it.each(routes)('at $path', async ({ path, methods, right }) => {
    const isAllowed = right === undefined || rights.includes(right);
    // Whoever signs out is known no more.
    const here = path === '/logout' ? await start(access, noSettings, tasks) : url;
    // A wrong token or secret goes nowhere at all.
    const isWrong = Object.values(headers).some((value) => value.endsWith('guess'));
    for (const method of methods) {
      const { status } = await fetch(`${here}${asked(path)}`, { method, headers, redirect: 'manual' });
      // A form leads back to its page.
      const done = path.endsWith('/:monitor/refresh') && !path.startsWith('/api/') ? 303 : 200;
      // Nothing is sent: what needs something says so.
      const needs = /\/(?:alertmanager|:ticket\/change|signs-of-life\/confirm)$/.test(path) ? 400 : undefined;
      const expected = needs ?? signInStatus(path, name.includes('another key') ? {} : headers) ?? done;
      expect(status, method).toBe(isAllowed && !isWrong ? expected : refusal);
    }
  });
});

it('has a right for each route, but for those that say nothing of a company', () => {
  expect(routes.filter(({ right }) => right === undefined).map(({ path }) => path)).toEqual([
    '/api/v1/openapi.json',
    '/status',
    '/status.json',
    '/status.rss',
    '/assets/:name',
    '/login',
    '/login/callback',
    '/logout',
    '/-/healthy',
    '/-/ready',
  ]);
});

it('takes no change by a cookie without the CSRF token of its session', async () => {
  const url = await start(access, noSettings, tasks);
  const changes = routes.flatMap(({ path, methods }) =>
    methods.filter((method) => method !== 'GET' && method !== 'HEAD').map((method) => ({ path, method })),
  );
  expect(changes.length).toBeGreaterThan(4);
  for (const { path, method } of changes)
    for (const token of [{}, { 'X-CSRF-Token': 'guess' }]) {
      const headers = { Cookie: person.Cookie, ...token };
      expect((await fetch(`${url}${asked(path)}`, { method, headers })).status, path).toBe(403);
    }
});

it('answers a visitor of one company about that company alone', async () => {
  const url = await start(access, noSettings, tasks);
  const status = async (path: string) =>
    (await fetch(`${url}${path}`, { headers: bearer('operator') })).status;
  expect(await status('/companies/acme/orders-acme-globex')).toBe(200);
  for (const path of [
    '/companies/globex',
    '/companies/globex/orders-globex',
    '/companies/acme/orders-globex',
  ])
    expect(await status(path), path).toBe(404);
  for (const path of ['/', '/companies/acme', '/errors', '/lookup?record=globex-1'])
    expect(await (await fetch(`${url}${path}`, { headers: bearer('reader') })).text(), path).not.toMatch(
      /GLOBEX/,
    );
});

it('has no route outside of the table', async () => {
  const url = await start(access);
  for (const path of [
    '/metrics/',
    '/METRICS',
    '/%6detrics',
    '/-/',
    '/debug/pprof',
    '/companies',
    '/companies/',
    '/companies/%zz',
    '/companies/acme/orders-acme/records.json',
    '/assets/..%2f..%2fpackage.json',
    '/api/v1',
    '/.git/config',
    '/metrics/../',
  ])
    expect((await fetch(`${url}${path}`, { headers: bearer('operator') })).status, path).toBe(
      path === '/metrics/../' ? 200 : 404,
    );
});

describe('without access:', () => {
  it('everybody is answered', async () => {
    const url = await start(undefined);
    for (const path of ['/', '/metrics', '/-/healthy'])
      expect((await fetch(`${url}${path}`)).status).toBe(200);
  });

  it('whoever has a password is', async () => {
    const url = await start(undefined, withUsers);
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: basic('dave', 'wrong') })).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: basic('dave', 'right') })).status).toBe(200);
    // No token is known, so none opens anything.
    expect((await fetch(`${url}/metrics`, { headers: bearer('scraper') })).status).toBe(401);
    expect((await fetch(`${url}/metrics`, { headers: proxied })).status).toBe(401);
  });
});

it('gives a user whom access: does not name no right at all', async () => {
  const url = await start(access, withUsers);
  const headers = basic('dave', 'right');
  expect((await fetch(`${url}/-/healthy`, { headers })).status).toBe(200);
  for (const path of ['/', '/metrics']) expect((await fetch(`${url}${path}`, { headers })).status).toBe(403);
});

describe('the metrics of a company', () => {
  const own = '# HELP a A.\n# TYPE a gauge\na{company="acme",text="{company=\\"globex\\""} 1\n';

  it.each(['', '?company=acme'])('are all that its visitor gets by /metrics%s', async (query) => {
    const url = await start(access);
    const answer = await fetch(`${url}/metrics${query}`, { headers: bearer('scraper') });
    expect(await answer.text()).toBe(own);
  });

  it.each(['?company=globex', '?company=acme&company=globex', '?company='])(
    'hold no other by %s',
    async (query) => {
      const url = await start(access);
      const answer = await fetch(`${url}/metrics${query}`, { headers: bearer('scraper') });
      expect(answer.status).toBe(403);
      expect(await answer.text()).not.toContain(' 2\n');
    },
  );

  it('can be asked for by whoever sees all', async () => {
    const url = await start(undefined);
    expect(await (await fetch(`${url}/metrics?company=acme`)).text()).toBe(own);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('own 5\n');
  });
});
