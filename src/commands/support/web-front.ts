import type { Access, ConfigProblem } from '../../config/config.ts';
import type { Logger } from '../../log.ts';
import { createTranslators } from '../../texts/translator.ts';
import { Entrance } from '../../web/access/entrance.ts';
import { openApiDocument } from '../../web/api/openapi.ts';
import { PageCache } from '../../web/page-cache.ts';
import type { AppOptions } from '../../web/app.ts';
import { Assets } from '../../web/assets.ts';
import { Documents } from '../../web/documents.ts';
import type { Lifecycle, RouteOptions } from '../../web/routes.ts';
import { hostName } from '../../web/server/guards.ts';
import { isLoopback, parseListenAddress } from '../../web/server/listen-address.ts';
import type { ListenAddress } from '../../web/server/listen-address.ts';
import { listenForHealth } from '../../web/server/health-socket.ts';
import { close, listen } from '../../web/server/server.ts';
import type { HttpHandler } from '../../web/server/http.ts';
import type { ListenOptions, WebServer } from '../../web/server/server.ts';
import { createBcrypt } from '../../web/settings/bcrypt.ts';
import { isGuarded, noSettings } from '../../web/settings/load.ts';
import type { WebSettings } from '../../web/settings/load.ts';
import { Passwords } from '../../web/settings/passwords.ts';
import { SignIn } from '../../web/sign-in/sign-in.ts';
import { WebConfig } from '../../web/settings/web-config.ts';

/** How the page and the metrics are served, as the command line says. */
export interface WebOptions {
  readonly listenAddresses: readonly ListenAddress[];
  /** Where users reach the page; its path becomes the prefix of every route. */
  readonly externalUrl: URL | undefined;
  /** exporter-toolkit's web configuration file: TLS and passwords. */
  readonly webConfigFile?: string;
  /** Further names under which the server answers, beside that of `externalUrl`. */
  readonly allowedHosts?: readonly string[];
  readonly lifecycle?: Lifecycle;
  /** Where the command `health` asks, of `abstractSocketPath`. */
  readonly healthSocket?: string;
  readonly log: Logger;
}

/** What the routes show of the exporter. */
export type Shown = Omit<
  RouteOptions,
  | 'apiDocument'
  | 'assets'
  | 'documents'
  | 'lifecycle'
  | 'pages'
  | 'routePrefix'
  | 'signIn'
  | 'translators'
  | 'warning'
> & {
  readonly access: () => Access | undefined;
};

/** How long requests of the public view may take when its address changes. */
const statusDrainMs = 1000;

const openWarning =
  'whoever reaches this machine over the network can read the page and the metrics: set passwords or client certificates in --web.config.file, or listen on 127.0.0.1';

/** Names under which users come; undefined when the server is on the network and nobody said. */
function hostNames(options: WebOptions): ReadonlySet<string> | undefined {
  const { externalUrl, allowedHosts = [], listenAddresses } = options;
  const isNamed = externalUrl !== undefined || allowedHosts.length > 0;
  if (!isNamed && !listenAddresses.every(isLoopback)) return undefined;
  const own = listenAddresses.flatMap(({ host }) => (host === undefined ? [] : [host]));
  const external = externalUrl === undefined ? [] : [hostName(externalUrl.host)];
  return new Set([...external, ...allowedHosts, ...own].map((name) => name.toLowerCase()));
}

/** Where the public view listens now, until it is put in force or given up. */
export interface OpenedStatus {
  /** Answers there, and no longer where it did before. */
  commit(): void;
  abandon(): Promise<void>;
}

/** The web side of a serving process: addresses, TLS, who gets in. */
export class WebFront {
  readonly #options: WebOptions;
  readonly #config: WebConfig | undefined;
  #servers: readonly WebServer[] = [];
  #closeHealth = (): void => undefined;
  #signIn: SignIn | undefined;
  #scheme: 'http' | 'https' = 'http';
  #statusServers: readonly WebServer[] = [];
  #statusAddress: string | undefined;
  #publicApp: HttpHandler | undefined;

  private constructor(options: WebOptions, config: WebConfig | undefined) {
    this.#options = options;
    this.#config = config;
  }

  /** Reads the web configuration file, if there is one. @returns its problems when it is bad. */
  static async open(options: WebOptions): Promise<WebFront | readonly ConfigProblem[]> {
    const { webConfigFile, log } = options;
    if (webConfigFile === undefined) return new WebFront(options, undefined);
    const config = await WebConfig.open(webConfigFile, log);
    return config instanceof WebConfig ? new WebFront(options, config) : config;
  }

  /** Where it listens. */
  get urls(): readonly string[] {
    return this.#servers.map(({ address }) => `${this.#scheme}://${address}`);
  }

  /** Listens at every address, and where health checks ask. @throws Error when a port or that socket is taken. */
  async listen(createApp: (options: AppOptions) => HttpHandler, shown: Shown): Promise<void> {
    const { listenAddresses, log, healthSocket } = this.#options;
    const settings = await this.#settings();
    this.#scheme = settings.transport === undefined ? 'http' : 'https';
    this.#servers = await listen(createApp(this.#appOptions(shown)), listenAddresses, this.#transport());
    this.#publicApp = createApp(this.#publicOptions(shown));
    if (healthSocket !== undefined) this.#closeHealth = await listenForHealth(healthSocket, shown.readiness);
    this.#signIn?.start();
    log.info('listening', { urls: this.urls.join(','), tls: settings.transport !== undefined });
    const problem = this.#warning(settings, shown.access());
    if (problem !== '') log.warn('open to the network', { problem });
  }

  /** Stops taking requests, and cuts what is left after `patienceMs`. */
  close(patienceMs: number): Promise<void> {
    this.#signIn?.close();
    this.#closeHealth();
    return close([...this.#servers, ...this.#statusServers], patienceMs);
  }

  /** Listens at the address that the public view has for itself. @throws Error when that fails. */
  async openStatus(address: string | undefined): Promise<OpenedStatus> {
    const app = this.#publicApp;
    if (address === this.#statusAddress || app === undefined)
      return { commit: () => undefined, abandon: () => Promise.resolve() };
    const servers =
      address === undefined ? [] : await listen(app, [parseListenAddress(address)], this.#transport());
    return {
      commit: () => {
        const before = this.#statusServers;
        this.#statusServers = servers;
        this.#statusAddress = address;
        for (const { address: at } of servers)
          this.#options.log.info('status page listening', { address: at });
        void close(before, statusDrainMs);
      },
      abandon: () => close(servers, 0),
    };
  }

  #transport(): ListenOptions {
    return { transport: async () => (await this.#settings()).transport };
  }

  /** Everybody comes there, under whatever name, and may see the same: no password is asked for. */
  #publicOptions(shown: Shown): AppOptions {
    const usual = this.#appOptions(shown);
    return {
      ...usual,
      isPublicOnly: true,
      routePrefix: '',
      hosts: { names: undefined },
      settings: async () => ({ ...(await this.#settings()), users: new Map() }),
      entrance: new Entrance({
        passwords: { check: () => Promise.resolve(false) },
        access: () => ({ visitors: [] }),
        people: () => Promise.resolve(undefined),
        clock: () => performance.now(),
      }),
    };
  }

  #settings(): Promise<WebSettings> {
    return this.#config?.current() ?? Promise.resolve(noSettings);
  }

  #warning(settings: WebSettings, access: Access | undefined): string {
    const isOpen = !this.#options.listenAddresses.every(isLoopback);
    return isOpen && access === undefined && !isGuarded(settings) ? openWarning : '';
  }

  #appOptions({ access, ...shown }: Shown): AppOptions {
    const { log, externalUrl, lifecycle } = this.#options;
    const routePrefix = externalUrl?.pathname.replace(/\/+$/, '') ?? '';
    const signIn = new SignIn({
      access,
      externalOrigin: externalUrl?.origin,
      prefix: routePrefix,
      log,
      now: shown.now,
    });
    this.#signIn = signIn;
    const entrance = new Entrance({
      passwords: new Passwords(createBcrypt()),
      access,
      people: (request, isTls) => signIn.visitorOf(request, isTls),
      alertsTokenHash: () => shown.tickets()?.tokenHash,
      clock: () => performance.now(),
    });
    return {
      ...shown,
      lifecycle,
      assets: new Assets(),
      documents: new Documents(),
      apiDocument: openApiDocument(routePrefix),
      pages: new PageCache(() => performance.now()),
      translators: createTranslators(),
      routePrefix,
      signIn,
      warning: (settings) => this.#warning(settings, access()),
      log,
      hosts: { names: hostNames(this.#options) },
      externalOrigin: externalUrl?.origin,
      settings: () => this.#settings(),
      entrance,
    };
  }
}
