import type { Bookings, BookingFault } from './bookings.ts';
import { runCells, jobs, rowsMoved } from './datamoves.ts';
import { syncCells, syncEvery } from './crm.ts';
import type { Document, Flow } from './documents.ts';
import { documentFailure, rowOf } from './documents.ts';
import { customers, emails, invoices, orders, payments } from './flows.ts';
import type { Cells } from './database/statements.ts';
import { insert } from './database/statements.ts';
import type { Numbers } from './document-factory.ts';
import type { Traffic } from './traffic.ts';
import type { World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;

/** How far the past reaches back: yesterday and today. */
const pastMs = 30 * hour;

/** Failures that are open when the demo starts: age in minutes, which kind of the flow's, minutes until the repair. */
const openFailures: Readonly<
  Record<
    string,
    readonly { readonly flow: Flow; readonly age: number; readonly kind: number; readonly left: number }[]
  >
> = {
  acme: [
    { flow: orders, age: 26 * 60, kind: 0, left: 40 },
    { flow: orders, age: 190, kind: 1, left: 9 },
    { flow: orders, age: 34, kind: 6, left: 2 },
    // Of an error that nobody has seen before; the two minutes after the start are to show one.
    { flow: orders, age: 18, kind: 8, left: 7 },
    { flow: payments, age: 185, kind: 0, left: 25 },
    { flow: customers, age: 52, kind: 0, left: 6 },
    { flow: emails, age: 21, kind: 0, left: 3 },
    { flow: invoices, age: 7 * 60, kind: 1, left: 14 },
  ],
  globex: [
    { flow: orders, age: 9 * 60, kind: 5, left: 30 },
    { flow: orders, age: 12, kind: 2, left: 4 },
    { flow: payments, age: 22, kind: 2, left: 1 },
    { flow: customers, age: 300, kind: 1, left: 18 },
    { flow: emails, age: 95, kind: 1, left: 7 },
    { flow: invoices, age: 48, kind: 0, left: 5 },
  ],
};

/** Faults of booking that are open when the demo starts: age in minutes, minutes until it is put right. */
const openFaults: Readonly<
  Record<
    string,
    readonly {
      readonly flow: Flow;
      readonly fault: BookingFault;
      readonly age: number;
      readonly left: number;
    }[]
  >
> = {
  acme: [
    { flow: orders, fault: 'loses', age: 95, left: 12 },
    { flow: payments, fault: 'alters', age: 50, left: 24 },
  ],
  globex: [
    { flow: payments, fault: 'loses', age: 71, left: 8 },
    { flow: orders, fault: 'alters', age: 26, left: 17 },
  ],
};

/** Rows of several tables, written out as a few large statements. */
class Rows {
  readonly #rows = new Map<string, { readonly database: 'shop' | 'erp'; readonly cells: Cells[] }>();

  add(database: 'shop' | 'erp', table: string, cells: Cells): void {
    const entry = this.#rows.get(table);
    if (entry === undefined) this.#rows.set(table, { database, cells: [cells] });
    else entry.cells.push(cells);
  }

  write(world: World): void {
    for (const [table, { database, cells }] of this.#rows) world.run(database, insert(table, cells));
  }
}

/** A document that got across at once. */
function addDone(
  flow: Flow,
  document: Document,
  { bookings }: Traffic,
  rows: Rows,
  plan?: Parameters<Bookings['rows']>[3],
): void {
  const doneAt = document.createdAt + 5000;
  rows.add(flow.database, flow.table, rowOf(flow, document, { doneAt }));
  const { table, cells } = bookings.rows(flow, document, doneAt, plan);
  for (const row of cells) rows.add('erp', table, row);
}

/** An order that reached the ERP. */
function exportedOrder(traffic: Traffic, at: number, rows: Rows, paid?: boolean): Document {
  const order = traffic.factory.order(at, paid);
  addDone(orders, order, traffic, rows);
  return order;
}

/** A finished order and everything that followed from it. */
function pastOrder(traffic: Traffic, at: number, { random }: World, rows: Rows): void {
  const { factory } = traffic;
  const order = exportedOrder(traffic, at, rows);
  addDone(emails, factory.email(order, at + 6000), traffic, rows);
  if (order.paid) addDone(payments, factory.payment(order, at + 2000), traffic, rows);
  if (random.chance(0.5)) addDone(invoices, factory.invoice(order, at + 9000), traffic, rows);
  if (random.chance(0.2)) addDone(customers, factory.customer(at), traffic, rows);
}

/** A new document of a flow; the order that it follows from has reached the ERP. */
function documentOf(flow: Flow, traffic: Traffic, at: number, rows: Rows): Document {
  const { factory } = traffic;
  if (flow === customers) return factory.customer(at);
  if (flow === orders) return factory.order(at);
  const order = exportedOrder(traffic, at - minute, rows, flow === payments || undefined);
  if (flow === payments) return factory.payment(order, at);
  return flow === invoices ? factory.invoice(order, at) : factory.email(order, at);
}

/** What has happened to one company's documents, in its order, so that numbers rise with time. */
function pastOfCompany(traffic: Traffic, world: World, rows: Rows): void {
  const { now, random } = world;
  const past: { readonly at: number; readonly happen: (at: number) => void }[] = [];
  for (let at = now - pastMs; at < now - minute; at += random.integer(4, 12) * minute)
    past.push({ at, happen: () => pastOrder(traffic, at, world, rows) });
  for (const { flow, age, kind, left } of openFailures[traffic.factory.company.name] ?? [])
    past.push({
      at: now - age * minute,
      happen: (at) => {
        const document = documentOf(flow, traffic, at - 5000, rows);
        const failure = documentFailure(flow, document, at, random, flow.failures[kind]);
        rows.add(flow.database, flow.table, rowOf(flow, document, { failure }));
        traffic.queues.get(flow.name)?.restore(document, { failure, dueAt: now + left * minute });
      },
    });
  for (const { flow, fault, age, left } of openFaults[traffic.factory.company.name] ?? [])
    past.push({
      at: now - age * minute,
      happen: (at) =>
        addDone(flow, documentOf(flow, traffic, at, rows), traffic, rows, {
          fault,
          dueAt: now + left * minute,
        }),
    });
  for (const { at, happen } of past.sort((a, b) => a.at - b.at)) happen(at);
  // Late from the first look on, and soon taken care of.
  const forgotten = traffic.factory.customer(now - 9 * minute);
  rows.add('shop', customers.table, rowOf(customers, forgotten, 'waiting'));
  traffic.queues.get(customers.name)?.restore(forgotten, { dueAt: now + 75_000 });
}

function pastOfBatches(company: string, world: World, numbers: Numbers, rows: Rows): void {
  const { now, random } = world;
  for (const job of jobs) {
    rows.add('erp', 'datamove_jobs', {
      company,
      name: job.name,
      description: job.description,
      enabled: job.enabled,
    });
    // A job that is switched off has last run days ago.
    const until = job.enabled ? now - job.every * 500 : now - 80 * hour;
    for (let at = until - 12 * hour; at <= until; at += 15 * minute) {
      const run = { id: numbers.next('runs'), company, job, startedAt: at };
      const failed = random.chance(0.02) || hasJustFailed(company, job.name, at === until);
      rows.add(
        'erp',
        'datamove_runs',
        runCells(run, { finishedAt: at + 4000, failed, rows: rowsMoved(random) }),
      );
    }
  }
  const last = now - syncEvery * 500;
  for (let at = last - pastMs; at <= last; at += 15 * minute)
    rows.add('erp', 'crm_sync_log', syncCells(numbers.next('syncs'), company, at, random));
}

/** Whether a job's last run before the start failed, so that the first page has one to show. */
export const hasJustFailed = (company: string, job: string, last = true): boolean =>
  last && company === 'globex' && job === 'prices-in';

/** Writes yesterday and today into both databases, and hands the documents that are still open to their queues. */
export function writeHistory(traffics: readonly Traffic[], numbers: Numbers, world: World): void {
  const rows = new Rows();
  for (const traffic of traffics) {
    pastOfCompany(traffic, world, rows);
    pastOfBatches(traffic.factory.company.name, world, numbers, rows);
  }
  rows.write(world);
}
