import type { Instant } from '../time.ts';
import type { DemoCompany } from './companies.ts';
import { Queue } from './documents.ts';
import type { Document, Flow } from './documents.ts';
import { customers, emails, invoices, orders, payments } from './flows.ts';
import type { Random } from './random.ts';
import type { Cells } from './statements.ts';
import { insert, zoneless } from './statements.ts';
import type { World } from './world.ts';

/** Every flow of documents in the demo. */
export const flows: readonly Flow[] = [orders, payments, customers, emails, invoices];

/** Seconds between two changes of customers, least and most. */
const customerEvery = [12, 40] as const;

const numberPrefixes: Readonly<Record<string, string>> = {
  orders: 'W-',
  payments: 'P-',
  customers: 'C-',
  invoices: 'RE-',
};

/** Serial numbers, one series for each name. */
export class Numbers {
  readonly #last = new Map<string, number>();

  next(series: string): number {
    const number = (this.#last.get(series) ?? 0) + 1;
    this.#last.set(series, number);
    return number;
  }
}

/** Makes the documents of one company. */
export class Press {
  readonly company: DemoCompany;
  readonly #numbers: Numbers;
  readonly #random: Random;

  constructor(company: DemoCompany, numbers: Numbers, random: Random) {
    this.company = company;
    this.#numbers = numbers;
    this.#random = random;
  }

  order(createdAt: Instant): Document {
    const cents = this.#random.integer(1500, 90_000) * (this.#random.chance(0.1) ? 12 : 1);
    const party = this.#random.pick(this.company.customers);
    return {
      id: this.#id('orders'),
      company: this.company,
      party,
      amount: (cents / 100).toFixed(2),
      currency: this.#random.pick(this.company.currencies),
      origin: '',
      createdAt,
    };
  }

  payment(order: Document, createdAt: Instant): Document {
    const party = this.#random.pick(['Mollie', 'Adyen', 'PayPal']);
    return { ...order, id: this.#id('payments'), origin: order.id, party, createdAt };
  }

  invoice(order: Document, createdAt: Instant): Document {
    return { ...order, id: this.#id('invoices'), origin: order.id, createdAt };
  }

  email(order: Document, createdAt: Instant): Document {
    const party = `info@${order.party
      .normalize('NFKD')
      .toLowerCase()
      .replaceAll(/[^a-z]+/g, '')}.example`;
    return {
      ...order,
      id: this.#id('emails'),
      origin: order.id,
      party,
      amount: '0',
      currency: '',
      createdAt,
    };
  }

  customer(createdAt: Instant): Document {
    const party = this.#random.pick(this.company.customers);
    return {
      id: this.#id('customers'),
      company: this.company,
      party,
      amount: '0',
      currency: '',
      origin: '',
      createdAt,
    };
  }

  /** The ERP's own row of an order that has arrived. */
  salesOrder(order: Document, bookedAt: Instant): Cells {
    return {
      document_no: `SO-${this.#serial('sales_orders')}`,
      company: this.company.name,
      external_no: order.id,
      customer: order.party,
      booked_at: zoneless(bookedAt),
      total: order.amount,
      currency: order.currency,
    };
  }

  #id(flow: string): string {
    return `${numberPrefixes[flow] ?? ''}${this.#serial(flow)}`;
  }

  #serial(series: string): string {
    const number = this.#numbers.next(`${this.company.name} ${series}`);
    return `${this.company.prefix}${String(number).padStart(5, '0')}`;
  }
}

/** The traffic of one company: what comes in by itself, and what follows from it. */
export class Traffic {
  readonly press: Press;
  /** By the flow's name. */
  readonly queues: ReadonlyMap<string, Queue>;
  #nextOrderAt: Instant;
  #nextCustomerAt: Instant;

  constructor(press: Press, now: Instant) {
    this.press = press;
    this.queues = new Map(
      flows.map((flow) => [
        flow.name,
        new Queue(
          flow,
          press.company,
          flow === orders ? (order, world) => this.#orderArrived(order, world) : () => undefined,
        ),
      ]),
    );
    this.#nextOrderAt = now;
    this.#nextCustomerAt = now;
  }

  step(world: World): void {
    if (world.now >= this.#nextOrderAt) {
      const order = this.press.order(world.now);
      this.#add(orders, order, world);
      if (world.random.chance(0.7)) this.#add(payments, this.press.payment(order, world.now), world);
      this.#nextOrderAt = world.now + pause(world.random, this.press.company.orderEvery);
    }
    if (world.now >= this.#nextCustomerAt) {
      this.#add(customers, this.press.customer(world.now), world);
      this.#nextCustomerAt = world.now + pause(world.random, customerEvery);
    }
    for (const queue of this.queues.values()) queue.step(world);
  }

  #orderArrived(order: Document, world: World): void {
    world.run('erp', insert('sales_orders', [this.press.salesOrder(order, world.now)]));
    this.#add(emails, this.press.email(order, world.now), world);
    if (world.random.chance(0.5)) this.#add(invoices, this.press.invoice(order, world.now), world);
  }

  #add(flow: Flow, document: Document, world: World): void {
    this.queues.get(flow.name)?.add(document, world);
  }
}

function pause(random: Random, [least, most]: readonly [number, number]): number {
  return random.integer(least * 1000, most * 1000);
}
