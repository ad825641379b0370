import type { Configuration, ServerMetadata } from 'openid-client';
import type { OpenIdConnect } from '../../config/config.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { Patience } from './bounded-fetch.ts';
import { lacksClaims, personOf } from './people.ts';
import type { Person } from './people.ts';

/** What must be the same when somebody comes back from the provider. */
export interface Attempt {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE: only who knows it can use the code. */
  readonly verifier: string;
}

/** What the provider says of itself may change, but not by the minute. */
const keptMs = 3_600_000;
/** A provider that is down is not asked by each browser anew. */
const failureKeptMs = 5_000;

/** Loaded only where a configuration names a provider. */
const loadClient = () => import('openid-client');

interface Discovery {
  readonly metadata: Promise<ServerMetadata>;
  until: number;
}

/** The provider that a configuration names. */
export class Provider {
  readonly settings: OpenIdConnect;
  readonly #fetch: ReturnType<typeof boundedFetch>;
  readonly #clock: () => number;
  #discovery: Discovery | undefined;

  /** @param clock milliseconds of a clock. @param stop ends whatever is waited for. */
  constructor(settings: OpenIdConnect, patience: Patience, clock: () => number, stop: AbortSignal) {
    this.settings = settings;
    this.#fetch = boundedFetch(patience, stop);
    this.#clock = clock;
  }

  /** Asks the provider what it can do, unless that is known. @throws Error when it does not answer. */
  async discover(): Promise<ServerMetadata> {
    if (this.#discovery !== undefined && this.#clock() < this.#discovery.until)
      return this.#discovery.metadata;
    // All who come meanwhile wait for the same answer.
    const found: Discovery = { metadata: this.#ask(), until: Infinity };
    this.#discovery = found;
    try {
      const metadata = await found.metadata;
      found.until = this.#clock() + keptMs;
      return metadata;
    } catch (error) {
      found.until = this.#clock() + failureKeptMs;
      throw error;
    }
  }

  /** Where somebody signs in. @throws Error when the provider does not answer. */
  async begin(redirectUri: string): Promise<{ readonly url: string; readonly attempt: Attempt }> {
    const client = await loadClient();
    const configuration = await this.#configuration();
    const attempt = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.settings.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, attempt };
  }

  /** Who came back from the provider. @throws Error when it did not let them in, or anything about its answer is not as it must be. */
  async complete(callback: URL, { state, nonce, verifier }: Attempt): Promise<Person> {
    const client = await loadClient();
    const configuration = await this.#configuration();
    // Else an answer of the token endpoint would be believed without its signature.
    client.enableNonRepudiationChecks(configuration);
    const tokens = await client.authorizationCodeGrant(configuration, callback, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error('the provider sent no ID token');
    const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
    const more =
      hasMore && lacksClaims(this.settings, claims)
        ? await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
        : {};
    return personOf(this.settings, claims.sub, { ...more, ...claims });
  }

  /** Where a browser ends its session at the provider too; undefined: the provider cannot, or does not answer. */
  async endUrl(returnTo: string): Promise<string | undefined> {
    const client = await loadClient();
    try {
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: returnTo }).href;
    } catch {
      return undefined;
    }
  }

  /** One for each use: with it go the keys of the provider, which are then those of now, and not of before it changed them. */
  async #configuration(): Promise<Configuration> {
    const client = await loadClient();
    const { clientId, clientSecret, issuer } = this.settings;
    const metadata = await this.discover();
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const bySecret = methods.includes('client_secret_basic')
      ? client.ClientSecretBasic
      : client.ClientSecretPost;
    const proof = clientSecret === undefined ? client.None() : bySecret(clientSecret);
    const configuration = new client.Configuration(metadata, clientId, {}, proof);
    configuration[client.customFetch] = this.#fetch;
    if (issuer.startsWith('http:')) client.allowInsecureRequests(configuration);
    return configuration;
  }

  async #ask(): Promise<ServerMetadata> {
    const client = await loadClient();
    const { issuer, clientId } = this.settings;
    const found = await client.discovery(new URL(issuer), clientId, {}, client.None(), {
      [client.customFetch]: this.#fetch,
      execute: issuer.startsWith('http:') ? [client.allowInsecureRequests] : [],
    });
    return found.serverMetadata();
  }
}
