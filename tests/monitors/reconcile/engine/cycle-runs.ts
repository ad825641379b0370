import { runCycle } from '../../../../src/monitors/reconcile/engine/cycle.ts';
import type { CycleResult, CycleSettings } from '../../../../src/monitors/reconcile/engine/cycle-types.ts';
import type { Key } from '../../../../src/monitors/reconcile/engine/types.ts';
import { newState, settingsOf } from './cycle-world.ts';
import type { World } from './cycle-world.ts';

/** A world whose comparison runs again and again, from one state. */
export class Runs {
  readonly world: World;
  state = newState();
  readonly #runCycle: typeof runCycle;

  constructor(world: World, cycle = runCycle) {
    this.world = world;
    this.#runCycle = cycle;
  }

  /** One run, now. */
  run(change: Partial<CycleSettings> = {}): Promise<CycleResult> {
    return this.#runCycle({ ...settingsOf(this.world, this.state), ...change });
  }

  /** One run, `ms` after the last. */
  async after(ms: number, change: Partial<CycleSettings> = {}): Promise<CycleResult> {
    this.world.now += ms;
    return this.run(change);
  }
}

/** `kind` by key of those that are confirmed, or of those that are not. */
function kinds({ ledger }: CycleResult, areConfirmed: boolean): Record<string, string> {
  const chosen = [...ledger.entries.values()].filter(
    ({ confirmedAt }) => (confirmedAt !== null) === areConfirmed,
  );
  return Object.fromEntries(chosen.map(({ key, kind }) => [String(key), kind]));
}

export const confirmed = (result: CycleResult): Record<string, string> => kinds(result, true);
export const candidates = (result: CycleResult): Record<string, string> => kinds(result, false);

export function entryOf({ ledger }: CycleResult, key: Key) {
  return ledger.entries.get(key);
}
