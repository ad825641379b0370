import type { Remedies, Remedy } from '../../src/config/config.ts';
import type { OpenRecord } from '../../src/monitors/contract.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { records } from '../../src/monitors/records/index.ts';
import { always } from '../../src/calendar/calendar.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const start = Date.parse('2026-11-23T10:00Z');

export function remedy(
  changes: Partial<Omit<Remedy, 'limits'>> & { limits?: Partial<Remedy['limits']> } = {},
): Remedy {
  return {
    name: 'relaunch',
    errors: new Set(['rate-limit']),
    monitors: 'all',
    companies: 'all',
    isDryRun: false,
    byHand: 'same',
    action: {
      type: 'http',
      method: 'POST',
      url: 'http://erp.example/orders/{record}/relaunch',
      headers: {},
      headerFiles: {},
      allowsPrivate: true,
      timeoutMs: 5000,
    },
    ...changes,
    limits: { waitMs: 10 * minute, attempts: 3, pauseMs: 15 * minute, perHour: 20, ...changes.limits },
  };
}

export function remediesOf(list: readonly Remedy[], changes: Partial<Remedies> = {}): Remedies {
  return { remedies: list, perHour: 60, leastSuccess: 0.5, databases: new Map(), ...changes };
}

export interface FailedRecord {
  readonly record: string;
  readonly since: number | null;
  readonly company?: string;
  readonly error?: string;
}

export function openRecord({
  record,
  since,
  company = 'acme',
  error = 'rate-limit',
}: FailedRecord): OpenRecord {
  return {
    company,
    state: 'failed',
    record,
    since,
    amount: '',
    currency: '',
    code: 'http:429',
    call: '',
    errorClass: { error, category: 'rate_limit', known: true, responder: '', retryWaitMs: 1 },
    isAwaitingRetry: false,
    error: 'too many requests',
    url: '',
    left: '',
    right: '',
  };
}

/** A task that was read at `at`, every minute. */
export function taskOf(
  failed: readonly FailedRecord[],
  at: number,
  changes: Partial<TaskStatus> & { readonly truncated?: boolean } = {},
): TaskStatus {
  const { truncated = false, ...status } = changes;
  const companies = ['acme', 'bolt'];
  return {
    key: 'web_orders',
    monitor: {
      name: 'web_orders',
      kind: records,
      settings: { failed: 'SELECT' },
      flow: 'orders',
      companies,
      ignoredCompanies: [],
      shared: true,
      criticality: 'normal',
      schedule: { everyMs: minute },
      calendar: always,
      calendarKey: 'always',
      timeoutMs: 5000,
      runTimeoutMs: 5000,
      holdMs: hour,
      maxRows: 100,
      maxBytes: 1_000_000,
      maxSeries: 100,
      responder: '',
      sends: '',
      databases: ['shop'],
    },
    companies,
    intervalSeconds: 60,
    reading: {
      samples: [],
      statuses: [],
      records: failed.map(openRecord),
      truncated,
      notes: [],
    },
    lastRun: at,
    lastSuccess: at,
    failure: null,
    durationSeconds: 0.1,
    runs: 1,
    failures: {},
    skipped: 0,
    ...status,
  };
}
