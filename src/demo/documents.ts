import type { Instant } from '../time.ts';
import type { DemoCompany } from './companies.ts';
import type { FailureKind } from './failures.ts';
import type { Random } from './random.ts';
import type { Cells } from './database/statements.ts';
import { insert, update } from './database/statements.ts';
import type { Place, World } from './world.ts';

/** One document on its way across the link. */
export interface Document {
  readonly id: string;
  readonly company: DemoCompany;
  readonly party: string;
  readonly amount: string;
  readonly currency: string;
  /** Whether the customer paid for it at once. */
  readonly paid: boolean;
  /** The document that it follows from: a payment's order; '' for none. */
  readonly origin: string;
  readonly createdAt: Instant;
}

/** A way of documents: its table, what may happen to them, and the words for it. */
export interface Flow {
  readonly name: string;
  readonly database: 'shop' | 'erp';
  readonly table: string;
  /** Names of columns and of states as this table spells them. */
  readonly columns: {
    readonly key: string;
    readonly state: string;
    readonly doneAt: string;
    readonly failedAt: string;
  };
  readonly states: { readonly waiting: string; readonly done: string; readonly failed: string };
  readonly call: string;
  /** Seconds from arrival to the first attempt, least and most. */
  readonly delay: readonly [number, number];
  readonly failures: readonly FailureKind[];
  readonly failureChance: number;
  /** How each document fails while the script wants a burst of failures. */
  readonly burst: FailureKind;
  /** An instant in the way this table writes it. */
  readonly stamp: (at: Instant) => string;
  /** The table's own columns of a new document, its state and outcome aside. */
  readonly cells: (document: Document) => Cells;
  readonly words: { readonly noun: string; readonly done: string; readonly failed: string };
}

/** A failure as the table holds it. */
export interface DocumentFailure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly at: Instant;
}

type Outcome = { readonly doneAt: Instant } | { readonly failure: DocumentFailure } | 'waiting';

/** Most documents of a flow and company that wait, and that have failed: the demo's tables stay readable. */
export const mostWaiting = 60;
export const mostFailed = 10;
/** Documents that one step moves, so that a queue is worked off rather than gone. */
const batch = 4;

interface Open {
  readonly document: Document;
  /** When the next attempt or the repair is due. */
  dueAt: Instant;
  failure?: DocumentFailure;
  /** It failed in a burst of this kind, which passes: the end of the burst ends it too. */
  readonly passes?: boolean;
}

/** The columns that hold the outcome of a document. */
function outcomeCells(flow: Flow, outcome: Outcome): Cells {
  const { columns, states } = flow;
  const empty = {
    [columns.doneAt]: null,
    [columns.failedAt]: null,
    error_message: null,
    error_code: null,
    api_call: null,
  };
  if (outcome === 'waiting') return { ...empty, [columns.state]: states.waiting };
  if ('doneAt' in outcome)
    return { ...empty, [columns.state]: states.done, [columns.doneAt]: flow.stamp(outcome.doneAt) };
  const { kind, message, at } = outcome.failure;
  return {
    ...empty,
    [columns.state]: states.failed,
    [columns.failedAt]: flow.stamp(at),
    error_message: message,
    error_code: kind.code,
    api_call: flow.call,
  };
}

/** A document's whole row. */
export const rowOf = (flow: Flow, document: Document, outcome: Outcome): Cells => ({
  ...flow.cells(document),
  ...outcomeCells(flow, outcome),
});

/** `order 10234 (EUR 1,240.50)`. */
export function title(flow: Flow, { id, amount, currency }: Document): string {
  const figure = Number(amount).toLocaleString('en', { minimumFractionDigits: 2 });
  return `${flow.words.noun} ${id}${currency === '' ? '' : ` (${currency} ${figure})`}`;
}

/** A failure of the flow's own kinds, by weight, or of the kind given. */
export function documentFailure(
  flow: Flow,
  document: Document,
  at: Instant,
  random: Random,
  given?: FailureKind,
): DocumentFailure {
  const kind =
    given ?? random.pick(flow.failures.flatMap((entry) => Array.from({ length: entry.weight }, () => entry)));
  const { id, party, currency, amount } = document;
  const date = new Date(at).toISOString().slice(0, 10);
  const message = kind.message({ id, party, currency, amount, number: random.integer(12, 4800), date });
  return { kind, message, at };
}

/** Called once for each document, at the moment it reaches the other side; `noticed`: this side knows that it did. */
type OnArrival = (document: Document, noticed: boolean, world: World) => void;

/** The open documents of one flow and one company. */
export class Queue {
  readonly flow: Flow;
  readonly #place: Place;
  readonly #onArrival: OnArrival;
  readonly #waiting: Open[] = [];
  readonly #failed: Open[] = [];

  constructor(flow: Flow, company: DemoCompany, onArrival: OnArrival) {
    this.flow = flow;
    this.#place = `${company.name}/${flow.name}`;
    this.#onArrival = onArrival;
  }

  get open(): { readonly waiting: number; readonly failed: number } {
    return { waiting: this.#waiting.length, failed: this.#failed.length };
  }

  /** A new document arrives, unless the queue is full. */
  add(document: Document, world: World): void {
    if (this.#waiting.length >= mostWaiting) return;
    const [least, most] = this.flow.delay;
    this.restore(document, { dueAt: world.now + world.random.integer(least * 1000, most * 1000) });
    world.run(this.flow.database, insert(this.flow.table, [rowOf(this.flow, document, 'waiting')]));
    if (this.flow.words.noun === 'order')
      world.narrate(document.company.name, `${title(this.flow, document)} came in`, 'routine');
  }

  /** Takes up a document whose row is there already. */
  restore(document: Document, rest: { readonly dueAt: Instant; readonly failure?: DocumentFailure }): void {
    (rest.failure === undefined ? this.#waiting : this.#failed).push({ document, ...rest });
  }

  /** Somebody asks for another attempt: it is made at the next step. @returns false where none will help. */
  relaunch(id: string, now: Instant): boolean {
    const entry = this.#failed.find(({ document }) => document.id === id);
    if (entry?.failure === undefined || entry.failure.kind.repair !== undefined) return false;
    entry.dueAt = Math.min(entry.dueAt, now);
    return true;
  }

  /** Attempts what is due, repairs what is due. */
  step(world: World): void {
    const isOver = !world.trouble.burst.has(this.#place);
    const due = (entry: Open): boolean => (entry.passes === true ? isOver : entry.dueAt <= world.now);
    if (!world.trouble.queue.has(this.#place))
      for (const entry of takeFrom(this.#waiting, due, batch)) this.#attempt(entry, world);
    for (const entry of takeFrom(this.#failed, due, batch)) this.#finish(entry, world);
  }

  #attempt(entry: Open, world: World): void {
    const burst = world.trouble.burst.has(this.#place);
    const fails = burst || world.random.chance(this.flow.failureChance);
    if (!fails || this.#failed.length >= mostFailed) {
      this.#finish(entry, world);
      return;
    }
    const { document } = entry;
    const failure = documentFailure(
      this.flow,
      document,
      world.now,
      world.random,
      burst ? this.flow.burst : undefined,
    );
    if (failure.kind.arrived === true) this.#onArrival(document, false, world);
    // A few stay for long, so that the oldest failure has an age worth looking at.
    const patience = world.random.chance(0.15)
      ? world.random.integer(600, 2400)
      : world.random.integer(40, 160);
    const passes = burst && failure.kind.passes === true;
    this.#failed.push({ document, failure, dueAt: world.now + patience * 1000, passes });
    this.#write(document, { failure }, world);
    world.narrate(
      document.company.name,
      `${title(this.flow, document)} ${this.flow.words.failed}: ${failure.message} (${failure.kind.code})`,
    );
  }

  #finish({ document, failure }: Open, world: World): void {
    this.#write(document, { doneAt: world.now }, world);
    const { done } = this.flow.words;
    if (failure === undefined)
      world.narrate(document.company.name, `${title(this.flow, document)} ${done}`, 'routine');
    else {
      const reason = failure.kind.repair ?? 'the retry worked';
      world.narrate(document.company.name, `${title(this.flow, document)} ${done} after all: ${reason}`);
    }
    if (failure?.kind.arrived !== true) this.#onArrival(document, true, world);
  }

  #write(document: Document, outcome: Outcome, world: World): void {
    const { database, table, columns } = this.flow;
    world.run(database, update(table, outcomeCells(this.flow, outcome), { [columns.key]: document.id }));
  }
}

/** Removes and returns the first entries that fit, at most `most`. */
function takeFrom<T>(list: T[], fits: (entry: T) => boolean, most: number): T[] {
  const taken = list.filter(fits).slice(0, most);
  for (const entry of taken) list.splice(list.indexOf(entry), 1);
  return taken;
}
