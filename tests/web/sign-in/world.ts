import type { Access, OpenIdConnect } from '../../../src/config/config.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { Entrance } from '../../../src/web/access/entrance.ts';
import { createApp } from '../../../src/web/app.ts';
import type { AppOptions } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import { SignIn } from '../../../src/web/sign-in/sign-in.ts';
import { CookieBrowser } from '../../helpers/cookie-browser.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { IdentityProvider, clientId, clientSecret } from '../../helpers/identity-provider.ts';
import type { Accounts } from '../../helpers/identity-provider.ts';
import { appOptions } from '../app-options.ts';
import { taskOf } from '../world.ts';

export const accounts: Accounts = {
  anna: { name: 'Anna', email: 'anna@acme.example', email_verified: true, groups: ['acme-shop'] },
  bert: { name: 'Bert', email: 'bert@agency.example', email_verified: true, groups: ['agency', 'staff'] },
  carl: { name: 'Carl', email: 'carl@else.example', email_verified: true, groups: ['others'] },
  dora: {
    name: 'Dora',
    email: 'bert@agency.example',
    email_verified: false,
    groups: ['customers'],
    companies: ['globex'],
  },
  emil: { name: 'Emil', groups: Array.from({ length: 400 }, (_, n) => `group-number-${n}`).concat('agency') },
  fred: {
    name: 'Fred',
    groups: ['customers'],
    companies: Array.from({ length: 400 }, (_, n) => `company-number-${n}`),
  },
};

const everyRight = ['metrics', 'page', 'records', 'sql', 'reload'] as const;

/** What `access: { oidc: … }` of these tests says, but for the provider. */
export const rules: Omit<OpenIdConnect, 'issuer'> = {
  clientId,
  clientSecret,
  scopes: 'openid profile email',
  people: [
    { claim: 'groups', value: 'agency', companies: 'all', rights: new Set(everyRight) },
    {
      claim: 'groups',
      value: 'acme-shop',
      companies: new Set(['acme']),
      rights: new Set(['page', 'records']),
    },
    { claim: 'groups', value: 'customers', companies: { claim: 'companies' }, rights: new Set(['page']) },
    { claim: 'email', value: 'bert@agency.example', companies: 'all', rights: new Set(['page']) },
  ],
  sessionKey: undefined,
  sessionMs: 8 * 3_600_000,
  endsAtIssuer: false,
};

/** An exporter whose people sign in at a real provider. */
export class SignInWorld {
  readonly logged: string[] = [];
  readonly browser = new CookieBrowser();
  access: Access | undefined;
  now = Date.now();
  #provider: IdentityProvider | undefined;
  readonly #close: (() => Promise<unknown>)[] = [];
  url = '';

  static async start(
    change: Partial<OpenIdConnect> = {},
    options: Partial<AppOptions> = {},
    attemptMs = 20_000,
  ): Promise<SignInWorld> {
    const world = new SignInWorld();
    await world.#listen(options, attemptMs);
    const provider = await IdentityProvider.start(accounts, world.url);
    world.#provider = provider;
    world.#close.push(() => provider.close());
    world.allow(change);
    return world;
  }

  get provider(): IdentityProvider {
    if (this.#provider === undefined) throw new Error('not started');
    return this.#provider;
  }

  /** As a reload does: another object, other rules. */
  allow(change: Partial<OpenIdConnect>): void {
    this.access = { visitors: [], oidc: { ...rules, issuer: this.provider.issuer, ...change } };
  }

  async close(): Promise<void> {
    for (const end of this.#close.reverse()) await end();
  }

  /** Signs somebody in, from a page on. @param through as `CookieBrowser.open` has it. */
  async signIn(
    login: string,
    {
      path = '/',
      browser = this.browser,
      through,
    }: {
      readonly path?: string;
      readonly browser?: CookieBrowser;
      readonly through?: (url: URL) => URL | undefined;
    } = {},
  ): Promise<{ readonly answer: Response; readonly url: string }> {
    const form = await browser.open(`${this.url}${path}`, through);
    if (!form.url.includes('/interaction/')) return form;
    const sent = await browser.ask(form.url, {
      method: 'POST',
      body: new URLSearchParams({ prompt: 'login', login, password: 'any' }),
    });
    return browser.open(new URL(sent.headers.get('location') ?? '', form.url).href, through);
  }

  /** The token that a page of this browser holds. */
  async csrfToken(path = '/'): Promise<string> {
    const text = await (await this.browser.ask(`${this.url}${path}`)).text();
    return /name="csrf_token" value="([^"]+)"/.exec(text)?.[1] ?? '';
  }

  get session(): string {
    return this.browser.cookie(this.url, 'erp-exporter');
  }

  async #listen(change: Partial<AppOptions>, attemptMs: number): Promise<void> {
    const note = (event: string, fields = {}) => void this.logged.push(`${event} ${JSON.stringify(fields)}`);
    const log = { debug: note, info: note, warn: note, error: note };
    const access = () => this.access;
    const signIn = new SignIn({
      access,
      externalOrigin: change.externalOrigin,
      prefix: '',
      log,
      now: () => this.now,
      patience: { attemptMs, attempts: 2, pauseMs: 1 },
    });
    const entrance = new Entrance({
      passwords: { check: () => Promise.resolve(false) },
      access,
      people: (request, isTls) => signIn.visitorOf(request, isTls),
      clock: () => 0,
    });
    const options = appOptions('own 5\n', { log, entrance, signIn, ...change });
    options.snapshot.setConfig(config([], undefined, [company('acme'), company('globex')]));
    for (const name of ['acme', 'globex'])
      options.snapshot.setTask(taskOf(`orders-${name}`, records, [name], null));
    const servers = await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }]);
    this.url = `http://${servers[0]?.address ?? ''}`;
    this.#close.push(
      () => close(servers, 0),
      () => {
        signIn.close();
        return Promise.resolve();
      },
    );
  }
}
