import type { Access, Right, Visitor } from '../../config/config.ts';
import { textAnswer } from '../server/http.ts';
import type { Answer, Client, HttpRequest } from '../server/http.ts';
import type { WebSettings } from '../settings/load.ts';
import { TooManyPasswordsError } from '../settings/passwords.ts';
import type { Passwords } from '../settings/passwords.ts';
import { RateLimit } from '../settings/rate-limit.ts';
import {
  credentialsOf,
  isAlertmanager,
  visitorOfCertificate,
  visitorOfProxy,
  visitorOfToken,
  visitorOfUser,
} from './identify.ts';

const allRights: ReadonlySet<Right> = new Set(
  // A right that is added does not compile before it is named here.
  Object.keys({
    metrics: true,
    page: true,
    records: true,
    sql: true,
    refresh: true,
    tickets: true,
    remedies: true,
    reload: true,
    // Not everybody may say what fires: whoever tells alerts opens tickets.
  } satisfies Record<Exclude<Right, 'alerts'>, true>) as Right[],
);
/** Whoever comes where nothing says who sees what. */
const everybody: Visitor = { name: '', companies: 'all', rights: allRights };
/** It tells, and sees nothing. */
const alertmanager: Visitor = { name: 'alertmanager', companies: new Set(), rights: new Set(['alerts']) };
const nobody: Visitor = { name: '', companies: new Set(), rights: new Set() };

/** Who it is that asks, or why the request goes no further. */
export type Admission = { readonly visitor: Visitor } | { readonly refusal: Answer };

export interface EntranceOptions {
  readonly passwords: Pick<Passwords, 'check'>;
  readonly access: () => Access | undefined;
  /** SHA-256, in hexadecimal digits, of the token by which Alertmanager comes; undefined: it does not. */
  readonly alertsTokenHash?: () => string | undefined;
  /** Who signed in, by the cookie of a request. */
  readonly people: (request: HttpRequest, isTls: boolean) => Promise<Visitor | undefined>;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
}

/** Asks for who you are. @param users whether passwords are known. */
export function unauthorized(users: WebSettings['users']): Answer {
  const challenge = users.size > 0 ? 'Basic realm="erp-exporter", charset="UTF-8"' : 'Bearer';
  return textAnswer(401, 'Unauthorized', { 'WWW-Authenticate': challenge });
}

/** Finds out who asks: by password, token, proxy, session or certificate. */
export class Entrance {
  readonly #options: EntranceOptions;
  #limit = new RateLimit({ interval: 0, burst: 0 });
  #limitOf: WebSettings['rateLimit'] | undefined;

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  async admit(request: HttpRequest, client: Client, settings: WebSettings): Promise<Admission> {
    if (!this.#limitFor(settings).allows(this.#options.clock()))
      return { refusal: textAnswer(429, 'Too Many Requests', { 'Retry-After': '1' }) };
    try {
      const visitor = await this.#visitor(request, client, settings);
      return visitor === null ? { refusal: unauthorized(settings.users) } : { visitor };
    } catch (error) {
      if (!(error instanceof TooManyPasswordsError)) throw error;
      return { refusal: textAnswer(503, 'Too many passwords are being checked.', { 'Retry-After': '5' }) };
    }
  }

  #limitFor({ rateLimit }: WebSettings): RateLimit {
    if (this.#limitOf !== rateLimit) {
      this.#limit = new RateLimit(rateLimit);
      this.#limitOf = rateLimit;
    }
    return this.#limit;
  }

  /** @returns `null` for wrong credentials, and for none where a password is needed. */
  async #visitor(request: HttpRequest, client: Client, settings: WebSettings): Promise<Visitor | null> {
    const { users, transport } = settings;
    const access = this.#options.access();
    if (isAlertmanager(this.#options.alertsTokenHash?.(), request)) return alertmanager;
    const user = await this.#userOf(request, users);
    if (user === null) return null;
    if (access === undefined) return users.size === 0 || user !== undefined ? everybody : null;
    if (user !== undefined) return visitorOfUser(access, user) ?? { ...nobody, name: user };
    // What is wrong is refused, and not taken for nothing.
    const byToken = visitorOfToken(access, request);
    if (byToken !== undefined) return byToken;
    const byProxy = visitorOfProxy(access, request);
    if (byProxy !== undefined) return byProxy;
    const known =
      (await this.#options.people(request, transport !== undefined)) ?? visitorOfCertificate(access, client);
    if (known !== undefined) return known;
    // Who is to sign in must reach the page for it.
    return users.size === 0 || access.oidc !== undefined ? nobody : null;
  }

  /** @returns undefined without credentials; `null` for wrong ones. */
  async #userOf(request: HttpRequest, users: WebSettings['users']): Promise<string | null | undefined> {
    const credentials = credentialsOf(request);
    if (credentials === undefined || users.size === 0) return undefined;
    const { user, password } = credentials;
    return (await this.#options.passwords.check(users, user, password)) ? user : null;
  }
}
