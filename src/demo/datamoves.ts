import type { Instant } from '../time.ts';
import type { DemoCompany } from './companies.ts';
import type { Random } from './random.ts';
import type { Cells } from './database/statements.ts';
import { insert, update, zoneless } from './database/statements.ts';
import type { Place, World } from './world.ts';

/** A batch job of the ERP ("datamove"). */
export interface Job {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  /** Seconds between two starts. */
  readonly every: number;
  /** Its message when it fails. */
  readonly failure: string;
}

export const jobs: readonly Job[] = [
  {
    name: 'orders-out',
    description: 'Order confirmations and statuses to the shop',
    enabled: true,
    every: 20,
    failure: 'Cancelled by the operator after waiting for a lock on table Sales Header',
  },
  {
    name: 'stock-in',
    description: 'Stock of the suppliers to the shop',
    enabled: true,
    every: 25,
    failure: 'File /in/stock.csv was not found on the supplier’s SFTP server',
  },
  {
    name: 'prices-in',
    description: 'Price lists to the shop',
    enabled: true,
    every: 45,
    failure: 'Line 214 of /in/prices.csv: "12,5O" is not a number',
  },
  {
    name: 'archive-documents',
    description: 'PDFs older than ten years to the archive',
    enabled: false,
    every: 3600,
    failure: 'The archive is full',
  },
];

/** A run's row. `finishedAt` null: it is still running. */
export function runCells(
  run: { readonly id: number; readonly company: string; readonly job: Job; readonly startedAt: Instant },
  end: { readonly finishedAt: Instant; readonly failed: boolean; readonly rows: number } | null,
): Cells {
  const status = end === null ? 'running' : end.failed ? 'failed' : 'succeeded';
  return {
    run_id: run.id,
    company: run.company,
    job: run.job.name,
    started_at: zoneless(run.startedAt),
    finished_at: end === null ? null : zoneless(end.finishedAt),
    status,
    rows_moved: end === null ? null : end.failed ? 0 : end.rows,
    message: status === 'failed' ? run.job.failure : null,
  };
}

/** Chance that a run fails though the script does not say so. */
const bareFailure = 0.01;

/** One job of one company, run again and again. */
export class JobRunner {
  readonly #company: DemoCompany;
  readonly #job: Job;
  readonly #place: Place;
  readonly #nextId: () => number;
  #nextAt: Instant;
  #running: { readonly id: number; readonly startedAt: Instant; endsAt: Instant; hung: boolean } | undefined;
  #failedBefore: boolean;

  /** @param failedBefore whether its last run, of which the table knows, failed. */
  constructor(company: DemoCompany, job: Job, nextId: () => number, firstAt: Instant, failedBefore: boolean) {
    this.#company = company;
    this.#job = job;
    this.#place = `${company.name}/${job.name}`;
    this.#nextId = nextId;
    this.#nextAt = firstAt;
    this.#failedBefore = failedBefore;
  }

  step(world: World): void {
    if (!this.#job.enabled) return;
    if (this.#running === undefined) {
      if (world.now >= this.#nextAt) this.#start(world);
    } else if (this.#running.hung) {
      if (!world.trouble.jobHangs.has(this.#place)) this.#finish(world, true);
    } else if (world.now >= this.#running.endsAt)
      this.#finish(world, world.trouble.jobFails.has(this.#place) || world.random.chance(bareFailure));
  }

  #start(world: World): void {
    const id = this.#nextId();
    const hung = world.trouble.jobHangs.has(this.#place);
    this.#running = { id, startedAt: world.now, endsAt: world.now + world.random.integer(2000, 6000), hung };
    const run = { id, company: this.#company.name, job: this.#job, startedAt: world.now };
    world.run('erp', insert('datamove_runs', [runCells(run, null)]));
    if (hung) world.narrate(this.#company.name, `datamove ${this.#job.name} started and does not end`);
  }

  #finish(world: World, failed: boolean): void {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#nextAt = world.now + this.#job.every * 1000;
    const run = { ...running, company: this.#company.name, job: this.#job };
    const cells = runCells(run, { finishedAt: world.now, failed, rows: rowsMoved(world.random) });
    world.run('erp', update('datamove_runs', cells, { run_id: running.id }));
    if (failed) world.narrate(this.#company.name, `datamove ${this.#job.name} failed: ${this.#job.failure}`);
    else if (this.#failedBefore)
      world.narrate(this.#company.name, `datamove ${this.#job.name} succeeded again`);
    else
      world.narrate(
        this.#company.name,
        `datamove ${this.#job.name} moved ${cells['rows_moved'] ?? 0} rows`,
        'routine',
      );
    this.#failedBefore = failed;
  }
}

/** How many rows a run moves. */
export const rowsMoved = (random: Random): number => random.integer(8, 420);
