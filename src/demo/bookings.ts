import type { Instant } from '../time.ts';
import type { Document, Flow } from './documents.ts';
import { title } from './documents.ts';
import { orders, payments } from './flows.ts';
import type { DocumentFactory } from './document-factory.ts';
import type { Cells } from './database/statements.ts';
import { insert, remove, update } from './database/statements.ts';
import type { Place, Trouble, World } from './world.ts';

const bookingFaults = ['loses', 'alters', 'doubles'] as const satisfies readonly (keyof Trouble)[];
/** What no status column shows: the shop believes that all is well, and the books of the ERP differ. */
export type BookingFault = (typeof bookingFaults)[number];

/** What is written of a fault, after the document's name. */
interface FaultWords {
  readonly happened: string;
  readonly repaired: string;
}

/** Where the ERP books a flow, and how that goes wrong. */
interface BookingTable {
  readonly table: string;
  readonly key: string;
  readonly row: (factory: DocumentFactory, document: Document, at: Instant) => Cells;
  /** The columns of a row that a fault changes. */
  readonly altered: (row: Cells) => Cells;
  /** The faults that can happen to it. */
  readonly words: Readonly<Partial<Record<BookingFault, FaultWords>>>;
}

/** The fee of the payment provider, as a share of the amount. */
const feeShare = 0.029;

const salesOrders: BookingTable = {
  table: 'sales_orders',
  key: 'document_no',
  row: (factory, order, at) => factory.salesOrder(order, at),
  altered: (row) => ({ payment_status: row['payment_status'] === 'P' ? 'O' : 'P' }),
  words: {
    loses: {
      happened: 'counts as exported, but never arrives in the ERP',
      repaired: 'was missing in the ERP: somebody entered it by hand',
    },
    alters: {
      happened: 'arrives in the ERP with the wrong payment status',
      repaired: 'had the wrong payment status in the ERP: bookkeeping has corrected it',
    },
  },
};

const paymentEntries: BookingTable = {
  table: 'payment_entries',
  key: 'entry_no',
  row: (factory, payment, at) => factory.paymentEntry(payment, at),
  altered: (row) => ({ amount: (Number(row['amount']) * (1 - feeShare)).toFixed(2) }),
  words: {
    loses: {
      happened: 'counts as booked, but the ERP has no entry of it',
      repaired: 'had no entry in the ERP: bookkeeping has booked it by hand',
    },
    alters: {
      happened: 'is booked less the fee of its provider',
      repaired: 'was booked less the fee: bookkeeping has corrected the entry',
    },
    doubles: {
      happened: 'is booked twice',
      repaired: 'was booked twice: bookkeeping has deleted the second entry',
    },
  },
};

const bookingTableOf: ReadonlyMap<Flow, BookingTable> = new Map<Flow, BookingTable>([
  [orders, salesOrders],
  [payments, paymentEntries],
]);

/** The rows of a document that is booked with a fault, and the statement that puts it right. */
interface FaultyBooking {
  readonly cells: readonly Cells[];
  readonly repair: (now: Instant) => string;
}

const faultyBookings: Readonly<
  Record<
    BookingFault,
    (bookingTable: BookingTable, book: (at: Instant) => Cells, at: Instant) => FaultyBooking
  >
> = {
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

/** A document that is booked otherwise than the shop believes. */
interface OpenFault {
  readonly fault: BookingFault;
  readonly place: Place;
  /** When it is put right; absent: as soon as the script no longer asks for it. */
  readonly dueAt?: Instant;
  readonly repair: (now: Instant) => string;
  readonly repaired: string;
}

/** What the ERP has booked of one company's orders and payments. */
export class Bookings {
  readonly #factory: DocumentFactory;
  #open: readonly OpenFault[] = [];

  constructor(factory: DocumentFactory) {
    this.#factory = factory;
  }

  /**
   * The rows with which a document is booked; none for a flow that the ERP does not book.
   *
   * @param plan a fault that happens to it, and when that is put right (absent: when the script says so).
   */
  rows(
    flow: Flow,
    document: Document,
    at: Instant,
    plan?: { readonly fault: BookingFault; readonly dueAt?: Instant },
  ): { readonly table: string; readonly cells: readonly Cells[] } {
    const bookingTable = bookingTableOf.get(flow);
    if (bookingTable === undefined) return { table: '', cells: [] };
    const { table, words } = bookingTable;
    const book = (bookedAt: Instant): Cells => bookingTable.row(this.#factory, document, bookedAt);
    if (plan === undefined) return { table, cells: [book(at)] };
    const { cells, repair } = faultyBookings[plan.fault](bookingTable, book, at);
    const repaired = `${title(flow, document)} ${words[plan.fault]?.repaired ?? ''}`;
    this.#open = [...this.#open, { ...plan, place: this.#place(flow), repair, repaired }];
    return { table, cells };
  }

  /**
   * Books a document that has arrived, with a fault when the script wants one.
   *
   * @param noticed whether the shop believes that all is well; else no fault happens.
   * @returns whether it is in the books.
   */
  book(flow: Flow, document: Document, noticed: boolean, world: World): boolean {
    const fault = noticed ? this.#faultFor(flow, world) : undefined;
    const { table, cells } = this.rows(
      flow,
      document,
      world.now,
      fault === undefined ? undefined : { fault },
    );
    if (cells.length > 0) world.run('erp', insert(table, cells));
    if (fault !== undefined) {
      const happened = bookingTableOf.get(flow)?.words[fault]?.happened ?? '';
      world.narrate(this.#factory.company.name, `${title(flow, document)} ${happened}`, 'script');
    }
    return cells.length > 0;
  }

  /** Puts right what is due. */
  step(world: World): void {
    const due = ({ fault, place, dueAt }: OpenFault): boolean =>
      dueAt === undefined ? !world.trouble[fault].has(place) : dueAt <= world.now;
    for (const { repair, repaired } of this.#open.filter(due)) {
      world.run('erp', repair(world.now));
      world.narrate(this.#factory.company.name, repaired, 'script');
    }
    this.#open = this.#open.filter((open) => !due(open));
  }

  /** The script asks for one fault in each of its scenes. */
  #faultFor(flow: Flow, { trouble }: World): BookingFault | undefined {
    const place = this.#place(flow);
    const busy = (fault: BookingFault): boolean =>
      this.#open.some((open) => open.place === place && open.fault === fault && open.dueAt === undefined);
    return bookingFaults.find((fault) => trouble[fault].has(place) && !busy(fault));
  }

  #place(flow: Flow): Place {
    return `${this.#factory.company.name}/${flow.name}`;
  }
}
