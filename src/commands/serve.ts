import { loadConfig } from '../config/load.ts';
import type { Config, ConfigProblem, LoadResult } from '../config/config.ts';
import { readSecret } from '../config/source/files.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { OpenDatabase } from '../databases/contract.ts';
import { loadDriver } from '../databases/drivers.ts';
import { createKnowledge } from '../known-errors/knowledge.ts';
import type { Knowledge } from '../known-errors/knowledge.ts';
import type { Logger } from '../log.ts';
import type { MonitorKind } from '../monitors/contract.ts';
import { MetricsBody } from '../metrics/body.ts';
import { createOwnMetrics } from '../metrics/own.ts';
import type { OwnMetrics } from '../metrics/own.ts';
import { Poller } from '../poll/poller.ts';
import { SnapshotStore } from '../poll/snapshot.ts';
import { createApp } from '../web/app.ts';
import type { Lifecycle } from '../web/routes.ts';
import { hostName } from '../web/server/guards.ts';
import { isLoopback } from '../web/server/listen-address.ts';
import type { ListenAddress } from '../web/server/listen-address.ts';
import { close, listen } from '../web/server/server.ts';
import type { WebServer } from '../web/server/server.ts';
import { openPersistentState } from './support/persistent-state.ts';
import type { PersistentState } from './support/persistent-state.ts';

export interface ServeOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly listenAddresses: readonly ListenAddress[];
  /** Where users reach the page; its path becomes the prefix of every route. */
  readonly externalUrl: URL | undefined;
  /** Further names under which the server answers, beside that of `externalUrl`. */
  readonly allowedHosts?: readonly string[];
  readonly lifecycle?: Lifecycle;
  readonly version: string;
  readonly log: Logger;
  /** What `kind:` may say; absent: every kind of the product. */
  readonly kinds?: readonly MonitorKind[];
}

/** A process that serves. */
export interface Serving {
  readonly urls: readonly string[];
  /** Reads the file again. A bad one changes nothing. @returns its problems. */
  reload(): Promise<readonly ConfigProblem[]>;
  /** No new runs, statements cancelled on the server, requests under way answered. Takes less than 5 s. */
  stop(): Promise<void>;
}

/** The configuration at the start was bad; `problems` says where and what. */
export class BadConfigError extends Error {
  override readonly name = 'BadConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** A configuration, and what was made from it. */
interface InForce {
  readonly config: Config;
  readonly state: PersistentState;
  readonly knowledge: Knowledge;
}

const openWarning =
  'whoever reaches this machine over the network can read the page and the metrics: set a password or client certificates with --web.config.file, or listen on 127.0.0.1';

/** How long requests under way may take when the process stops. */
const drainMs = 1000;

/** The parts of a serving process, put together: configuration, poller, snapshot, metrics, web. */
class Exporter implements Serving {
  readonly #options: ServeOptions;
  readonly #now = (): number => Date.now();
  readonly #own: OwnMetrics;
  readonly #body: MetricsBody;
  readonly #snapshot: SnapshotStore;
  readonly #poller: Poller;
  readonly #drivers = new Map<string, OpenDatabase>();
  #inForce: InForce | undefined;
  #reloads: Promise<readonly ConfigProblem[]> = Promise.resolve([]);
  #servers: readonly WebServer[] = [];
  #isStopping = false;

  constructor(options: ServeOptions) {
    this.#options = options;
    this.#own = createOwnMetrics(options.version);
    this.#body = new MetricsBody({ ownMetrics: this.#own.render, now: this.#now });
    this.#snapshot = new SnapshotStore(this.#body);
    this.#body.show(this.#snapshot);
    this.#poller = new Poller({
      snapshot: this.#snapshot,
      open: (driver) => this.#openOf(driver),
      readPassword: async (file) => {
        const found = await readSecret(file);
        return 'text' in found && found.text !== '' ? found.text : undefined;
      },
      errors: () => this.#current().knowledge,
      states: () => this.#current().state.states,
      log: options.log,
      now: this.#now,
      random: Math.random,
    });
  }

  get urls(): readonly string[] {
    return this.#servers.map(({ address }) => `http://${address}`);
  }

  /** Listens, then polls by this configuration. @throws Error when that fails; nothing goes on then. */
  async start(first: LoadResult): Promise<void> {
    const { log, listenAddresses } = this.#options;
    this.#servers = await listen(this.#createApp(), listenAddresses);
    log.info('listening', { urls: this.urls.join(',') });
    if (this.#isOpen) log.warn('open to the network', { problem: openWarning });
    this.#reloads = this.#apply(first);
    try {
      await this.#reloads;
    } catch (error) {
      // Else the process would go on listening, and never serve.
      await this.stop();
      throw error;
    }
  }

  /** Reloads follow one another: two at once would exchange the configuration against each other. */
  reload(): Promise<readonly ConfigProblem[]> {
    const previous = this.#reloads.catch(() => []);
    this.#reloads = previous.then(() => this.#reloadNow());
    return this.#reloads;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all([this.#poller.stop(), close(this.#servers, drainMs)]);
    this.#inForce?.state.close();
  }

  async #reloadNow(): Promise<readonly ConfigProblem[]> {
    const { file, log } = this.#options;
    if (this.#isStopping) return [];
    const problems = await this.#apply(await loadConfig(file, this.#options));
    for (const problem of problems) log.error('configuration rejected', { problem: formatProblem(problem) });
    if (problems.length === 0) log.info('configuration reloaded', { file });
    return problems;
  }

  /** Puts a configuration in force. @returns its problems; with any, the one before stays in force. */
  async #apply(result: LoadResult): Promise<readonly ConfigProblem[]> {
    const { log } = this.#options;
    this.#own.configLoaded(result.ok, this.#now());
    this.#body.othersChanged();
    if (!result.ok) return result.problems;
    const { config } = result;
    for (const warning of result.warnings)
      log.warn('configuration warning', { problem: formatProblem(warning) });
    for (const { driver } of config.databases.values())
      if (!this.#drivers.has(driver)) this.#drivers.set(driver, await loadDriver(driver));
    const state = this.#stateFor(config);
    this.#own.setEnvironment(config.environment);
    this.#inForce = { config, state, knowledge: createKnowledge(config.knownErrors, state.errors) };
    await this.#poller.apply(config);
    return [];
  }

  /** The state in use, or that of another file when the configuration now names one; the one before is closed then. */
  #stateFor({ stateFile }: Config): PersistentState {
    const before = this.#inForce;
    if (before?.config.stateFile === stateFile) return before.state;
    const opened = openPersistentState(stateFile, this.#options.log);
    before?.state.close();
    return opened;
  }

  #createApp() {
    const { version, log, externalUrl, lifecycle } = this.#options;
    return createApp({
      version,
      snapshot: this.#snapshot,
      metrics: () => this.#body.get(),
      readiness: () => this.#readiness(),
      reload: () => this.reload(),
      timezone: () => this.#inForce?.config.timezone ?? 'UTC',
      now: this.#now,
      log,
      routePrefix: externalUrl?.pathname.replace(/\/+$/, '') ?? '',
      hosts: { names: this.#hostNames() },
      externalOrigin: externalUrl?.origin,
      lifecycle,
      warning: () => (this.#isOpen ? openWarning : ''),
    });
  }

  /** Whether somebody without a password can reach the page from another machine. */
  get #isOpen(): boolean {
    return !this.#options.listenAddresses.every(isLoopback);
  }

  /** Names under which users come; undefined when the server is on the network and nobody said. */
  #hostNames(): ReadonlySet<string> | undefined {
    const { externalUrl, allowedHosts = [], listenAddresses } = this.#options;
    const isNamed = externalUrl !== undefined || allowedHosts.length > 0;
    if (!isNamed && !listenAddresses.every(isLoopback)) return undefined;
    const own = listenAddresses.flatMap(({ host }) => (host === undefined ? [] : [host]));
    const external = externalUrl === undefined ? [] : [hostName(externalUrl.host)];
    return new Set([...external, ...allowedHosts, ...own].map((name) => name.toLowerCase()));
  }

  #readiness(): { readonly ready: boolean; readonly text: string } {
    if (this.#isStopping) return { ready: false, text: 'erp-exporter is shutting down.' };
    const { untried } = this.#poller;
    if (untried === 0) return { ready: true, text: 'erp-exporter is ready.' };
    const waiting = untried === 1 ? '1 monitor has' : `${untried} monitors have`;
    return { ready: false, text: `erp-exporter is not ready: ${waiting} not completed a run yet.` };
  }

  #openOf(driver: string): OpenDatabase {
    const found = this.#drivers.get(driver);
    if (found === undefined) throw new Error(`driver ${driver} was not loaded`);
    return found;
  }

  #current(): InForce {
    if (this.#inForce === undefined) throw new Error('no configuration is in force');
    return this.#inForce;
  }
}

/**
 * The one place where the parts are put together.
 *
 * @throws BadConfigError when the file is bad; Error when a port is taken or the state file cannot be used.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const first = await loadConfig(options.file, options);
  if (!first.ok) throw new BadConfigError(first.problems);
  const exporter = new Exporter(options);
  await exporter.start(first);
  return exporter;
}
