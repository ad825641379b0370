import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** What the provider says of each account, by its login. */
export type Accounts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export const clientId = 'erp-exporter';
export const clientSecret = 'a secret of the client, for tests';

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

/** A real provider of OpenID Connect, in this process, on a port of its own. */
export class IdentityProvider {
  /** The paths that were asked for, in order. */
  readonly asked: string[] = [];
  #answer: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  readonly #accounts: Accounts;
  readonly #server: Server;
  #home = '';
  #port = 0;

  private constructor(accounts: Accounts) {
    this.#accounts = accounts;
    this.#server = createServer((request, response) => {
      this.asked.push((request.url ?? '').split('?')[0] ?? '');
      this.#answer(request, response);
    });
  }

  /** @param home the address of the exporter, such as `http://127.0.0.1:9745`, with its prefix. */
  static async start(accounts: Accounts, home: string): Promise<IdentityProvider> {
    const provider = new IdentityProvider(accounts);
    provider.#home = home;
    await provider.open();
    provider.changeKeys();
    return provider;
  }

  get issuer(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Listens, at the same port as before. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Answers like this instead. */
  misbehave(answer: (request: IncomingMessage, response: ServerResponse) => void): void {
    this.#answer = answer;
  }

  /** Signs with other keys from now on, and no longer knows those before. */
  changeKeys(): void {
    const provider = new Provider(this.issuer, {
      jwks: { keys: [newKey()] },
      cookies: { keys: [randomUUID()] },
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: [`${this.#home}/login/callback`],
          post_logout_redirect_uris: [`${this.#home}/logout`],
        },
      ],
      ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
      pkce: { required: () => true },
      claims: { profile: ['name', 'groups', 'companies'], email: ['email', 'email_verified'] },
      findAccount: (_, login) => {
        const claims = this.#accounts[login];
        if (claims === undefined) return undefined;
        return { accountId: login, claims: () => ({ sub: login, ...claims }) };
      },
      // Nobody is asked whether the exporter may know who they are.
      loadExistingGrant: async ({ oidc: { client, session, provider: own } }) => {
        const grant = new own.Grant({ clientId: client?.clientId, accountId: session?.accountId });
        grant.addOIDCScope('openid profile email');
        await grant.save();
        return grant;
      },
    });
    this.#answer = (request, response) => void provider.callback()(request, response);
  }
}
