import type { Instant } from '../../time.ts';
import type { RunContext } from '../contract.ts';

/** Most jobs of which a monitor remembers the last success. */
export const mostRemembered = 2_000;
/** A success that is longer ago is forgotten. */
const keptMs = 400 * 86_400_000;

const prefix = 'success/';
const keyOf = (company: string, job: string): string => prefix + JSON.stringify([company, job]);

/**
 * Remembers when jobs last succeeded, in the monitor's state: a database that prunes the rows of old runs must not make a job
 * younger, or let it look as if it had never succeeded.
 */
export class SuccessMemory {
  readonly #run: Pick<RunContext<unknown>, 'state' | 'now'>;
  readonly #before: ReadonlyMap<string, string>;
  readonly #after = new Map<string, string>();

  constructor(run: Pick<RunContext<unknown>, 'state' | 'now'>) {
    this.#run = run;
    this.#before = new Map(run.state.entries(prefix));
  }

  /** When a job last succeeded as far as earlier runs know; null when they know of no success, or one that is to come. */
  lastSuccess(company: string, job: string): Instant | null {
    const at = Number(this.#before.get(keyOf(company, job)) ?? Number.NaN);
    return at <= this.#run.now ? at : null;
  }

  note(company: string, job: string, at: Instant): void {
    this.#after.set(keyOf(company, job), String(Math.round(at)));
  }

  /** To be called once, after the last job: writes what has changed. */
  save(): void {
    const newest = [...this.#before, ...this.#after].map(([key]) => key);
    const at = (key: string) => Number(this.#after.get(key) ?? this.#before.get(key));
    const kept = new Set(
      [...new Set(newest)]
        .filter((key) => at(key) > this.#run.now - keptMs)
        .sort((one, other) => at(other) - at(one))
        .slice(0, mostRemembered),
    );
    const changed = [...this.#after].filter(([key, text]) => kept.has(key) && this.#before.get(key) !== text);
    const gone = [...this.#before.keys()].filter((key) => !kept.has(key));
    if (changed.length > 0 || gone.length > 0) this.#run.state.write({ set: new Map(changed), delete: gone });
  }
}
