import type { Instant } from '../time.ts';
import type { DemoCompany } from './companies.ts';
import type { Document } from './documents.ts';
import type { Random } from './random.ts';
import type { Cells } from './database/statements.ts';
import { zoneless } from './database/statements.ts';

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
export class DocumentFactory {
  readonly company: DemoCompany;
  readonly #numbers: Numbers;
  readonly #random: Random;

  constructor(company: DemoCompany, numbers: Numbers, random: Random) {
    this.company = company;
    this.#numbers = numbers;
    this.#random = random;
  }

  /** @param paid whether it was paid for at once; chance decides by default. */
  order(createdAt: Instant, paid: boolean = this.#random.chance(0.7)): Document {
    const cents = this.#random.integer(1500, 90_000) * (this.#random.chance(0.1) ? 12 : 1);
    const party = this.#random.pick(this.company.customers);
    return {
      id: this.#id('orders'),
      company: this.company,
      party,
      amount: (cents / 100).toFixed(2),
      currency: this.#random.pick(this.company.currencies),
      paid,
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
      paid: false,
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
      payment_status: order.paid ? 'P' : 'O',
    };
  }

  /** The ERP's own row of a payment that was booked. */
  paymentEntry(payment: Document, bookedAt: Instant): Cells {
    return {
      entry_no: `ZE-${this.#serial('payment_entries')}`,
      company: this.company.name,
      external_no: payment.id,
      order_number: payment.origin,
      booked_at: zoneless(bookedAt),
      amount: payment.amount,
      currency: payment.currency,
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
