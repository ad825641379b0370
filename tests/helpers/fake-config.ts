import { z } from 'zod';
import { always } from '../../src/calendar/calendar.ts';
import type { Calendar } from '../../src/calendar/calendar.ts';
import type { Company, Config, MonitorConfig } from '../../src/config/config.ts';
import type { DatabaseSettings } from '../../src/databases/contract.ts';
import type { Family, MonitorKind, Reading } from '../../src/monitors/contract.ts';

export const rowsFamily: Family = {
  name: 'erp_test_rows',
  help: 'Rows that the query returned. Polled and cached.',
  type: 'gauge',
  labels: [],
};

/** A kind that counts the rows of one statement: enough to see what a poller does. */
export const countingKind: MonitorKind = {
  kind: 'counting',
  description: 'Counts rows.',
  settings: z.object({}),
  question: 'How many rows are there?',
  families: [rowsFamily],
  queries: () => [],
  async observe(run): Promise<Reading> {
    const sql = (run.settings as { sql?: string }).sql ?? 'select';
    const { signal, maxRows, timeoutMs } = run;
    const count = (await Array.fromAsync(run.database('shop').query(sql, {}, { signal, maxRows, timeoutMs })))
      .length;
    return {
      samples: run.companies.map((company) => ({ family: rowsFamily, company, labels: {}, value: count })),
      statuses: run.companies.map((company) => ({ company, state: 'ok' as const, text: `${count} rows` })),
      records: [],
      truncated: false,
      notes: [],
    };
  },
};

export function company(name: string, change: Partial<Company> = {}): Company {
  return { name, title: name.toUpperCase(), project: '', language: 'en', timezone: 'UTC', ...change };
}

export function monitor(name: string, change: Partial<MonitorConfig> = {}): MonitorConfig {
  return {
    name,
    kind: countingKind,
    settings: {},
    flow: 'orders',
    companies: ['acme'],
    ignoredCompanies: [],
    shared: false,
    criticality: 'normal',
    schedule: { everyMs: 60_000 },
    calendar: always satisfies Calendar,
    calendarKey: 'always',
    timeoutMs: 10_000,
    runTimeoutMs: change.timeoutMs ?? 10_000,
    holdMs: 3_600_000,
    maxRows: 1000,
    maxBytes: 67_108_864,
    maxSeries: 1000,
    responder: '',
    sends: '',
    databases: ['shop'],
    ...change,
  };
}

export function database(name: string, change: Partial<DatabaseSettings> = {}): DatabaseSettings {
  return {
    name,
    driver: 'fake',
    host: 'localhost',
    timezone: 'UTC',
    connections: 2,
    connectTimeoutMs: 5000,
    lockTimeoutMs: 2000,
    tls: { mode: 'disable' },
    ...change,
  };
}

export function config(
  monitors: readonly MonitorConfig[],
  databases: readonly DatabaseSettings[] = [database('shop')],
  companies: readonly Company[] = [company('acme'), company('globex')],
): Config {
  return {
    environment: '',
    timezone: 'UTC',
    databases: new Map(databases.map((entry) => [entry.name, entry])),
    companies: new Map(companies.map((entry) => [entry.name, entry])),
    responders: new Map(),
    alerting: { notify: [] },
    maintenance: [],
    stateFile: ':memory:',
    knownErrors: { errors: [] },
    monitors,
  };
}
