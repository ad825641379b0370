import { failureReasons } from '../../src/monitors/contract.ts';
import type { FailureReason } from '../../src/monitors/contract.ts';
import { table } from './table.ts';

/** What each reason of a failed run means, and what to do about it. */
const explanations: Readonly<Record<FailureReason, readonly [meaning: string, action: string]>> = {
  unreachable: [
    'no connection, or the connection broke',
    'check network, host, port and TLS; is the server up?',
  ],
  login: [
    'user or password rejected',
    'correct them, if possible in `password_file`; retries are few, see above',
  ],
  timeout: ['no result within `timeout`', 'look at the query plan; add an index, or read a smaller window'],
  locked: ['a lock was not granted in time, or a deadlock', 'find the session that holds the lock'],
  permission: ['the login may not read a table, or tried to write', 'grant `SELECT`'],
  query: ['the server rejected the statement', "`erp-exporter try MONITOR` shows the server's message"],
  columns: [
    'a column is missing or of the wrong type, or a row belongs to a company that is not served',
    'use the alias that the message names; for companies their names, or `ignore_companies`',
  ],
  blind: [
    'the canary returned no row',
    'check row-level security, and whether the table was renamed or pruned',
  ],
  clock: [
    'the clocks of the two sides of a reconciliation differ too much',
    'synchronise the clocks (NTP): otherwise nothing can be said of what is new on both sides',
  ],
  series: ['too many series, or two with the same labels', 'aggregate in SQL'],
  internal: ['a bug in erp-exporter', 'please report it, with the log'],
};

/** The closed list of `erp_monitor_failures_total{reason}`, as a table of Markdown. */
export function reasonsTable(): string {
  return table([
    ['reason', 'meaning', 'what to do'],
    ...failureReasons.map((reason) => [`\`${reason}\``, ...explanations[reason]]),
  ]);
}
