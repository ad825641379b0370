/** Tables of the shop. Zoned timestamps, as shops of our days have them. */
export const shopSchema = `
CREATE TABLE web_orders (
  order_number text PRIMARY KEY, company text NOT NULL, customer text NOT NULL, created_at timestamptz NOT NULL,
  export_state text NOT NULL CHECK (export_state IN ('waiting', 'exported', 'failed')),
  exported_at timestamptz, failed_at timestamptz, error_message text, error_code text, api_call text,
  total numeric(12,2) NOT NULL, currency char(3) NOT NULL,
  payment_state text NOT NULL CHECK (payment_state IN ('paid', 'open'))
);
CREATE INDEX ON web_orders (created_at);
CREATE INDEX ON web_orders (exported_at);
CREATE TABLE payments (
  payment_id text PRIMARY KEY, company text NOT NULL, order_number text NOT NULL, provider text NOT NULL,
  paid_at timestamptz NOT NULL, booking_state text NOT NULL CHECK (booking_state IN ('paid', 'booked', 'rejected')),
  booked_at timestamptz, rejected_at timestamptz, error_message text, error_code text, api_call text,
  amount numeric(12,2) NOT NULL, currency char(3) NOT NULL
);
CREATE INDEX ON payments (paid_at);
CREATE INDEX ON payments (booked_at);
CREATE TABLE customers (
  customer_number text PRIMARY KEY, company text NOT NULL, name text NOT NULL, changed_at timestamptz NOT NULL,
  sync_state text NOT NULL CHECK (sync_state IN ('changed', 'synced', 'error')),
  synced_at timestamptz, error_at timestamptz, error_message text, error_code text, api_call text
);
CREATE INDEX ON customers (changed_at);
CREATE TABLE outgoing_emails (
  email_id bigint PRIMARY KEY, company text NOT NULL, recipient text NOT NULL, subject text NOT NULL,
  queued_at timestamptz NOT NULL, status text NOT NULL CHECK (status IN ('queued', 'sent', 'bounced')),
  sent_at timestamptz, bounced_at timestamptz, error_message text, error_code text, api_call text
);
CREATE INDEX ON outgoing_emails (queued_at);
`;

/** Tables of the ERP. Like many of its kind it writes the wall clock of its server, without a zone. */
export const erpSchema = `
CREATE TABLE sales_orders (
  document_no text PRIMARY KEY, company text NOT NULL, external_no text NOT NULL UNIQUE, customer text NOT NULL,
  booked_at timestamp NOT NULL, total numeric(12,2) NOT NULL, currency char(3) NOT NULL,
  payment_status char(1) NOT NULL CHECK (payment_status IN ('P', 'O'))
);
CREATE INDEX ON sales_orders (booked_at);
CREATE TABLE payment_entries (
  entry_no text PRIMARY KEY, company text NOT NULL, external_no text NOT NULL, order_number text NOT NULL,
  booked_at timestamp NOT NULL, amount numeric(12,2) NOT NULL, currency char(3) NOT NULL
);
CREATE INDEX ON payment_entries (external_no);
CREATE INDEX ON payment_entries (booked_at);
CREATE TABLE invoices (
  invoice_no text PRIMARY KEY, company text NOT NULL, order_number text NOT NULL, posted_at timestamp NOT NULL,
  portal_state text NOT NULL CHECK (portal_state IN ('posted', 'published', 'failed')),
  published_at timestamp, failed_at timestamp, error_message text, error_code text, api_call text,
  total numeric(12,2) NOT NULL, currency char(3) NOT NULL
);
CREATE INDEX ON invoices (posted_at);
CREATE TABLE datamove_jobs (
  company text NOT NULL, name text NOT NULL, description text NOT NULL, enabled boolean NOT NULL,
  PRIMARY KEY (company, name)
);
CREATE TABLE datamove_runs (
  run_id bigint PRIMARY KEY, company text NOT NULL, job text NOT NULL, started_at timestamp NOT NULL,
  finished_at timestamp, status text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed')),
  rows_moved integer, message text
);
CREATE INDEX ON datamove_runs (company, job, started_at);
CREATE TABLE crm_sync_log (
  sync_id bigint PRIMARY KEY, company text NOT NULL, done_at timestamptz NOT NULL,
  accepted integer NOT NULL, rejected integer NOT NULL, message text
);
CREATE INDEX ON crm_sync_log (company, done_at);
`;

/** Where an unqualified name of a table is looked for: the two sides have no name in common. */
export const searchPath = 'shop,erp';

/** The tables of both sides in one database, each side's in its own schema. For one transaction. */
export const bothSchemas: readonly string[] = [
  'CREATE SCHEMA shop',
  'CREATE SCHEMA erp',
  'SET LOCAL search_path = shop',
  shopSchema,
  'SET LOCAL search_path = erp',
  erpSchema,
  `SET LOCAL search_path = ${searchPath}`,
];

const keepNewest = (table: string, stamp: string, condition: string, kept: number): string =>
  `DELETE FROM ${table} WHERE ${condition} AND ${stamp} <
     (SELECT ${stamp} FROM ${table} WHERE ${condition} ORDER BY ${stamp} DESC OFFSET ${kept - 1} LIMIT 1)`;

/** Makes room, so that the demo can run for days: of each table, `kept` finished rows stay. Open documents always do. */
export const pruneShop = (kept: number): readonly string[] => [
  keepNewest('web_orders', 'created_at', `export_state = 'exported'`, kept),
  keepNewest('payments', 'paid_at', `booking_state = 'booked'`, kept),
  keepNewest('customers', 'changed_at', `sync_state = 'synced'`, kept),
  keepNewest('outgoing_emails', 'queued_at', `status = 'sent'`, kept),
];

/** As `pruneShop`, for the ERP. */
export const pruneErp = (kept: number): readonly string[] => [
  keepNewest('sales_orders', 'booked_at', 'true', kept),
  keepNewest('payment_entries', 'booked_at', 'true', kept),
  keepNewest('invoices', 'posted_at', `portal_state = 'published'`, kept),
  keepNewest('datamove_runs', 'started_at', `status <> 'running'`, kept),
];
