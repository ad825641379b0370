import type { Instant } from '../time.ts';
import { companies } from './companies.ts';
import { CrmSync, pruneCrm } from './crm.ts';
import { JobRunner, jobs } from './datamoves.ts';
import { hasJustFailed, writeHistory } from './history.ts';
import { Narrator } from './narrator.ts';
import { Numbers, DocumentFactory } from './document-factory.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { pruneErp, pruneShop } from './database/schema.ts';
import { announce, troubleAt } from './script.ts';
import { Traffic } from './traffic.ts';
import type { World } from './world.ts';

/** What has happened: statements for each database in their order, and lines for people (`acme: order W-1 …`). */
export interface Events {
  readonly shop: readonly string[];
  readonly erp: readonly string[];
  readonly lines: readonly string[];
}

/** What comes of asking for another attempt at a document: `limited`: not now; `refused`: none will help. */
export type Relaunch = 'relaunched' | 'limited' | 'refused';

/** Milliseconds between two prunings. */
const pruneEvery = 60_000;

/** Finished rows that a table keeps: some hours of the demo's traffic. */
const usuallyKept = 5000;

/**
 * A shop, an ERP and the link between them. It touches neither clock nor database: the caller says what time it is and
 * carries out the statements. The same seed and the same times give the same events.
 */
export class Simulation {
  readonly #startedAt: Instant;
  readonly #keptRows: number;
  readonly #random: Random;
  readonly #numbers = new Numbers();
  readonly #narrator: Narrator;
  readonly #traffics: readonly Traffic[];
  readonly #parts: readonly { step(world: World): void }[];
  #now: Instant;
  #prunedAt: Instant;

  /** @param options.keptRows how many finished rows a table keeps; there is a default. */
  constructor(options: { readonly now: Instant; readonly seed: number; readonly keptRows?: number }) {
    const { now } = options;
    this.#keptRows = options.keptRows ?? usuallyKept;
    this.#startedAt = now;
    this.#now = now;
    this.#prunedAt = now;
    this.#random = createRandom(options.seed);
    this.#narrator = new Narrator(now);
    this.#traffics = companies.map(
      (company) => new Traffic(new DocumentFactory(company, this.#numbers, this.#random), now),
    );
    const runs = (): number => this.#numbers.next('runs');
    const syncs = (): number => this.#numbers.next('syncs');
    this.#parts = [
      ...this.#traffics,
      ...companies.flatMap((company) => [
        new CrmSync(company, syncs, now + this.#random.integer(2000, 9000)),
        ...jobs.map((job) => {
          const firstAt = now + this.#random.integer(3, 20) * 1000;
          return new JobRunner(company, job, runs, firstAt, hasJustFailed(company.name, job.name));
        }),
      ]),
    ];
  }

  /** Documents that wait and that have failed, over all flows and companies. */
  get open(): { readonly waiting: number; readonly failed: number } {
    const all = this.#traffics.flatMap((traffic) => [...traffic.queues.values()].map((queue) => queue.open));
    return all.reduce(
      (sum, { waiting, failed }) => ({ waiting: sum.waiting + waiting, failed: sum.failed + failed }),
      {
        waiting: 0,
        failed: 0,
      },
    );
  }

  /** Yesterday and today up to the start, into empty tables. To be called once, before the first step. */
  history(): Events {
    return this.#record((world) => writeHistory(this.#traffics, this.#numbers, world));
  }

  /** All that happens up to `now`. A clock that was set back lets nothing happen until it has caught up. */
  step(now: Instant): Events {
    const before = this.#now;
    if (now <= before) return { shop: [], erp: [], lines: [] };
    this.#now = now;
    return this.#record((world) => {
      announce((before - this.#startedAt) / 1000, (now - this.#startedAt) / 1000, world);
      for (const part of this.#parts) part.step(world);
      if (now - this.#prunedAt >= pruneEvery) this.#prune(world);
    });
  }

  /** Somebody asks for another attempt at a failed document, known by company, table and key. */
  relaunch(company: string, table: string, key: string): Relaunch {
    const traffic = this.#traffics.find(({ factory }) => factory.company.name === company);
    const queue = [...(traffic?.queues.values() ?? [])].find(({ flow }) => flow.table === table);
    if (queue === undefined) return 'refused';
    const { burst } = troubleAt((this.#now - this.#startedAt) / 1000);
    if ([...burst].some((place) => place === `${company}/${queue.flow.name}`)) return 'limited';
    return queue.relaunch(key, this.#now) ? 'relaunched' : 'refused';
  }

  #prune(world: World): void {
    this.#prunedAt = world.now;
    for (const sql of pruneShop(this.#keptRows)) world.run('shop', sql);
    for (const sql of [...pruneErp(this.#keptRows), pruneCrm(world.now)]) world.run('erp', sql);
  }

  #record(act: (world: World) => void): Events {
    const events = { shop: new Array<string>(), erp: new Array<string>(), lines: new Array<string>() };
    act({
      now: this.#now,
      random: this.#random,
      trouble: troubleAt((this.#now - this.#startedAt) / 1000),
      run: (database, sql) => void events[database].push(sql),
      narrate: (company, text, weight = 'notable') => {
        if (this.#narrator.admits(weight, this.#now)) events.lines.push(`${company}: ${text}`);
      },
    });
    return events;
  }
}
