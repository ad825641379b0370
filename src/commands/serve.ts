import { loadConfig } from '../config/load.ts';
import type { Config, ConfigProblem, LoadResult } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import { createKnowledge } from '../known-errors/knowledge.ts';
import type { Knowledge } from '../known-errors/knowledge.ts';
import { createErrorMemory } from '../known-errors/memory.ts';
import type { ErrorMemory } from '../known-errors/memory.ts';
import { loadDriver } from '../databases/drivers.ts';
import type { OpenDatabase } from '../databases/contract.ts';
import type { Logger } from '../log.ts';
import { MetricsBody } from '../metrics/body.ts';
import { createOwnMetrics } from '../metrics/own.ts';
import { Poller } from '../poll/poller.ts';
import { SnapshotStore } from '../poll/snapshot.ts';
import { openStateFile } from '../state/file.ts';
import type { MonitorStates } from '../state/monitor-state.ts';
import { createMonitorStates } from '../state/monitor-states.ts';
import { createApp } from '../web/app.ts';
import { close, listen } from './support/listen.ts';
import type { ListenAddress } from './support/listen.ts';

export interface ServeOptions {
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly listenAddresses: readonly ListenAddress[];
  /** Where users reach the page; its path becomes the prefix of every route. */
  readonly externalUrl: URL | undefined;
  readonly version: string;
  readonly log: Logger;
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

/** Loads each driver that the configuration names, once. */
async function loadDrivers(config: Config, loaded: Map<string, OpenDatabase>): Promise<void> {
  for (const { driver } of config.databases.values())
    if (!loaded.has(driver)) loaded.set(driver, await loadDriver(driver));
}

/** What outlives a run, and the process when there is a file. */
interface Remembered {
  readonly errors: ErrorMemory;
  readonly states: MonitorStates;
  close(): void;
}

/** @throws Error that names the file, when it cannot be used. */
function remember(path: string, log: Logger): Remembered {
  const database = path === ':memory:' ? undefined : openStateFile(path);
  const failed = (what: string) => (error: Error) =>
    log.error('state file', { file: path, what, problem: error.message });
  const errors = createErrorMemory(database, failed('known errors'));
  const states = createMonitorStates(database, failed('monitors'));
  return {
    errors,
    states,
    close: () => {
      errors.flush();
      states.close();
      database?.close();
    },
  };
}

/**
 * The one place where the parts are put together: configuration, poller, snapshot, metrics, web.
 *
 * @throws BadConfigError when the file is bad; Error when a port is taken or the state file cannot be used.
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { log, file, env, version } = options;
  const now = () => Date.now();
  const own = createOwnMetrics(version);
  const body = new MetricsBody({ ownMetrics: own.render, now });
  const snapshot = new SnapshotStore(body);
  body.show(snapshot);
  const drivers = new Map<string, OpenDatabase>();
  const open = (driver: string) => {
    const found = drivers.get(driver);
    if (found === undefined) throw new Error(`driver ${driver} was not loaded`);
    return found;
  };
  let remembered: Remembered | undefined;
  let knowledge: Knowledge | undefined;
  const errors = () => {
    if (knowledge === undefined) throw new Error('no configuration is in force');
    return knowledge;
  };
  const states = () => {
    if (remembered === undefined) throw new Error('no configuration is in force');
    return remembered.states;
  };
  const poller = new Poller({ snapshot, open, errors, states, log, now, random: Math.random });
  let config: Config | undefined;
  let stopping = false;

  const take = async (result: LoadResult): Promise<readonly ConfigProblem[]> => {
    own.configLoaded(result.ok, now());
    body.othersChanged();
    if (!result.ok) return result.problems;
    for (const warning of result.warnings) log.warn('configuration', { problem: formatProblem(warning) });
    await loadDrivers(result.config, drivers);
    if (config?.stateFile !== result.config.stateFile) {
      const opened = remember(result.config.stateFile, log);
      remembered?.close();
      remembered = opened;
    }
    knowledge = createKnowledge(result.config.knownErrors, remembered?.errors);
    config = result.config;
    await poller.apply(result.config);
    return [];
  };

  const first = await loadConfig(file, { env });
  if (!first.ok) throw new BadConfigError(first.problems);

  const app = createApp({
    version,
    snapshot,
    metrics: () => body.get(),
    readiness: () => {
      if (stopping) return { ready: false, text: 'erp-exporter shuts down.' };
      const { untried } = poller;
      if (untried === 0) return { ready: true, text: 'erp-exporter is ready.' };
      return {
        ready: false,
        text: `erp-exporter is not ready: ${untried} monitors wait for their first run.`,
      };
    },
    reload: () => reload(),
    timezone: () => config?.timezone ?? 'UTC',
    now,
    log,
    routePrefix: options.externalUrl?.pathname.replace(/\/+$/, '') ?? '',
  });
  const { servers, urls } = await listen(app, options.listenAddresses);
  log.info('listening', { urls: urls.join(',') });

  // Reloads follow one another: two at once would exchange the configuration against each other.
  let queue: Promise<readonly ConfigProblem[]> = take(first);
  const reload = () => {
    const previous = queue.catch(() => []);
    queue = previous.then(async () => {
      if (stopping) return [];
      const problems = await take(await loadConfig(file, { env }));
      for (const problem of problems)
        log.error('configuration not reloaded', { problem: formatProblem(problem) });
      if (problems.length === 0) log.info('configuration reloaded', { file });
      return problems;
    });
    return queue;
  };
  const stop = async () => {
    stopping = true;
    await Promise.all([poller.stop(), close(servers, 1000)]);
    remembered?.close();
  };
  try {
    await queue;
  } catch (error) {
    // Else the process would go on listening, and never serve.
    await stop();
    throw error;
  }
  return { urls, reload, stop };
}
