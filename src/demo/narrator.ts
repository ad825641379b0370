import type { Instant } from '../time.ts';
import type { Weight } from './world.ts';

/** A bucket of lines: `burst` at once, `perSecond` in the long run. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const rates: Readonly<Record<'routine' | 'notable', Rate>> = {
  routine: { burst: 2, perSecond: 0.4 },
  notable: { burst: 6, perSecond: 0.7 },
};

/** Lets only so many lines through that a person can read along. Routine lines never take the place of notable ones. */
export class Narrator {
  readonly #left = { routine: rates.routine.burst, notable: rates.notable.burst };
  #at: Instant;

  constructor(now: Instant) {
    this.#at = now;
  }

  /** Whether a line of this weight may be written at `now`. */
  admits(weight: Weight, now: Instant): boolean {
    if (weight === 'script') return true;
    const seconds = Math.max(0, now - this.#at) / 1000;
    this.#at = Math.max(this.#at, now);
    for (const kind of ['routine', 'notable'] as const)
      this.#left[kind] = Math.min(rates[kind].burst, this.#left[kind] + seconds * rates[kind].perSecond);
    if (this.#left[weight] < 1) return false;
    this.#left[weight] -= 1;
    return true;
  }
}
