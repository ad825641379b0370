-- The demo shop on PostgreSQL: its tables, and two logins. The container runs it once, on an empty volume.
\set ON_ERROR_STOP on
\getenv exporter_password EXPORTER_PASSWORD
\getenv link_password LINK_PASSWORD

-- The tables are those of the demo: src/demo/schema.ts.
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

-- The exporter's login may only read.
CREATE ROLE exporter LOGIN PASSWORD :'exporter_password';
GRANT SELECT ON ALL TABLES IN SCHEMA public TO exporter;
-- The login of the integration, which the demo simulates.
CREATE ROLE link LOGIN PASSWORD :'link_password';
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO link;
