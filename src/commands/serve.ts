import { loadConfig } from '../config/load.ts';
import type { Config, ConfigProblem, LoadResult } from '../config/config.ts';
import { readSecret } from '../config/source/files.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { OpenDatabase } from '../databases/contract.ts';
import { loadDriver } from '../databases/drivers.ts';
import { createKnowledge } from '../known-errors/knowledge.ts';
import type { Knowledge } from '../known-errors/knowledge.ts';
import type { MonitorKind } from '../monitors/contract.ts';
import { MetricsBody } from '../metrics/body.ts';
import { createOwnMetrics } from '../metrics/own.ts';
import type { OwnMetrics } from '../metrics/own.ts';
import { Poller } from '../poll/poller.ts';
import { SnapshotStore } from '../poll/snapshot.ts';
import { createApp } from '../web/app.ts';
import { openPersistentState } from './support/persistent-state.ts';
import type { PersistentState } from './support/persistent-state.ts';
import { WebFront } from './support/web-front.ts';
import type { WebOptions } from './support/web-front.ts';

export interface ServeOptions extends WebOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
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

/** How long requests under way may take when the process stops. */
const drainMs = 1000;

/** The parts of a serving process, put together: configuration, poller, snapshot, metrics, web. */
class Exporter implements Serving {
  readonly #options: ServeOptions;
  readonly #web: WebFront;
  readonly #now = (): number => Date.now();
  readonly #own: OwnMetrics;
  readonly #body: MetricsBody;
  readonly #snapshot: SnapshotStore;
  readonly #poller: Poller;
  readonly #drivers = new Map<string, OpenDatabase>();
  #inForce: InForce | undefined;
  #reloads: Promise<readonly ConfigProblem[]> = Promise.resolve([]);
  #isStopping = false;

  constructor(options: ServeOptions, web: WebFront) {
    this.#options = options;
    this.#web = web;
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
    return this.#web.urls;
  }

  /** Listens, then polls by this configuration. @throws Error when that fails; nothing goes on then. */
  async start(first: LoadResult): Promise<void> {
    const { version } = this.#options;
    await this.#web.listen(createApp, {
      version,
      snapshot: this.#snapshot,
      metrics: () => this.#body.get(),
      readiness: () => this.#readiness(),
      reload: () => this.reload(),
      timezone: () => this.#inForce?.config.timezone ?? 'UTC',
      now: this.#now,
      // Until it is in force nothing has been read, and nobody must see more than it will allow.
      access: () => (this.#inForce?.config ?? (first.ok ? first.config : undefined))?.access,
    });
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
    await Promise.all([this.#poller.stop(), this.#web.close(drainMs)]);
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
  const [first, web] = await Promise.all([loadConfig(options.file, options), WebFront.open(options)]);
  const problems = [...(first.ok ? [] : first.problems), ...(web instanceof WebFront ? [] : web)];
  if (problems.length > 0 || !(web instanceof WebFront)) throw new BadConfigError(problems);
  const exporter = new Exporter(options, web);
  await exporter.start(first);
  return exporter;
}
