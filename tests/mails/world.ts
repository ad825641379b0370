import type { Config, MailPlan, Mails, ReportMail, SignOfLife } from '../../src/config/config.ts';
import { MailService } from '../../src/mails/service.ts';
import type { Mailer } from '../../src/mails/smtp/contract.ts';
import { SmtpMailer } from '../../src/mails/smtp/mailer.ts';
import type { Handler, OutboxStore } from '../../src/outbox/contract.ts';
import { Dispatcher } from '../../src/outbox/dispatcher.ts';
import { openSqliteStore } from '../../src/outbox/sqlite-store.ts';
import { initialStatus } from '../../src/poll/task-status.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import { PrometheusError } from '../../src/prometheus/problem.ts';
import type { Asker } from '../../src/prometheus/asker.ts';
import type { Language } from '../../src/known-errors/catalogue.ts';
import { Translator } from '../../src/texts/translator.ts';
import { company, config, monitor, rowsFamily } from '../helpers/fake-config.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
/** Monday 23 November 2026, 07:00 in Brussels. */
export const monday = Date.parse('2026-11-23T06:00Z');

export const report = (changes: Partial<ReportMail> = {}): ReportMail => ({
  ...{ type: 'report', name: 'weekly', period: 'week', cron: '0 7 * * mon', timezone: 'Europe/Brussels' },
  ...{ companies: ['acme'], to: ['a@acme.example'], language: 'en' },
  ...changes,
});
export const sign = (changes: Partial<SignOfLife> = {}): SignOfLife => ({
  ...{ type: 'sign_of_life', name: 'alive', cron: '0 7 * * mon', timezone: 'Europe/Brussels' },
  ...{ companies: ['acme'], to: ['a@acme.example'], language: 'en' },
  ...changes,
});

/** A task that was read at `at`, or never. */
export function watched(
  name: string,
  companies: readonly string[],
  at: number | null,
  state: 'ok' | 'critical' = 'ok',
): TaskStatus {
  const own = monitor(name, { companies, flow: `flow-${name}` });
  const status = initialStatus({ key: name, monitor: own, companies });
  if (at === null) return status;
  const failed = { ...rowsFamily, name: 'erp_failed_records' };
  return {
    ...status,
    ...{ lastRun: at, lastSuccess: at, runs: 1 },
    reading: {
      samples: companies.map((of) => ({
        family: failed,
        company: of,
        labels: {},
        value: state === 'ok' ? 0 : 7,
      })),
      statuses: companies.map((of) => ({ company: of, state, text: state })),
      records: [],
      truncated: false,
      notes: [],
    },
  };
}

/** A Prometheus that knows of each company a monitor that bears its name, and is asked for one at a time. */
const planting: Asker = (expression, { from, stepMs }) => {
  const name = /company="([^"]*)"/.exec(expression)?.[1] ?? '';
  if (!expression.includes('erp_monitor_state')) return Promise.resolve([]);
  const labels = { figure: 'state', state: 'ok', flow: `PLANTED-${name}`, monitor: `of-${name}` };
  return Promise.resolve([{ metric: labels, values: [[(from + stepMs) / 1000, '1']] }] as never);
};

export interface World {
  readonly store: OutboxStore;
  readonly service: MailService;
  readonly snapshot: SnapshotStore;
  readonly logged: readonly string[];
  /** Works on what is due, from now on. */
  dispatch(owner?: string): Dispatcher;
  close(): Promise<void>;
}

interface WorldOptions {
  readonly plans: readonly MailPlan[];
  readonly port?: number;
  readonly mailer?: Mailer;
  readonly store?: OutboxStore;
  readonly clock: { now: number; isPrometheusUp?: boolean; questions?: number };
  readonly change?: Partial<Config>;
  readonly tasks?: readonly TaskStatus[];
}

/** Mails of one process. */
export function worldOf({
  plans,
  port = 1,
  mailer,
  store: given,
  clock,
  change = {},
  tasks = [],
}: WorldOptions): World {
  const store = given ?? openSqliteStore(':memory:', { leaseClock: () => performance.now() });
  const server = { host: '127.0.0.1', port, from: 'ERP <erp@acme.example>', requireTls: false };
  const mails: Mails = { server, plans };
  const whole: Config = {
    ...config([], undefined, [company('acme'), company('bolt'), company('globex')]),
    mails,
    prometheus: { url: 'http://127.0.0.1:1', labels: {}, timeoutMs: 1000 },
    ...change,
  };
  const silent = () => undefined;
  const snapshot = new SnapshotStore({ taskChanged: silent, taskRemoved: silent, othersChanged: silent });
  snapshot.setConfig(whole);
  for (const task of tasks) snapshot.setTask(task);
  const logged: string[] = [];
  const note = (event: string, fields: Readonly<Record<string, unknown>> = {}) =>
    void logged.push(`${event} ${JSON.stringify(fields)}`);
  const log = { debug: silent, info: note, warn: note, error: note };
  const now = () => clock.now;
  const service = new MailService({
    ...{ config: whole, mails, store, snapshot, log, now },
    mailer: mailer ?? new SmtpMailer({ server, secret: () => Promise.reject(new Error('no secrets')) }),
    asker: () => (expression, steps) => {
      clock.questions = (clock.questions ?? 0) + 1;
      return clock.isPrometheusUp === false
        ? Promise.reject(new PrometheusError('unreachable', 'connection refused'))
        : planting(expression, steps);
    },
    translator: (language) => new Translator(language as Language),
    startedAt: monday - 30 * day,
  });
  const dispatchers: Dispatcher[] = [];
  return {
    store,
    service,
    snapshot,
    logged,
    dispatch(owner = 'me') {
      const dispatcher = new Dispatcher({
        ...{ store, owner, log, now },
        handlers: () => new Map<string, Handler>([['mail', service.handler]]),
        events: { attempted: silent, settled: silent },
        random: () => 0.5,
        pollMs: 20,
      });
      dispatchers.push(dispatcher);
      dispatcher.start();
      return dispatcher;
    },
    async close() {
      await service.stop();
      for (const dispatcher of dispatchers) await dispatcher.stop();
      if (given === undefined) await store.close();
    },
  };
}
