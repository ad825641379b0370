import type { Snapshot } from '../poll/snapshot.ts';
import type { Instant } from '../time.ts';
import { keyText } from './key.ts';
import type { TicketKey } from './key.ts';
import { isStillOpen, taskOf } from './records.ts';
import { isFiring } from './state.ts';
import type { TicketState } from './state.ts';

/** Scheduled times without a run after which what was seen says nothing about now; as the judgement of a monitor has it. */
const staleIntervals = 3;

type Seen = Pick<Snapshot, 'companies' | 'databases' | 'maintenance' | 'tasks'>;

function isMonitorFresh(key: TicketKey, snapshot: Seen, now: Instant): boolean {
  const task = taskOf(snapshot, key);
  if (task === undefined || task.reading === null || task.failure !== null || task.lastSuccess === null)
    return false;
  const isCovered = snapshot.maintenance.some(
    (window) => window.isActive(now) && window.covers(key.company, key.monitor),
  );
  return !isCovered && now - task.lastSuccess <= staleIntervals * task.intervalSeconds * 1000;
}

/** Whether what an alert of this key is made from is there, and of now. */
function isFresh(key: TicketKey, snapshot: Seen, now: Instant): boolean {
  const { company, monitor, event, subject } = key;
  if (company !== '' && !snapshot.companies.some(({ name }) => name === company)) return false;
  if (monitor !== '') return isMonitorFresh(key, snapshot, now);
  // Of a database; whatever else has no monitor, only Prometheus knows.
  if (event === 'no_data' && subject !== '') return snapshot.databases.get(subject)?.up === true;
  return true;
}

/**
 * Since when the data of keys are fresh, as seen by looks at the snapshot; forgotten at a restart. An alert that does not fire says
 * that all is well only when its data have been fresh for long enough that it would fire again.
 */
export class Freshness {
  readonly #since = new Map<string, Instant>();
  readonly #snapshot: Seen;

  constructor(snapshot: Seen) {
    this.#snapshot = snapshot;
  }

  /** Looks at the data of these keys, and forgets all others. */
  look(keys: readonly TicketKey[], now: Instant): void {
    const wanted = new Map(keys.map((key) => [keyText(key), key]));
    for (const text of this.#since.keys()) if (!wanted.has(text)) this.#since.delete(text);
    for (const [text, key] of wanted)
      if (!isFresh(key, this.#snapshot, now)) this.#since.delete(text);
      else if (!this.#since.has(text)) this.#since.set(text, now);
  }

  /** Whether all has been well for so long: no alert fires, the data were fresh all the time, and are now. */
  isRecovered(state: TicketState, forMs: number, now: Instant): boolean {
    const since = this.#since.get(keyText(state.key));
    if (state.clearSince === null || isFiring(state)) return false;
    if (since === undefined || now - Math.max(since, state.clearSince) < forMs) return false;
    return isFresh(state.key, this.#snapshot, now) && !isStillOpen(state, this.#snapshot);
  }
}
