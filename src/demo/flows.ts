import type { Flow } from './documents.ts';
import {
  customerFailures,
  emailFailures,
  invoiceFailures,
  orderFailures,
  paymentFailures,
} from './failures.ts';
import { zoned, zoneless } from './database/statements.ts';

export const orders: Flow = {
  name: 'orders',
  database: 'shop',
  table: 'web_orders',
  columns: { key: 'order_number', state: 'export_state', doneAt: 'exported_at', failedAt: 'failed_at' },
  states: { waiting: 'waiting', done: 'exported', failed: 'failed' },
  call: 'POST /api/v2/salesOrders',
  delay: [2, 7],
  failures: orderFailures,
  failureChance: 0.12,
  stamp: zoned,
  cells: ({ id, company, party, amount, currency, paid, createdAt }) => ({
    order_number: id,
    company: company.name,
    customer: party,
    created_at: zoned(createdAt),
    total: amount,
    currency,
    payment_state: paid ? 'paid' : 'open',
  }),
  words: { noun: 'order', done: 'exported to the ERP', failed: 'refused by the ERP' },
};

export const payments: Flow = {
  name: 'payments',
  database: 'shop',
  table: 'payments',
  columns: { key: 'payment_id', state: 'booking_state', doneAt: 'booked_at', failedAt: 'rejected_at' },
  states: { waiting: 'paid', done: 'booked', failed: 'rejected' },
  call: 'POST /api/v2/cashReceiptJournals',
  delay: [2, 9],
  failures: paymentFailures,
  failureChance: 0.06,
  stamp: zoned,
  cells: ({ id, company, party, amount, currency, origin, createdAt }) => ({
    payment_id: id,
    company: company.name,
    order_number: origin,
    provider: party,
    paid_at: zoned(createdAt),
    amount,
    currency,
  }),
  words: { noun: 'payment', done: 'booked in the ERP', failed: 'not booked' },
};

export const customers: Flow = {
  name: 'customers',
  database: 'shop',
  table: 'customers',
  columns: { key: 'customer_number', state: 'sync_state', doneAt: 'synced_at', failedAt: 'error_at' },
  states: { waiting: 'changed', done: 'synced', failed: 'error' },
  call: 'PATCH /api/v2/customers',
  delay: [3, 12],
  failures: customerFailures,
  failureChance: 0.12,
  stamp: zoned,
  cells: ({ id, company, party, createdAt }) => ({
    customer_number: id,
    company: company.name,
    name: party,
    changed_at: zoned(createdAt),
  }),
  words: { noun: 'customer', done: 'written to the ERP', failed: 'not written to the ERP' },
};

export const emails: Flow = {
  name: 'emails',
  database: 'shop',
  table: 'outgoing_emails',
  columns: { key: 'email_id', state: 'status', doneAt: 'sent_at', failedAt: 'bounced_at' },
  states: { waiting: 'queued', done: 'sent', failed: 'bounced' },
  call: 'SMTP RCPT TO',
  delay: [1, 4],
  failures: emailFailures,
  failureChance: 0.04,
  stamp: zoned,
  cells: ({ id, company, party, origin, createdAt }) => ({
    email_id: id,
    company: company.name,
    recipient: party,
    subject: `Order ${origin} confirmed`,
    queued_at: zoned(createdAt),
  }),
  words: { noun: 'e-mail', done: 'sent', failed: 'bounced' },
};

export const invoices: Flow = {
  name: 'invoices',
  database: 'erp',
  table: 'invoices',
  columns: { key: 'invoice_no', state: 'portal_state', doneAt: 'published_at', failedAt: 'failed_at' },
  states: { waiting: 'posted', done: 'published', failed: 'failed' },
  call: 'PUT /portal/v1/invoices',
  delay: [4, 14],
  failures: invoiceFailures,
  failureChance: 0.08,
  stamp: zoneless,
  cells: ({ id, company, amount, currency, origin, createdAt }) => ({
    invoice_no: id,
    company: company.name,
    order_number: origin,
    posted_at: zoneless(createdAt),
    total: amount,
    currency,
  }),
  words: { noun: 'invoice', done: 'published on the portal', failed: 'not published on the portal' },
};
