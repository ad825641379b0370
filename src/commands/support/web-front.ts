import type { Access, ConfigProblem } from '../../config/config.ts';
import type { Logger } from '../../log.ts';
import { createTranslators } from '../../texts/translator.ts';
import { Entrance } from '../../web/access/entrance.ts';
import type { AppOptions } from '../../web/app.ts';
import { Assets } from '../../web/assets.ts';
import type { Lifecycle, RouteOptions } from '../../web/routes.ts';
import { hostName } from '../../web/server/guards.ts';
import { isLoopback } from '../../web/server/listen-address.ts';
import type { ListenAddress } from '../../web/server/listen-address.ts';
import { close, listen } from '../../web/server/server.ts';
import type { HttpHandler } from '../../web/server/http.ts';
import type { WebServer } from '../../web/server/server.ts';
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
  readonly log: Logger;
}

/** What the routes show of the exporter. */
export type Shown = Omit<
  RouteOptions,
  'assets' | 'lifecycle' | 'routePrefix' | 'signIn' | 'translators' | 'warning'
> & {
  readonly access: () => Access | undefined;
};

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

/** The web side of a serving process: addresses, TLS, who gets in. */
export class WebFront {
  readonly #options: WebOptions;
  readonly #config: WebConfig | undefined;
  #servers: readonly WebServer[] = [];
  #signIn: SignIn | undefined;
  #scheme: 'http' | 'https' = 'http';

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

  /** Listens at every address. @throws Error when a port is taken. */
  async listen(createApp: (options: AppOptions) => HttpHandler, shown: Shown): Promise<void> {
    const { listenAddresses, log } = this.#options;
    const settings = await this.#settings();
    this.#scheme = settings.transport === undefined ? 'http' : 'https';
    this.#servers = await listen(createApp(this.#appOptions(shown)), listenAddresses, {
      transport: async () => (await this.#settings()).transport,
    });
    this.#signIn?.start();
    log.info('listening', { urls: this.urls.join(','), tls: settings.transport !== undefined });
    const problem = this.#warning(settings, shown.access());
    if (problem !== '') log.warn('open to the network', { problem });
  }

  /** Stops taking requests, and cuts what is left after `patienceMs`. */
  close(patienceMs: number): Promise<void> {
    this.#signIn?.close();
    return close(this.#servers, patienceMs);
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
      clock: () => performance.now(),
    });
    return {
      ...shown,
      lifecycle,
      assets: new Assets(),
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
