/** One of the 20 queries: each row is one series. The column `value` holds a double, every other column is a label. */
export interface BenchQuery {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly sql: string;
  /** Rows that it returns on the data of `bench/data.ts`. */
  readonly rows: number;
}

const define = (
  name: string,
  help: string,
  rows: number,
  labels: readonly string[],
  sql: string,
): BenchQuery => ({
  name: `bench_${name}`,
  help,
  labels,
  sql: sql.replaceAll(/\s+/g, ' ').trim(),
  rows,
});

const byShop = ['shop'];

/** Typical queries on the link between shop and ERP: counts by status, the oldest record, sums, joins. 230 rows in total. */
export const queries: readonly BenchQuery[] = [
  define(
    'orders',
    'Orders by state.',
    50,
    ['shop', 'state'],
    'SELECT shop, state, count(*)::float8 AS value FROM web_orders GROUP BY shop, state',
  ),
  define(
    'order_amount',
    'Amount of the orders by state.',
    50,
    ['shop', 'state'],
    'SELECT shop, state, sum(total)::float8 AS value FROM web_orders GROUP BY shop, state',
  ),
  define(
    'failed_orders',
    'Orders that failed.',
    10,
    byShop,
    `SELECT shop, count(*)::float8 AS value FROM web_orders WHERE state = 'failed' GROUP BY shop`,
  ),
  define(
    'oldest_waiting',
    'Creation of the oldest waiting order.',
    10,
    byShop,
    `SELECT shop, extract(epoch FROM min(created_at))::float8 AS value FROM web_orders WHERE state = 'waiting'
     GROUP BY shop`,
  ),
  define(
    'oldest_failed',
    'Creation of the oldest failed order.',
    10,
    byShop,
    `SELECT shop, extract(epoch FROM min(created_at))::float8 AS value FROM web_orders WHERE state = 'failed'
     GROUP BY shop`,
  ),
  define(
    'recent_orders',
    'Orders of the last day.',
    10,
    byShop,
    `SELECT shop, count(*)::float8 AS value FROM web_orders WHERE created_at >= now() - interval '1 day' GROUP BY shop`,
  ),
  define(
    'payments',
    'Payments by state.',
    5,
    ['state'],
    'SELECT state, count(*)::float8 AS value FROM payments GROUP BY state',
  ),
  define(
    'payment_amount',
    'Amount of the payments by method.',
    5,
    ['method'],
    'SELECT method, sum(amount)::float8 AS value FROM payments GROUP BY method',
  ),
  define(
    'oldest_payment',
    'Receipt of the oldest payment that is not booked.',
    1,
    [],
    `SELECT extract(epoch FROM min(received_at))::float8 AS value FROM payments WHERE state = 'received'`,
  ),
  define(
    'orphan_payments',
    'Recent payments without an order.',
    1,
    [],
    `SELECT count(*)::float8 AS value FROM payments p WHERE p.received_at >= now() - interval '7 days'
     AND NOT EXISTS (SELECT 1 FROM web_orders o WHERE o.id = p.order_id)`,
  ),
  define(
    'paid_waiting',
    'Orders that are paid and still waiting.',
    10,
    byShop,
    `SELECT o.shop, count(*)::float8 AS value FROM web_orders o JOIN payments p ON p.order_id = o.id
     WHERE o.state = 'waiting' AND p.state = 'booked' GROUP BY o.shop`,
  ),
  define(
    'customers',
    'Customers by state of their sync.',
    3,
    ['state'],
    'SELECT sync_state AS state, count(*)::float8 AS value FROM customers GROUP BY sync_state',
  ),
  define(
    'unsynced_customers',
    'Customers waiting for their sync.',
    10,
    ['country'],
    `SELECT country, count(*)::float8 AS value FROM customers WHERE sync_state = 'waiting' GROUP BY country`,
  ),
  define(
    'errors',
    'Failed orders by code.',
    10,
    ['code'],
    `SELECT error_code AS code, count(*)::float8 AS value FROM web_orders WHERE state = 'failed' GROUP BY error_code`,
  ),
  define(
    'waiting_by_country',
    'Amount of the waiting orders by country.',
    10,
    ['country'],
    `SELECT c.country, sum(o.total)::float8 AS value FROM web_orders o JOIN customers c ON c.id = o.customer_id
     WHERE o.state = 'waiting' GROUP BY c.country`,
  ),
  define(
    'last_export',
    'Last export to the ERP.',
    10,
    byShop,
    `SELECT shop, extract(epoch FROM max(exported_at))::float8 AS value FROM web_orders
     WHERE exported_at >= now() - interval '7 days' GROUP BY shop`,
  ),
  define(
    'export_delay',
    'Mean time from order to export in the last day.',
    10,
    byShop,
    `SELECT shop, avg(extract(epoch FROM exported_at - created_at))::float8 AS value FROM web_orders
     WHERE exported_at >= now() - interval '1 day' GROUP BY shop`,
  ),
  define(
    'double_payments',
    'Recent orders that were paid twice.',
    1,
    [],
    `SELECT count(*)::float8 AS value FROM (SELECT order_id FROM payments
     WHERE received_at >= now() - interval '7 days' GROUP BY order_id HAVING count(*) > 1) AS doubles`,
  ),
  define(
    'wrong_payments',
    'Recent orders whose payment differs from their total.',
    10,
    byShop,
    `SELECT o.shop, count(*) FILTER (WHERE p.amount <> o.total)::float8 AS value FROM web_orders o
     JOIN payments p ON p.order_id = o.id WHERE o.created_at >= now() - interval '3 days' GROUP BY o.shop`,
  ),
  define(
    'turnover',
    'Turnover of the last week.',
    4,
    ['currency'],
    `SELECT currency, sum(total)::float8 AS value FROM web_orders WHERE created_at >= now() - interval '7 days'
     GROUP BY currency`,
  ),
];

/** Number of series of the 20 queries. */
export const baseSeries = queries.reduce((sum, { rows }) => sum + rows, 0);

/**
 * The query with its rows repeated, distinguished by a label `copy`, to exactly `rows` rows: more series without more work for the
 * database.
 */
export function scaled(query: BenchQuery, rows: number): BenchQuery {
  const copies = Math.ceil(rows / query.rows);
  const labels = [...query.labels, 'copy'];
  const sql =
    `SELECT q.*, to_char(copy, 'FM0000') AS copy FROM (${query.sql}) AS q ` +
    `CROSS JOIN generate_series(1, ${copies}) AS copy ORDER BY ${['copy', ...query.labels].join(', ')} LIMIT ${rows}`;
  return { ...query, labels, sql, rows };
}

/** The 20 queries with `series` rows in total: unchanged, or scaled to a twentieth each. */
export function queriesFor(series: number): readonly BenchQuery[] {
  if (series === baseSeries) return queries;
  if (series % queries.length !== 0) throw new RangeError(`${series} is not a multiple of ${queries.length}`);
  return queries.map((query) => scaled(query, series / queries.length));
}

/** `monitors` queries with `rows` rows each: the 20 queries in turn, each time under a new name. */
export function queriesTimes(monitors: number, rows: number): readonly BenchQuery[] {
  return Array.from({ length: Math.ceil(monitors / queries.length) }, (_, turn) =>
    queries.map((query) => ({ ...scaled(query, rows), name: `${query.name}_${turn}` })),
  )
    .flat()
    .slice(0, monitors);
}
