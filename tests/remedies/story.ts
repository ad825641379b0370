import type { Remedies, Remedy } from '../../src/config/config.ts';
import type { Entry } from '../../src/outbox/contract.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { recordRemedies } from '../../src/remedies/board.ts';
import type { Wish } from '../../src/remedies/by-hand.ts';
import { failuresOf } from '../../src/remedies/failures.ts';
import { emptyState, noPauses, recordKey } from '../../src/remedies/memory.ts';
import type { Pauses, RecordMemory, RemedyState } from '../../src/remedies/memory.ts';
import { relaunchOffers } from '../../src/remedies/offers.ts';
import { plan } from '../../src/remedies/planner.ts';
import type { Plan, PlanInput, RemedyEvent } from '../../src/remedies/planner.ts';
import type { FailedRecord } from './scene.ts';
import { remediesOf, remedy, start, taskOf } from './scene.ts';

/** An outbox whose attempts end at once, with an answer; a planner's memory; and a monitor that is read each minute. */
export class Story {
  now = start;
  failed: readonly FailedRecord[] = [{ record: 'W-1', since: start }];
  maintenance: PlanInput['maintenance'] = [];
  pauses: Pauses = noPauses;
  remedies: Remedies;
  state: RemedyState = emptyState;
  records: ReadonlyMap<string, RecordMemory> = new Map();
  answer: { readonly answer: string; readonly retryAfterMs?: number } = { answer: '429' };
  readonly entries = new Map<string, Entry>();
  readonly events: RemedyEvent[] = [];
  change: (task: TaskStatus) => TaskStatus = (task) => task;

  constructor(...list: readonly Remedy[]) {
    this.remedies = remediesOf(list.length === 0 ? [remedy()] : list);
  }

  get task(): TaskStatus {
    return this.change(taskOf(this.failed, this.now));
  }

  /** Time passes, the monitor is read, and what is due is ordered and carried out. @returns the records that were. */
  after(ms: number): string[] {
    this.now += ms;
    return this.#carryOut(this.#plan());
  }

  /** Somebody wants a record tried at once, and what is ordered is carried out. @returns what became of the wish, and what was tried. */
  wish(record = 'W-1', by = 'eva') {
    const made = this.#plan({ key: recordKey('acme', 'web_orders', record), by });
    return { answer: made.answer, tried: this.#carryOut(made) };
  }

  /** What somebody may do about a record. */
  offer(record = 'W-1') {
    return relaunchOffers(this.task, this.input).get(recordKey('acme', 'web_orders', record));
  }

  #carryOut(made: Plan): string[] {
    const records = new Map(this.records);
    for (const [key, memory] of made.records)
      if (memory === undefined) records.delete(key);
      else records.set(key, memory);
    this.records = records;
    this.state = made.state;
    this.events.push(...made.events);
    for (const { key, payload, ...rest } of made.intents)
      this.entries.set(key, {
        ...rest,
        key,
        payload,
        state: 'done',
        attempts: 1,
        storedAt: this.now,
        lastTry: this.now,
        settledAt: this.now,
        note: '',
        result: this.answer,
      } as unknown as Entry);
    return made.intents.map(({ payload }) => (payload as { record: string }).record);
  }

  get input() {
    return {
      now: this.now,
      remedies: this.remedies,
      orders: new Map<string, string>(),
      maintenance: this.maintenance,
      stored: {
        records: this.records,
        state: this.state,
        pauses: this.pauses,
        entries: new Map(),
        versions: new Map(),
      },
    };
  }

  standing(record = 'W-1') {
    return recordRemedies(this.task, this.input).get(recordKey('acme', 'web_orders', record))?.remedy;
  }

  #plan(wish?: Wish): Plan {
    const { now, remedies, maintenance, pauses, state, records, entries } = this;
    const failures = failuresOf([this.task], now);
    return plan({
      now,
      remedies,
      maintenance,
      pauses,
      state,
      records,
      entries,
      failures,
      orders: new Map(),
      wish,
    });
  }
}
