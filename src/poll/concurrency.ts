/** Places on one database, of one sort. */
class Places {
  #limit: number;
  #active = 0;
  #activeSuspects = 0;
  readonly #waiting: { readonly suspect: boolean; readonly admit: () => void }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  resize(limit: number): void {
    this.#limit = limit;
    this.#admit();
  }

  /** @throws the signal's reason when it fires first. */
  acquire(suspect: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter = {
        suspect,
        admit: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiter);
      this.#admit();
    });
  }

  release(suspect: boolean): void {
    this.#active -= 1;
    if (suspect) this.#activeSuspects -= 1;
    this.#admit();
  }

  /** Lets in whoever may, first come first served; a suspect that may not does not block those behind it. */
  #admit(): void {
    const suspectLimit = Math.max(1, this.#limit - 1);
    for (let index = 0; index < this.#waiting.length && this.#active < this.#limit;) {
      const waiter = this.#waiting[index];
      if (waiter === undefined || (waiter.suspect && this.#activeSuspects >= suspectLimit)) {
        index += 1;
        continue;
      }
      this.#waiting.splice(index, 1);
      this.#active += 1;
      if (waiter.suspect) this.#activeSuspects += 1;
      waiter.admit();
    }
  }
}

/** What a run wants on each of its databases. */
export interface Claim {
  /** Its last attempt was ended by a time-out or a lock. */
  readonly suspect: boolean;
  /** At most one such run uses a database at a time. */
  readonly exclusive: boolean;
}

/**
 * How many runs may use a database at once. A run holds one place per database from its first statement to its last, and
 * has one statement under way at most, so places are statements. An exclusive run holds the one exclusive place of each
 * database besides.
 *
 * Suspects together never get the last place of a database that has several: a locked table must not keep the healthy
 * monitors beside it from running.
 */
export class Budget {
  readonly #databases = new Map<string, { readonly ordinary: Places; readonly exclusive: Places }>();

  /** Sets the number of places of a database, 1 or more. Those who hold or await one keep it over a reload. */
  limit(name: string, places: number): void {
    const found = this.#databases.get(name);
    if (found === undefined)
      this.#databases.set(name, { ordinary: new Places(places), exclusive: new Places(1) });
    else found.ordinary.resize(places);
  }

  /** Runs that wait for a place on `name`. */
  waiting(name: string): number {
    return this.#placesOf(name).ordinary.waiting;
  }

  /**
   * Waits for its places on each database: first for the exclusive ones, then for the others, each in the order of their
   * names, so that two runs never wait for one another and none that waits for an exclusive place holds another sort.
   *
   * @returns gives the places back; must be called exactly once.
   * @throws the signal's reason when it fires first.
   */
  async acquire(names: readonly string[], claim: Claim, signal: AbortSignal): Promise<() => void> {
    const { suspect, exclusive } = claim;
    const sorted = [...new Set(names)].sort().map((name) => this.#placesOf(name));
    const wanted = [
      ...(exclusive ? sorted.map((places) => ({ places: places.exclusive, suspect: false })) : []),
      ...sorted.map((places) => ({ places: places.ordinary, suspect })),
    ];
    const held: typeof wanted = [];
    const release = () => held.splice(0).forEach((one) => one.places.release(one.suspect));
    try {
      for (const one of wanted) {
        await one.places.acquire(one.suspect, signal);
        held.push(one);
      }
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  #placesOf(name: string): { readonly ordinary: Places; readonly exclusive: Places } {
    const found = this.#databases.get(name);
    if (found === undefined) throw new Error(`no places were set for database ${JSON.stringify(name)}`);
    return found;
  }
}
