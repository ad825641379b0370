import type { Instant } from '../time.ts';
import { Bookings } from './bookings.ts';
import { Queue } from './documents.ts';
import type { Document, Flow } from './documents.ts';
import { customers, emails, invoices, orders, payments } from './flows.ts';
import type { DocumentFactory } from './document-factory.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Every flow of documents in the demo. */
export const flows: readonly Flow[] = [orders, payments, customers, emails, invoices];

/** Seconds between two changes of customers, least and most. */
const customerEvery = [12, 40] as const;

/** The traffic of one company: what comes in by itself, and what follows from it. */
export class Traffic {
  readonly factory: DocumentFactory;
  /** The ERP's. */
  readonly bookings: Bookings;
  /** By the flow's name. */
  readonly queues: ReadonlyMap<string, Queue>;
  #nextOrderAt: Instant;
  #nextCustomerAt: Instant;

  constructor(factory: DocumentFactory, now: Instant) {
    this.factory = factory;
    this.bookings = new Bookings(factory);
    this.queues = new Map(
      flows.map((flow) => [
        flow.name,
        new Queue(flow, factory.company, (document, noticed, world) =>
          this.#arrived(flow, document, noticed, world),
        ),
      ]),
    );
    this.#nextOrderAt = now;
    this.#nextCustomerAt = now;
  }

  step(world: World): void {
    if (world.now >= this.#nextOrderAt) {
      const order = this.factory.order(world.now);
      this.#add(orders, order, world);
      if (order.paid) this.#add(payments, this.factory.payment(order, world.now), world);
      this.#nextOrderAt = world.now + pause(world.random, this.factory.company.orderEvery);
    }
    if (world.now >= this.#nextCustomerAt) {
      this.#add(customers, this.factory.customer(world.now), world);
      this.#nextCustomerAt = world.now + pause(world.random, customerEvery);
    }
    for (const queue of this.queues.values()) queue.step(world);
    this.bookings.step(world);
  }

  #arrived(flow: Flow, document: Document, noticed: boolean, world: World): void {
    const booked = this.bookings.book(flow, document, noticed, world);
    if (flow !== orders) return;
    this.#add(emails, this.factory.email(document, world.now), world);
    if (booked && world.random.chance(0.5))
      this.#add(invoices, this.factory.invoice(document, world.now), world);
  }

  #add(flow: Flow, document: Document, world: World): void {
    this.queues.get(flow.name)?.add(document, world);
  }
}

function pause(random: Random, [least, most]: readonly [number, number]): number {
  return random.integer(least * 1000, most * 1000);
}
