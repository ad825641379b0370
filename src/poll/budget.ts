interface Waiter {
  readonly suspect: boolean;
  readonly admit: () => void;
}

interface Counter {
  readonly limit: number;
  active: number;
  activeSuspects: number;
  readonly waiting: Waiter[];
}

/**
 * How many runs may use a database at once. A run holds one place per database from its first statement to its last, and
 * has one statement under way at most, so places are statements.
 *
 * Suspects are runs whose last attempt was ended by a time-out or a lock. Together they never get the last place of a
 * database that has several: a locked table must not keep the healthy monitors beside it from running.
 */
export class Budget {
  readonly #counters = new Map<string, Counter>();

  /** Sets the number of places of a database, 1 or more. Unchanged counters keep their state over a reload. */
  limit(name: string, places: number): void {
    const counter = this.#counters.get(name);
    if (counter?.limit === places) return;
    this.#counters.set(name, {
      limit: places,
      active: counter?.active ?? 0,
      activeSuspects: counter?.activeSuspects ?? 0,
      waiting: counter?.waiting ?? [],
    });
    this.#admit(name);
  }

  /** Runs that wait for a place on `name`. */
  waiting(name: string): number {
    return this.#counters.get(name)?.waiting.length ?? 0;
  }

  /**
   * Waits for a place on each database, in the order of their names so that two runs never wait for one another.
   *
   * @returns gives the places back; must be called exactly once.
   * @throws the signal's reason when it fires first.
   */
  async acquire(names: readonly string[], suspect: boolean, signal: AbortSignal): Promise<() => void> {
    const held: string[] = [];
    const release = () => held.splice(0).forEach((name) => this.#release(name, suspect));
    try {
      for (const name of [...new Set(names)].sort()) {
        await this.#acquireOne(name, suspect, signal);
        held.push(name);
      }
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  #acquireOne(name: string, suspect: boolean, signal: AbortSignal): Promise<void> {
    const counter = this.#counter(name);
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => {
        counter.waiting.splice(counter.waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter: Waiter = {
        suspect,
        admit: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      counter.waiting.push(waiter);
      this.#admit(name);
    });
  }

  #release(name: string, suspect: boolean): void {
    const counter = this.#counter(name);
    counter.active -= 1;
    if (suspect) counter.activeSuspects -= 1;
    this.#admit(name);
  }

  /** Lets in whoever may, first come first served; a suspect that may not does not block those behind it. */
  #admit(name: string): void {
    const counter = this.#counter(name);
    const suspectLimit = Math.max(1, counter.limit - 1);
    for (let index = 0; index < counter.waiting.length && counter.active < counter.limit;) {
      const waiter = counter.waiting[index];
      if (waiter === undefined || (waiter.suspect && counter.activeSuspects >= suspectLimit)) {
        index += 1;
        continue;
      }
      counter.waiting.splice(index, 1);
      counter.active += 1;
      if (waiter.suspect) counter.activeSuspects += 1;
      waiter.admit();
    }
  }

  #counter(name: string): Counter {
    const counter = this.#counters.get(name);
    if (counter === undefined) throw new Error(`no places were set for database ${JSON.stringify(name)}`);
    return counter;
  }
}
