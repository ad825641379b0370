import { createHash } from 'node:crypto';
import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Remedies } from '../config/config.ts';
import type { Logger } from '../log.ts';
import type { Entry, OutboxStore } from '../outbox/contract.ts';
import type { TaskStatus } from '../poll/task-status.ts';
import type { Instant } from '../time.ts';
import { FailedRecords, failuresOf, inMaintenance } from './failures.ts';
import { recordKey, pauseOf } from './memory.ts';
import type { Pauses } from './memory.ts';
import type { Wish, WishAnswer } from './by-hand.ts';
import { plan } from './planner.ts';
import type { RemedyEvent } from './planner.ts';
import type { RemedyPayload } from './result.ts';
import { changePauses, readPauses, readStored, storePlan } from './store.ts';
import type { Stored } from './store.ts';

export interface EngineOptions {
  readonly store: OutboxStore;
  readonly remedies: () => Remedies | undefined;
  readonly tasks: () => Iterable<TaskStatus>;
  readonly maintenance: () => readonly MaintenanceWindow[];
  /** Intents were stored: somebody should look for what is due. */
  readonly ordered: () => void;
  readonly told: (event: RemedyEvent) => void;
  readonly log: Logger;
  readonly now: () => Instant;
  /** How often to look when nothing tells. */
  readonly pollMs?: number;
}

const defaultPollMs = 15_000;
/** Readings that come one after another are looked at together. */
const settleMs = 250;
/** Plans that others made meanwhile are made anew so often; then the next look does. */
const mostAttempts = 5;
/** A plan by what was read so long ago is thrown away: the process slept, and its idea of "now" is old. */
const mostPlanMs = 30_000;

/** By what a remedy is ordered: who wrote the configuration can find it again by this. */
export function orderOf(remedy: Remedies['remedies'][number]): string {
  const { name, errors, monitors, companies, isDryRun, byHand, limits, action } = remedy;
  const set = (value: ReadonlySet<string> | 'all') => (value === 'all' ? value : [...value].sort());
  const { waitMs, attempts, pauseMs, perHour } = limits;
  const text = JSON.stringify([
    name,
    set(errors),
    set(monitors),
    set(companies),
    isDryRun,
    byHand,
    [waitMs, attempts, pauseMs, perHour],
    action,
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Looks at readings, and orders what is due. It never rejects: what fails is logged, and tried again. */
export class RemedyEngine {
  /** Of the readings that there are. */
  readonly failed = new FailedRecords();
  readonly #options: EngineOptions;
  #stored: Stored | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #again = false;
  #isStopped = false;
  #problem = '';

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** What was stored when it was last looked at; undefined: it has not been yet. */
  get stored(): Stored | undefined {
    return this.#stored;
  }

  /** Why the last look failed; '' when it did not. */
  get problem(): string {
    return this.#problem;
  }

  /** By the names of the remedies in force. */
  readonly orders = (): ReadonlyMap<string, string> =>
    new Map(this.#options.remedies()?.remedies.map((remedy) => [remedy.name, orderOf(remedy)]));

  /** A reading has come, or an attempt has ended: looks soon. */
  poke(delayMs = settleMs): void {
    if (this.#isStopped) return;
    if (this.#looking !== undefined) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), delayMs).unref();
  }

  /** Looks now. */
  async look(): Promise<void> {
    if (this.#looking !== undefined) return this.#looking;
    clearTimeout(this.#timer);
    this.#again = false;
    this.#looking = this.#look();
    try {
      await this.#looking;
    } finally {
      this.#looking = undefined;
      this.#lookAgain();
    }
  }

  /** Sooner when something happened meanwhile. */
  #lookAgain(): void {
    const isSoon = this.#again;
    this.poke(isSoon ? settleMs : (this.#options.pollMs ?? defaultPollMs));
  }

  /** Ends: nothing is ordered any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Stops a remedy, or all of them. @throws Error when it could not be stored. */
  async pause(remedy: string | undefined, by: string): Promise<void> {
    const pause = { at: this.#options.now(), by };
    await this.#changePauses((pauses) =>
      remedy === undefined
        ? { ...pauses, all: pause }
        : { ...pauses, remedies: { ...pauses.remedies, [remedy]: pause } },
    );
    this.#options.log.warn('remedies paused', { remedy: remedy ?? 'all', by });
  }

  /** Lets a remedy go on that somebody stopped, or all of them. @throws Error when it could not be stored. */
  async resume(remedy: string | undefined, by: string): Promise<void> {
    await this.#changePauses((pauses) => {
      if (remedy === undefined) return { all: null, remedies: {} };
      const { [remedy]: _, ...others } = pauses.remedies;
      return { ...pauses, remedies: others };
    });
    this.#options.log.warn('remedies resumed', { remedy: remedy ?? 'all', by });
  }

  /** Orders an attempt on a record at once, because somebody wants it. @throws Error when it could not be stored. */
  async relaunch(wish: Wish): Promise<WishAnswer> {
    const answer = await this.#planOnce(wish);
    // A look that went on meanwhile may have left what it read before.
    this.poke();
    if (answer === undefined) throw new Error('it could not be stored in time: try again');
    const { reason } = answer;
    this.#options.log.info('remedy ordered by hand', { record: wish.key, by: wish.by, reason });
    return answer;
  }

  /** Why an attempt that was ordered must not be made now; undefined: it may. */
  readonly objection = async (company: string, payload: RemedyPayload): Promise<string | undefined> => {
    const { store, tasks, maintenance, remedies, now } = this.#options;
    const { monitor, record, error } = payload;
    const at = now();
    if (pauseOf(await readPauses(store), payload.remedy) !== null) return 'somebody has stopped the remedy';
    const failure = failuresOf(tasks(), at, this.failed).open.get(recordKey(company, monitor, record));
    if (failure?.error !== error) return 'the record is not known to be open with that error any more';
    if (inMaintenance(maintenance(), failure, at)) return 'there is maintenance';
    if (payload.by !== undefined) return undefined;
    const remedy = remedies()?.remedies.find(({ name }) => name === payload.remedy);
    if (remedy?.limits.calendar?.isOpen(at) === false) return 'it is outside of the hours of the remedy';
    return undefined;
  };

  /** The last attempts, newest first. */
  attempts(limit: number): Promise<readonly Entry[]> {
    return this.#options.store.entries({ kind: 'remedy', limit });
  }

  async #changePauses(change: (pauses: Pauses) => Pauses): Promise<void> {
    const pauses = await changePauses(this.#options.store, change, this.#options.now());
    if (this.#stored !== undefined) this.#stored = { ...this.#stored, pauses };
    this.poke(0);
  }

  async #look(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#planOnce();
      if (this.#problem !== '') log.info('remedies work again');
      this.#problem = '';
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (this.#problem === '') log.error('remedies cannot be planned', { problem });
      this.#problem = problem;
    }
  }

  /** @returns what became of the wish; undefined without one, or when nothing could be stored. */
  async #planOnce(wish?: Wish): Promise<WishAnswer | undefined> {
    const { store, remedies: inForce, tasks, maintenance, now } = this.#options;
    for (let attempts = 0; attempts < mostAttempts && !this.#isStopped; attempts += 1) {
      const remedies = inForce();
      if (remedies === undefined) return undefined;
      const begun = performance.now();
      const at = now();
      const stored = await readStored(store);
      const failures = failuresOf(tasks(), at, this.failed);
      const orders = this.orders();
      const made = plan({ ...stored, now: at, remedies, orders, failures, maintenance: maintenance(), wish });
      if (performance.now() - begun > mostPlanMs) continue;
      if (!(await storePlan(store, made, stored.versions, at))) continue;
      this.#remember(stored, made);
      if (made.intents.length > 0) this.#options.ordered();
      for (const event of made.events) this.#tell(event);
      return made.answer;
    }
    return undefined;
  }

  #remember(stored: Stored, { records: changed, state }: ReturnType<typeof plan>): void {
    const records = new Map(stored.records);
    for (const [key, memory] of changed)
      if (memory === undefined) records.delete(key);
      else records.set(key, memory);
    this.#stored = { ...stored, records, state };
  }

  #tell(event: RemedyEvent): void {
    const { log, told } = this.#options;
    told(event);
    const { remedy } = event;
    if (event.type === 'judged') {
      const { company, monitor } = event.record;
      log.info('remedy judged', { remedy, company, monitor, worked: event.worked });
    } else if (event.type === 'stopped') log.warn('remedy stopped by its breaker', { remedy });
    else log.info('remedy goes on', { remedy });
  }
}
