import type { Instant } from '../time.ts';
import type { Document, Flow } from './documents.ts';
import { title } from './documents.ts';
import { orders, payments } from './flows.ts';
import type { Press } from './document-factory.ts';
import type { Cells } from './database/statements.ts';
import { insert, remove, update } from './database/statements.ts';
import type { Place, Trouble, World } from './world.ts';

const slips = ['loses', 'alters', 'doubles'] as const satisfies readonly (keyof Trouble)[];
/** What no status column shows: the shop was told that all is well, and the books of the ERP say something else. */
export type Slip = (typeof slips)[number];

/** What is said of a slip, behind the document's name. */
interface Words {
  readonly told: string;
  readonly repaired: string;
}

/** Where the ERP books a flow, and how it goes wrong. */
interface Ledger {
  readonly table: string;
  readonly key: string;
  readonly row: (press: Press, document: Document, at: Instant) => Cells;
  /** What else than it should stands in a row. */
  readonly altered: (row: Cells) => Cells;
  /** The slips that can happen to it. */
  readonly words: Readonly<Partial<Record<Slip, Words>>>;
}

/** What the provider of payments keeps for itself. */
const feeShare = 0.029;

const salesOrders: Ledger = {
  table: 'sales_orders',
  key: 'document_no',
  row: (press, order, at) => press.salesOrder(order, at),
  altered: (row) => ({ payment_status: row['payment_status'] === 'P' ? 'O' : 'P' }),
  words: {
    loses: {
      told: 'counts as exported, but never arrives in the ERP',
      repaired: 'was missing in the ERP: somebody entered it by hand',
    },
    alters: {
      told: 'arrives in the ERP with the wrong payment status',
      repaired: 'had the wrong payment status in the ERP: bookkeeping has corrected it',
    },
  },
};

const paymentEntries: Ledger = {
  table: 'payment_entries',
  key: 'entry_no',
  row: (press, payment, at) => press.paymentEntry(payment, at),
  altered: (row) => ({ amount: (Number(row['amount']) * (1 - feeShare)).toFixed(2) }),
  words: {
    loses: {
      told: 'counts as booked, but the ERP has no entry of it',
      repaired: 'had no entry in the ERP: bookkeeping has booked it by hand',
    },
    alters: {
      told: 'is booked less the fee of its provider',
      repaired: 'was booked less the fee: bookkeeping has corrected the entry',
    },
    doubles: {
      told: 'is booked twice',
      repaired: 'was booked twice: bookkeeping has deleted the second entry',
    },
  },
};

const ledgerOf: ReadonlyMap<Flow, Ledger> = new Map<Flow, Ledger>([
  [orders, salesOrders],
  [payments, paymentEntries],
]);

/** How a document gets into the books with a slip, and the statement that puts it right. */
interface Course {
  readonly cells: readonly Cells[];
  readonly repair: (now: Instant) => string;
}

const courses: Readonly<Record<Slip, (ledger: Ledger, book: (at: Instant) => Cells, at: Instant) => Course>> =
  {
    loses: ({ table }, book) => ({ cells: [], repair: (now) => insert(table, [book(now)]) }),
    alters: ({ table, key, altered }, book, at) => {
      const right = book(at);
      const wrong = altered(right);
      const changed = Object.fromEntries(Object.keys(wrong).map((column) => [column, right[column] ?? null]));
      const repair = (): string => update(table, changed, { [key]: right[key] ?? null });
      return { cells: [{ ...right, ...wrong }], repair };
    },
    doubles: ({ table, key }, book, at) => {
      const [first, second] = [book(at), book(at)];
      return { cells: [first, second], repair: () => remove(table, { [key]: second[key] ?? null }) };
    },
  };

/** A document that the books do not hold as the shop believes. */
interface OpenSlip {
  readonly slip: Slip;
  readonly place: Place;
  /** When it is put right; absent: as soon as the script no longer asks for it. */
  readonly dueAt?: Instant;
  readonly repair: (now: Instant) => string;
  readonly repaired: string;
}

/** What the ERP has booked of one company's orders and payments. */
export class Books {
  readonly #press: Press;
  #open: readonly OpenSlip[] = [];

  constructor(press: Press) {
    this.#press = press;
  }

  /**
   * The rows with which a document gets into the books; none for a flow that the ERP keeps no books of.
   *
   * @param plan a slip that happens to it, and when that is put right (absent: when the script says so).
   */
  rows(
    flow: Flow,
    document: Document,
    at: Instant,
    plan?: { readonly slip: Slip; readonly dueAt?: Instant },
  ): { readonly table: string; readonly cells: readonly Cells[] } {
    const ledger = ledgerOf.get(flow);
    if (ledger === undefined) return { table: '', cells: [] };
    const { table, words } = ledger;
    const book = (bookedAt: Instant): Cells => ledger.row(this.#press, document, bookedAt);
    if (plan === undefined) return { table, cells: [book(at)] };
    const { cells, repair } = courses[plan.slip](ledger, book, at);
    const repaired = `${title(flow, document)} ${words[plan.slip]?.repaired ?? ''}`;
    this.#open = [...this.#open, { ...plan, place: this.#place(flow), repair, repaired }];
    return { table, cells };
  }

  /**
   * Books a document that has arrived, unless the script wants it to slip.
   *
   * @param noticed whether the shop knows; nothing slips of which it does not believe that all is well.
   * @returns whether it is in the books.
   */
  take(flow: Flow, document: Document, noticed: boolean, world: World): boolean {
    const slip = noticed ? this.#slipFor(flow, world) : undefined;
    const { table, cells } = this.rows(flow, document, world.now, slip === undefined ? undefined : { slip });
    if (cells.length > 0) world.run('erp', insert(table, cells));
    if (slip !== undefined) {
      const told = ledgerOf.get(flow)?.words[slip]?.told ?? '';
      world.tell(this.#press.company.name, `${title(flow, document)} ${told}`, 'script');
    }
    return cells.length > 0;
  }

  /** Puts right what is due. */
  step(world: World): void {
    const due = ({ slip, place, dueAt }: OpenSlip): boolean =>
      dueAt === undefined ? !world.trouble[slip].has(place) : dueAt <= world.now;
    for (const { repair, repaired } of this.#open.filter(due)) {
      world.run('erp', repair(world.now));
      world.tell(this.#press.company.name, repaired, 'script');
    }
    this.#open = this.#open.filter((open) => !due(open));
  }

  /** The script lets one document slip in each of its scenes. */
  #slipFor(flow: Flow, { trouble }: World): Slip | undefined {
    const place = this.#place(flow);
    const busy = (slip: Slip): boolean =>
      this.#open.some((open) => open.place === place && open.slip === slip && open.dueAt === undefined);
    return slips.find((slip) => trouble[slip].has(place) && !busy(slip));
  }

  #place(flow: Flow): Place {
    return `${this.#press.company.name}/${flow.name}`;
  }
}
