import { loadConfig } from '../config/load.ts';
import type { Config, ConfigProblem, LoadResult } from '../config/config.ts';
import { readSecret } from '../config/source/files.ts';
import { formatProblem } from '../config/source/problem.ts';
import { createKnowledge } from '../known-errors/knowledge.ts';
import type { Knowledge } from '../known-errors/knowledge.ts';
import type { MonitorKind } from '../monitors/contract.ts';
import { MetricsBody } from '../metrics/body.ts';
import { createOutboxMetrics } from '../metrics/outbox.ts';
import { createOwnMetrics } from '../metrics/own.ts';
import type { OwnMetrics } from '../metrics/own.ts';
import { History } from '../poll/history.ts';
import { Poller } from '../poll/poller.ts';
import type { OpenedDatabases } from '../poll/watched-databases.ts';
import { SnapshotStore } from '../poll/snapshot.ts';
import { createApp } from '../web/app.ts';
import { LongHistory } from '../web/prometheus/long-history.ts';
import { StatusBoard } from '../web/status/board.ts';
import { Acting } from './acting/acting.ts';
import type { PreparedActing } from './acting/acting.ts';
import { Coalesced } from './support/coalesced.ts';
import { LoadedDrivers } from './support/loaded-drivers.ts';
import { openPersistentState } from './support/persistent-state.ts';
import type { PersistentState } from './support/persistent-state.ts';
import { readinessOf } from './support/readiness.ts';
import { WebFront } from './support/web-front.ts';
import type { WebOptions } from './support/web-front.ts';

export interface ServeOptions extends WebOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** Ends the start-up; once it has ended, `stop` ends the process. */
  readonly signal?: AbortSignal;
  /** What `kind:` may say; absent: every kind of the product. */
  readonly kinds?: readonly MonitorKind[];
}

/** A process that serves. */
export interface Serving {
  readonly urls: readonly string[];
  /** Reads the file again. When anything about it fails nothing changes. Never rejects. @returns the problems. */
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

/** A configuration that is not in force yet, with everything that it needs. */
interface Prepared extends InForce {
  readonly databases: OpenedDatabases;
  readonly acting: PreparedActing;
}

/** A configuration file without problems. */
type Good = Extract<LoadResult, { readonly ok: true }>;

const stoppingText = 'not put in force: erp-exporter is shutting down';

/** How often the public view is looked at, so that it knows when a state changed although nobody asked. */
const statusLookMs = 15_000;

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
  readonly #history = new History();
  readonly #poller: Poller;
  readonly #status: StatusBoard;
  readonly #longHistory: LongHistory;
  #statusLooks: NodeJS.Timeout | undefined;
  readonly #acting: Acting;
  readonly #drivers = new LoadedDrivers();
  #inForce: InForce | undefined;
  readonly #reloads = new Coalesced(() => this.#reloadNow());
  /** Resolves when everything has ended that the configuration in force no longer uses. */
  #exchanged: Promise<unknown> = Promise.resolve();
  #isStopping = false;

  constructor(options: ServeOptions, web: WebFront) {
    this.#options = options;
    this.#web = web;
    this.#own = createOwnMetrics(options.version, () => this.#inForce?.state.isWritten);
    this.#body = new MetricsBody({
      ownMetrics: () => this.#acting.withOwn(this.#own.render),
      now: this.#now,
    });
    this.#snapshot = new SnapshotStore(this.#body);
    this.#body.show(this.#snapshot);
    this.#status = new StatusBoard({
      snapshot: this.#snapshot,
      page: () => this.#inForce?.config.statusPage,
      now: this.#now,
    });
    this.#longHistory = new LongHistory({
      server: () => this.#inForce?.config.prometheus,
      readSecret,
      log: options.log,
      clock: () => performance.now(),
    });
    const tools = { snapshot: this.#snapshot, log: options.log, now: this.#now, random: Math.random };
    this.#poller = new Poller({
      ...tools,
      history: this.#history,
      open: (driver) => this.#drivers.openOf(driver),
      readPassword: async (file) => {
        const found = await readSecret(file);
        return 'text' in found && found.text !== '' ? found.text : undefined;
      },
      errors: () => this.#current().knowledge,
      states: () => this.#current().state.states,
    });
    this.#acting = new Acting({ ...tools, metrics: createOutboxMetrics(this.#own.registry) });
  }

  get urls(): readonly string[] {
    return this.#web.urls;
  }

  /** Listens, then polls by this configuration. @throws Error when that fails; nothing goes on then. */
  async start(first: Good): Promise<void> {
    const { version } = this.#options;
    await this.#web.listen(createApp, {
      version,
      snapshot: this.#snapshot,
      runs: this.#poller,
      history: this.#history,
      longHistory: this.#longHistory,
      status: this.#status,
      remedies: () => this.#acting.remedies,
      metrics: () => this.#body.get(),
      readiness: () => readinessOf(this.#isStopping, this.#poller.untried),
      reload: () => this.reload(),
      timezone: () => this.#inForce?.config.timezone ?? 'UTC',
      now: this.#now,
      // Until it is in force nothing has been read, and nobody must see more than it will allow.
      access: () => (this.#inForce?.config ?? first.config).access,
      tickets: () => this.#acting.tickets?.desk,
      signs: () => this.#acting.mails,
    });
    try {
      await this.#putInForce(first);
      this.#statusLooks = setInterval(() => this.#lookAtStatus(), statusLookMs).unref();
    } catch (error) {
      // Else the process would go on listening, and never serve.
      await this.stop();
      throw error;
    }
  }

  reload(): Promise<readonly ConfigProblem[]> {
    return this.#reloads.request();
  }

  async stop(): Promise<void> {
    // What a reload prepares from now on is put away unused.
    this.#isStopping = true;
    clearInterval(this.#statusLooks);
    await Promise.all([this.#poller.stop(), this.#exchanged, this.#web.close(drainMs), this.#acting.stop()]);
    this.#history.flush(this.#now());
    this.#inForce?.state.close();
  }

  async #reloadNow(): Promise<readonly ConfigProblem[]> {
    const { file, log } = this.#options;
    const problems = await this.#tryReload();
    for (const problem of problems) log.error('configuration rejected', { problem: formatProblem(problem) });
    if (problems.length > 0) this.#noteLoad(false);
    else log.info('configuration reloaded', { file });
    return problems;
  }

  async #tryReload(): Promise<readonly ConfigProblem[]> {
    const { file } = this.#options;
    const failed = (message: string) => [{ file, line: 1, column: 1, path: '', message }];
    // Whatever waits its turn at the end costs no time any more.
    if (this.#isStopping) return failed(stoppingText);
    try {
      const result = await loadConfig(file, this.#options);
      if (!result.ok) return result.problems;
      await this.#putInForce(result);
      await this.#exchanged;
      return [];
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error));
    }
  }

  #lookAtStatus(): void {
    try {
      this.#status.look();
    } catch (error) {
      this.#options.log.error('status page not updated', { problem: String(error) });
    }
  }

  /** @throws Error when something cannot be opened; the configuration before stays in force then. */
  async #putInForce(good: Good): Promise<void> {
    await this.#drivers.load(good.config);
    await this.#acting.load(good.config);
    const status = await this.#web.openStatus(good.config.statusPage?.listen);
    try {
      this.#exchange(this.#prepare(good));
    } catch (error) {
      await status.abandon();
      throw error;
    }
    status.commit();
  }

  /**
   * Opens everything that a configuration needs, and changes nothing yet. Nothing can come between this and the exchange.
   *
   * @throws Error when something cannot be opened, and when the process is about to end.
   */
  #prepare({ config, warnings }: Good): Prepared {
    const { log, signal } = this.#options;
    if (this.#isStopping || signal?.aborted === true) throw new Error(stoppingText);
    for (const warning of warnings) log.warn('configuration warning', { problem: formatProblem(warning) });
    const before = this.#inForce;
    const keepsState = before?.config.stateFile === config.stateFile;
    const state = keepsState ? before.state : openPersistentState(config.stateFile, log);
    let acting: PreparedActing | undefined;
    try {
      const knowledge = createKnowledge(config.knownErrors, state.errors);
      acting = this.#acting.prepare(config);
      return { config, state, knowledge, acting, databases: this.#poller.prepare(config) };
    } catch (error) {
      if (acting !== undefined) this.#acting.abandon(acting);
      if (!keepsState) state.close();
      throw error;
    }
  }

  /** Puts in force what was prepared, all at once. */
  #exchange({ databases, acting, ...prepared }: Prepared): void {
    const before = this.#inForce?.state;
    if (before !== prepared.state) this.#history.keepIn(prepared.state.history, this.#now());
    this.#own.setEnvironment(prepared.config.environment);
    this.#inForce = prepared;
    this.#exchanged = Promise.all([
      this.#poller.apply(prepared.config, databases),
      this.#acting.apply(acting),
    ]);
    if (before !== prepared.state) before?.close();
    this.#noteLoad(true);
  }

  #noteLoad(good: boolean): void {
    this.#own.configLoaded(good, this.#now());
    this.#body.othersChanged();
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
  if (!first.ok || !(web instanceof WebFront)) throw new BadConfigError(problems);
  options.signal?.throwIfAborted();
  const exporter = new Exporter(options, web);
  await exporter.start(first);
  return exporter;
}
