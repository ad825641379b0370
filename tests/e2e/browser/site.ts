import type { Company, StatusPage } from '../../../src/config/config.ts';
import { History } from '../../../src/poll/history.ts';
import { historyStepMs } from '../../../src/poll/history-series.ts';
import type { RunNow } from '../../../src/poll/run-now.ts';
import type { SnapshotStore } from '../../../src/poll/snapshot.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { createApp } from '../../../src/web/app.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import type { WebServer } from '../../../src/web/server/server.ts';
import { config } from '../../helpers/fake-config.ts';
import { appOptions } from '../../web/app-options.ts';
import { hour, knownError, now } from '../../web/world.ts';

export interface SiteContent {
  readonly companies: readonly Company[];
  readonly tasks: readonly TaskStatus[];
  /** Codes whose class of errors the catalogue knows. */
  readonly codes: readonly string[];
  readonly statusPage: StatusPage;
  readonly environment?: string;
}

/** The real web application, in this process, over a snapshot that tests change. */
export class Site {
  readonly url: string;
  readonly snapshot: SnapshotStore;
  /** What the next wish to read again meets. */
  next: () => RunNow = () => ({ outcome: 'running', ended: Promise.resolve(true) });
  /** What time the pages think it is. */
  time = now;
  readonly #servers: readonly WebServer[];

  private constructor(servers: readonly WebServer[], snapshot: SnapshotStore) {
    this.#servers = servers;
    this.snapshot = snapshot;
    this.url = `http://${servers[0]?.address ?? ''}`;
  }

  static async open({ companies, tasks, codes, statusPage, environment = '' }: SiteContent): Promise<Site> {
    const history = new History();
    const runs = { runNow: (): RunNow => site.next(), isRunning: () => false };
    const options = appOptions('', { now: () => site.time, history, runs }, statusPage);
    const { snapshot } = options;
    snapshot.setConfig(config([], undefined, companies));
    snapshot.environment = environment;
    snapshot.knownErrors = codes.map(knownError);
    for (const task of tasks) {
      snapshot.setTask(task);
      // The end of a day: enough for each drawing to have a line and a strip.
      for (let at = now - 2 * hour; at <= now; at += historyStepMs)
        history.record({ ...task, lastRun: at }, at);
    }
    const site: Site = new Site(await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }]), snapshot);
    return site;
  }

  async close(): Promise<void> {
    await close(this.#servers, 0);
  }
}
