/**
 * Orders, payments and customers of ten shops, the same at every start except for times. Of every 200 orders one has failed,
 * one is waiting, one is new and one was cancelled; the others were exported to the ERP.
 */
export const schemaSql = `
CREATE TABLE customers (
  id int PRIMARY KEY, country text NOT NULL, sync_state text NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE web_orders (
  id int PRIMARY KEY, order_number text NOT NULL, shop text NOT NULL, customer_id int NOT NULL, state text NOT NULL,
  created_at timestamptz NOT NULL, exported_at timestamptz, failed_at timestamptz, error_code text, error_message text,
  total numeric(12, 2) NOT NULL, currency text NOT NULL);
CREATE TABLE payments (
  id int PRIMARY KEY, order_id int NOT NULL, method text NOT NULL, state text NOT NULL,
  received_at timestamptz NOT NULL, amount numeric(12, 2) NOT NULL);
CREATE TABLE datamoves (
  shop text NOT NULL, name text NOT NULL, status text NOT NULL, started_at timestamptz, finished_at timestamptz,
  PRIMARY KEY (shop, name));
`;

/** Number of orders, and of payments except for some that are missing or duplicated. */
export const orderCount = 200_000;

export const dataSql = `
INSERT INTO customers
SELECT i, (ARRAY['BE','NL','DE','FR','LU','ES','IT','PT','AT','DK'])[1 + i / 200 % 10],
  CASE WHEN i % 100 = 0 THEN 'failed' WHEN i % 100 = 50 THEN 'waiting' ELSE 'synced' END,
  now() - (20000 - i) * interval '5 minutes'
FROM generate_series(0, 19999) AS i;

INSERT INTO web_orders
SELECT i, 'W' || lpad(i::text, 8, '0'), 'shop' || lpad((i / 200 % 10)::text, 2, '0'), i % 20000, s.state, s.created_at,
  CASE WHEN s.state = 'exported' THEN s.created_at + (60 + i % 600) * interval '1 second' END,
  CASE WHEN s.state = 'failed' THEN s.created_at + interval '90 seconds' END,
  CASE WHEN s.state = 'failed' THEN 'E' || lpad((i / 2000 % 10)::text, 3, '0') END,
  CASE WHEN s.state = 'failed' THEN 'Item ' || i % 977 || ' is blocked for sale in company 400' END,
  (i % 50000) / 100.0 + 5, (ARRAY['EUR','GBP','USD','DKK'])[1 + i / 7 % 4]
FROM generate_series(0, ${orderCount - 1}) AS i,
  LATERAL (SELECT now() - (${orderCount} - i) * interval '30 seconds' - interval '15 minutes' AS created_at,
    CASE i % 200 WHEN 0 THEN 'failed' WHEN 1 THEN 'waiting' WHEN 2 THEN 'new' WHEN 3 THEN 'cancelled'
    ELSE 'exported' END AS state) AS s;

INSERT INTO payments
SELECT i, CASE WHEN i % 5000 = 17 THEN -i WHEN i % 5000 = 19 THEN i - 1 ELSE i END,
  (ARRAY['card','transfer','ideal','paypal','invoice'])[1 + i % 5],
  CASE i % 100 WHEN 3 THEN 'received' WHEN 4 THEN 'refunded' WHEN 5 THEN 'failed' WHEN 6 THEN 'disputed'
  ELSE 'booked' END,
  now() - (${orderCount} - i) * interval '30 seconds' - interval '10 minutes',
  (i % 50000) / 100.0 + CASE WHEN i % 300 = 0 THEN 4 ELSE 5 END
FROM generate_series(0, ${orderCount - 1}) AS i;

INSERT INTO datamoves
SELECT 'shop' || lpad(s::text, 2, '0'), 'datamove-' || j, CASE WHEN j = 4 THEN 'failed' ELSE 'success' END,
  now() - j * interval '10 minutes', now() - j * interval '10 minutes' + interval '40 seconds'
FROM generate_series(0, 9) AS s, generate_series(1, 5) AS j;

CREATE INDEX ON web_orders (shop, created_at) WHERE state = 'failed';
CREATE INDEX ON web_orders (shop, created_at) WHERE state = 'waiting';
CREATE INDEX ON web_orders (shop, state);
CREATE INDEX ON web_orders (created_at);
CREATE INDEX ON web_orders (exported_at);
CREATE INDEX ON web_orders (shop, exported_at);
CREATE INDEX ON payments (order_id);
CREATE INDEX ON payments (received_at);
CREATE INDEX ON payments (state);
CREATE INDEX ON customers (sync_state);
`;
