/** The slots of one database, of one sort. */
class Slots {
  #limit: number;
  #active = 0;
  #activeSlow = 0;
  readonly #waiting: { readonly likelySlow: boolean; readonly admit: () => void }[] = [];

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
  acquire(likelySlow: boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal.reason as Error);
      };
      const waiter = {
        likelySlow,
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

  release(likelySlow: boolean): void {
    this.#active -= 1;
    if (likelySlow) this.#activeSlow -= 1;
    this.#admit();
  }

  /** Lets in whoever may, first come first served; a likely slow run that may not does not block those behind it. */
  #admit(): void {
    const slowLimit = Math.max(1, this.#limit - 1);
    for (let index = 0; index < this.#waiting.length && this.#active < this.#limit;) {
      const waiter = this.#waiting[index];
      if (waiter === undefined || (waiter.likelySlow && this.#activeSlow >= slowLimit)) {
        index += 1;
        continue;
      }
      this.#waiting.splice(index, 1);
      this.#active += 1;
      if (waiter.likelySlow) this.#activeSlow += 1;
      waiter.admit();
    }
  }
}

/** What a run asks for on each of its databases. */
export interface SlotRequest {
  /** The last run of the task timed out or waited too long for a lock. */
  readonly likelySlow: boolean;
  /** At most one run of this sort uses a database at a time. */
  readonly exclusive: boolean;
}

/**
 * Limits how many runs use a database at once. A run holds one slot per database from its first statement to its last, and
 * has at most one statement under way, so slots are statements. An exclusive run also holds the one exclusive slot of each
 * database.
 *
 * Likely slow runs together never get the last slot of a database that has several: a locked table must not keep the
 * healthy monitors beside it from running.
 */
export class DatabaseSlots {
  readonly #databases = new Map<string, { readonly ordinary: Slots; readonly exclusive: Slots }>();

  /** Sets the number of slots of a database, 1 or more. Runs that hold or await one keep it over a reload. */
  limit(name: string, slots: number): void {
    const found = this.#databases.get(name);
    if (found === undefined)
      this.#databases.set(name, { ordinary: new Slots(slots), exclusive: new Slots(1) });
    else found.ordinary.resize(slots);
  }

  /** Runs that wait for a slot on `name`. */
  waiting(name: string): number {
    return this.#slotsOf(name).ordinary.waiting;
  }

  /**
   * Waits for a slot on each database: first for the exclusive ones, then for the others, each in the order of their
   * names, so that two runs never wait for one another and none that waits for an exclusive slot holds an ordinary one.
   *
   * @returns gives the slots back; must be called exactly once.
   * @throws the signal's reason when it fires first.
   */
  async acquire(names: readonly string[], request: SlotRequest, signal: AbortSignal): Promise<() => void> {
    const { likelySlow, exclusive } = request;
    const sorted = [...new Set(names)].sort().map((name) => this.#slotsOf(name));
    const wanted = [
      ...(exclusive ? sorted.map((slots) => ({ slots: slots.exclusive, likelySlow: false })) : []),
      ...sorted.map((slots) => ({ slots: slots.ordinary, likelySlow })),
    ];
    const held: typeof wanted = [];
    const release = () => held.splice(0).forEach((one) => one.slots.release(one.likelySlow));
    try {
      for (const one of wanted) {
        await one.slots.acquire(one.likelySlow, signal);
        held.push(one);
      }
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  #slotsOf(name: string): { readonly ordinary: Slots; readonly exclusive: Slots } {
    const found = this.#databases.get(name);
    if (found === undefined) throw new Error(`no slots were set for database ${JSON.stringify(name)}`);
    return found;
  }
}
