import { randomBytes } from 'node:crypto';
import type { Access, OpenIdConnect, Visitor } from '../../config/config.ts';
import type { Logger } from '../../log.ts';
import { cookieOf, guardedCookie, guardedName } from '../server/cookies.ts';
import { queryOf } from '../server/http.ts';
import type { HttpRequest } from '../server/http.ts';
import { isUnreachable, reasonOf, usualPatience } from './bounded-fetch.ts';
import type { Patience } from './bounded-fetch.ts';
import { homeOf, returnPath } from './home.ts';
import type { Home, Homeless } from './home.ts';
import { Provider } from './provider.ts';
import type { Attempt } from './provider.ts';
import { Seal } from './seal.ts';
import { Sessions } from './sessions.ts';

const sessionCookie = 'erp-exporter';
const attemptCookie = 'erp-exporter-login';
/** How long somebody may take at the provider. */
const attemptMs = 600_000;

export interface SignInOptions {
  readonly access: () => Access | undefined;
  /** Where users reach the pages; undefined: nobody said. */
  readonly externalOrigin: string | undefined;
  /** Path under which all routes are, without a slash at its end. */
  readonly prefix: string;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly patience?: Patience;
}

/** Why somebody is not signed in. */
export type SignInProblem = Homeless | 'unreachable' | 'refused' | 'stale' | 'too_large';

/** Where a browser goes next, and the cookies that it takes along. */
export type Step =
  | { readonly location: string; readonly cookies: readonly string[] }
  | { readonly problem: SignInProblem; readonly cookies: readonly string[] };

/** What was made of the configuration in force. */
interface InForce {
  readonly oidc: OpenIdConnect;
  readonly provider: Provider;
  readonly seal: Seal;
}

/** What a request says of where it came in. */
interface Here {
  readonly request: HttpRequest;
  readonly isTls: boolean;
}

function attemptOf(
  content: Readonly<Record<string, unknown>> | undefined,
): (Attempt & { readonly to: string }) | undefined {
  const { state, nonce, verifier, to } = content ?? {};
  return typeof state === 'string' &&
    typeof nonce === 'string' &&
    typeof verifier === 'string' &&
    typeof to === 'string'
    ? { state, nonce, verifier, to }
    : undefined;
}

/** Signs people in at the provider of `access: { oidc: … }`, by authorization code with PKCE, and knows them by their cookie. */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #sessions: Sessions;
  readonly #stop = new AbortController();
  /** Signs where no file has a key: a restart ends all sessions. */
  readonly #ownKey = randomBytes(32);
  #inForce: InForce | undefined;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.now);
  }

  /** The issuer at which people sign in; undefined: they do not. */
  get issuer(): string | undefined {
    return this.#current()?.oidc.issuer;
  }

  /** Asks the provider of the configuration in force, so that the log says at once when it does not answer. */
  start(): void {
    this.#current();
  }

  /** Ends what waits for the provider. */
  close(): void {
    this.#stop.abort();
  }

  /** The person whose session a request brings along; undefined: none that is valid. */
  async visitorOf(request: HttpRequest, isTls: boolean): Promise<Visitor | undefined> {
    const current = this.#current();
    const home = this.#home({ request, isTls });
    if (current === undefined || typeof home === 'string') return undefined;
    const text = cookieOf(request, guardedName(sessionCookie, home.isSecure));
    return this.#sessions.visitorOf(current.seal, current.oidc, text);
  }

  /** Sends somebody to the provider. */
  async begin(here: Here): Promise<Step> {
    const current = this.#required();
    const home = this.#home(here);
    if (typeof home === 'string') return { problem: home, cookies: [] };
    const { provider, seal, oidc } = current;
    try {
      const { url, attempt } = await provider.begin(this.#callback(home));
      const to = returnPath(queryOf(here.request).get('to') ?? '', this.#options.prefix, home);
      const text = await seal.close('login', oidc, { ...attempt, to }, this.#options.now() + attemptMs);
      return {
        location: url,
        cookies: [guardedCookie(attemptCookie, text, { isSecure: home.isSecure, seconds: attemptMs / 1000 })],
      };
    } catch (error) {
      return { problem: this.#failed(current, error), cookies: [] };
    }
  }

  /** Takes in who comes back from the provider. */
  async complete(here: Here): Promise<Step> {
    const { request, isTls } = here;
    const { prefix, now } = this.#options;
    const current = this.#required();
    const home = this.#home(here);
    if (typeof home === 'string') return { problem: home, cookies: [] };
    const text = cookieOf(request, guardedName(attemptCookie, home.isSecure));
    const attempt = attemptOf(await current.seal.open('login', current.oidc, text, now()));
    const parameters = queryOf(request);
    if (attempt === undefined || parameters.get('state') !== attempt.state)
      // In another tab it may have worked.
      return (await this.visitorOf(request, isTls)) === undefined
        ? { problem: 'stale', cookies: [] }
        : { location: `${prefix}/`, cookies: [] };
    // It is good for one time, whatever becomes of it.
    const used = guardedCookie(attemptCookie, '', { isSecure: home.isSecure, seconds: 0 });
    const step = await this.#admit(current, home, attempt, parameters);
    return { ...step, cookies: [used, ...step.cookies] };
  }

  /** Ends the session of a request. @returns the cookie that is gone, and where the session at the provider ends, if it shall. */
  async end({
    request,
    isTls,
  }: Here): Promise<{ readonly cookie: string; readonly endUrl: string | undefined }> {
    const { seal, oidc, provider } = this.#required();
    const home = this.#home({ request, isTls });
    const isSecure = typeof home !== 'string' && home.isSecure;
    await this.#sessions.end(seal, oidc, cookieOf(request, guardedName(sessionCookie, isSecure)));
    const endUrl =
      oidc.endsAtIssuer && typeof home !== 'string'
        ? await provider.endUrl(`${home.origin}${this.#options.prefix}/logout`)
        : undefined;
    return { cookie: guardedCookie(sessionCookie, '', { isSecure, seconds: 0 }), endUrl };
  }

  async #admit(
    current: InForce,
    home: Home,
    attempt: Attempt & { readonly to: string },
    parameters: URLSearchParams,
  ): Promise<Step> {
    const { provider, seal, oidc } = current;
    try {
      const callback = new URL(this.#callback(home));
      callback.search = parameters.toString();
      const person = await provider.complete(callback, attempt);
      const text = await this.#sessions.begin(seal, oidc, person);
      const { subject, name } = person;
      if (text === undefined) {
        this.#options.log.warn('person has too many claims', { subject, name });
        return { problem: 'too_large', cookies: [] };
      }
      this.#options.log.info('person signed in', { subject, name });
      const rules = { isSecure: home.isSecure, seconds: Math.floor(oidc.sessionMs / 1000) };
      return { location: attempt.to, cookies: [guardedCookie(sessionCookie, text, rules)] };
    } catch (error) {
      return { problem: this.#failed(current, error), cookies: [] };
    }
  }

  #failed({ oidc }: InForce, error: unknown): SignInProblem {
    const fields = { issuer: oidc.issuer, problem: reasonOf(error) };
    if (isUnreachable(error)) {
      this.#options.log.warn('identity provider unreachable', fields);
      return 'unreachable';
    }
    this.#options.log.warn('sign in failed', fields);
    return 'refused';
  }

  #home({ request, isTls }: Here): Home | Homeless {
    return homeOf(request, this.#options.externalOrigin, isTls);
  }

  #callback({ origin }: Home): string {
    return `${origin}${this.#options.prefix}/login/callback`;
  }

  #required(): InForce {
    const current = this.#current();
    if (current === undefined) throw new Error('access: has no oidc');
    return current;
  }

  /** Made anew when the configuration is. */
  #current(): InForce | undefined {
    const oidc = this.#options.access()?.oidc;
    if (oidc === undefined) this.#inForce = undefined;
    else if (this.#inForce?.oidc !== oidc) this.#inForce = this.#made(oidc);
    return this.#inForce;
  }

  #made(oidc: OpenIdConnect): InForce {
    const { patience = usualPatience, now } = this.#options;
    const provider = new Provider(oidc, patience, now, this.#stop.signal);
    const made = { oidc, provider, seal: new Seal(oidc.sessionKey ?? this.#ownKey) };
    // So that the log says at once what is wrong, and not when the first person comes.
    provider.discover().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#failed(made, error);
    });
    return made;
  }
}
