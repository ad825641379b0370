import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  escapeLabel,
  formatValue,
  header,
  renderLive,
  renderOthers,
  renderTask,
} from '../../src/metrics/exposition.ts';
import { failureReasons } from '../../src/monitors/contract.ts';
import type { Family } from '../../src/monitors/contract.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { company, monitor, rowsFamily } from '../helpers/fake-config.ts';

const base: TaskStatus = {
  key: 'k',
  monitor: monitor('web_orders', { responder: 'it', criticality: 'critical' }),
  companies: ['acme'],
  intervalSeconds: 60,
  reading: null,
  lastRun: null,
  lastSuccess: null,
  failure: null,
  durationSeconds: 0,
  runs: 0,
  failures: {},
  skipped: 0,
};
const nothing = {
  tasks: [],
  databases: [],
  companies: [],
  knownErrors: [],
  maintenance: [],
  environment: '',
};
const labels = 'company="acme",flow="orders",monitor="web_orders"';
const text = (task: TaskStatus) => [...renderTask(task, () => 'nl', '').values()].join('');

/** Reads a quoted label value back as Prometheus does. */
function unescape(value: string): string {
  return value.replaceAll(/\\([\\"n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

describe('escapeLabel', () => {
  it('can be read back whatever the value, and leaves no bare quote or line end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const escaped = escapeLabel(value);
        expect(unescape(escaped)).toBe(value);
        expect(escaped).not.toMatch(/\n|(?<!\\)(?:\\\\)*"/);
      }),
    );
  });
});

describe('formatValue', () => {
  it.each([
    [0, '0'],
    [-1.5, '-1.5'],
    [1_795_255_200.123, '1795255200.123'],
    [1e21, '1e+21'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [NaN, 'NaN'],
  ])('%d is written %s', (value, expected) => expect(formatValue(value)).toBe(expected));
});

describe('header', () => {
  it('escapes what would end the line', () => {
    const family: Family = { name: 'x', help: 'a\\b\nc', type: 'gauge', labels: [] };
    expect(header(family)).toBe('# HELP x a\\\\b\\nc\n# TYPE x gauge\n');
  });
});

describe('renderTask', () => {
  it('says nothing of runs before the first has ended', () => {
    const failures = failureReasons.map(
      (reason) => `erp_monitor_failures_total{${labels},reason="${reason}"} 0`,
    );
    expect(text({ ...base, monitor: { ...base.monitor, sends: 'mail' } })).toContain(',sends="mail"} 1\n');
    expect(text(base).split('\n').sort()).toEqual([
      '',
      ...failures.toSorted(),
      `erp_monitor_info{${labels},kind="counting",database="shop",criticality="critical",responder="it",language="nl",sends=""} 1`,
      `erp_monitor_interval_seconds{${labels}} 60`,
      `erp_monitor_runs_total{${labels}} 0`,
      `erp_monitor_skipped_runs_total{${labels}} 0`,
    ]);
  });

  it('keeps the last good reading and its time while runs fail', () => {
    const task: TaskStatus = {
      ...base,
      lastRun: 2_000,
      lastSuccess: 1_000,
      failure: { reason: 'timeout', message: 'too slow' },
      runs: 2,
      failures: { timeout: 1 },
      reading: {
        samples: [{ family: rowsFamily, company: 'acme', labels: {}, value: 7 }],
        statuses: [],
        records: [],
        truncated: true,
        notes: ['a row is odd.', 'another, too.'],
      },
    };
    const lines = text(task);
    expect(lines).toContain(`erp_monitor_success{${labels}} 0\n`);
    expect(lines).toContain(`erp_monitor_last_success_timestamp_seconds{${labels}} 1\n`);
    expect(lines).toContain(`erp_monitor_last_run_timestamp_seconds{${labels}} 2\n`);
    expect(lines).toContain(`erp_monitor_failures_total{${labels},reason="timeout"} 1\n`);
    expect(lines).toContain(`erp_monitor_truncated{${labels}} 1\n`);
    expect(lines).toContain(`erp_monitor_notes{${labels}} 2\n`);
    expect(lines).toContain(`erp_test_rows{${labels}} 7\n`);
  });

  it('writes each company of a run that serves several', () => {
    const lines = text({ ...base, companies: ['acme', 'glo"bex'] });
    expect(lines).toContain(
      'erp_monitor_runs_total{company="glo\\"bex",flow="orders",monitor="web_orders"} 0\n',
    );
  });
});

describe('renderLive', () => {
  it('asks calendar and live samples for the time of the scrape', () => {
    const live = (now: number) => [{ family: rowsFamily, company: 'acme', labels: {}, value: now / 1000 }];
    const calendar = { isOpen: (at: number) => at > 5000, openSeconds: () => 0 };
    const task: TaskStatus = {
      ...base,
      monitor: { ...base.monitor, calendar },
      reading: { samples: [], live, statuses: [], records: [], truncated: false, notes: [] },
    };
    expect(renderLive({ ...nothing, tasks: [task] }, 4000)).toContain(`erp_monitor_open{${labels}} 0\n`);
    expect(renderLive({ ...nothing, tasks: [task] }, 9000)).toContain(`erp_monitor_open{${labels}} 1\n`);
    expect(renderLive({ ...nothing, tasks: [task] }, 9000)).toContain(`erp_test_rows{${labels}} 9\n`);
  });
});

describe('maintenance', () => {
  it('is told of what a window covers, while it is active', () => {
    const window = {
      reason: 'update',
      isActive: (at: number) => at > 5000,
      activeUntil: (at: number) => (at > 5000 ? 9000 : null),
      covers: (company: string) => company === 'acme',
    };
    const task = { ...base, companies: ['acme', 'globex'] };
    const value = (company: string, at: number) =>
      new RegExp(`^erp_maintenance_active\\{company="${company}".*\\} (\\d)$`, 'm').exec(
        renderLive({ ...nothing, tasks: [task], maintenance: [window] }, at),
      )?.[1];
    expect([value('acme', 4000), value('acme', 6000), value('globex', 6000)]).toEqual(['0', '1', '0']);
  });
});

describe('renderOthers', () => {
  it('writes databases and companies, and no skew that is not known', () => {
    const lines = renderOthers({
      ...nothing,
      databases: [
        { name: 'shop', driver: 'postgres', up: true, clockSkewSeconds: -0.5, problem: '' },
        { name: 'erp', driver: 'mssql', up: false, clockSkewSeconds: null, problem: 'refused' },
      ],
      companies: [company('acme', { title: 'ACME NV', project: 'P-1', language: 'nl' })],
    });
    expect(lines).toContain('erp_database_up{database="shop",driver="postgres"} 1\n');
    expect(lines).toContain('erp_database_up{database="erp",driver="mssql"} 0\n');
    expect(lines).toContain('erp_database_clock_skew_seconds{database="shop",driver="postgres"} -0.5\n');
    expect(lines).not.toContain('skew_seconds{database="erp"');
    expect(lines).toContain(
      'erp_company_info{company="acme",title="ACME NV",project="P-1",language="nl"} 1\n',
    );
  });

  it('writes what a known error means and what to do about it, in each language', () => {
    const texts = (kind: string) => ({
      en: `${kind} en`,
      nl: `${kind} nl`,
      de: `${kind} de`,
      fr: `${kind} fr`,
    });
    const entry = {
      id: 'credit-limit',
      category: 'credit',
      responder: 'customer',
      retryable: false,
      own: false,
      flows: [],
      codes: [],
      patterns: ['credit'],
      example: '',
      title: texts('title'),
      explanation: texts('meaning'),
      action: texts('action'),
    } as const;
    const lines = renderOthers({ ...nothing, knownErrors: [entry] });
    for (const language of ['en', 'nl', 'de', 'fr'])
      expect(lines).toContain(
        `erp_known_error_info{error="credit-limit",category="credit",responder="customer",language="${language}",explanation="meaning ${language}",action="action ${language}"} 1\n`,
      );
  });
});

describe('the environment', () => {
  const environment = 'te"st\\';
  const bearing = 'environment="te\\"st\\\\"';

  it('stands on every series, whatever its characters', () => {
    const task: TaskStatus = {
      ...base,
      companies: ['acme', 'globex'],
      lastRun: 2_000,
      lastSuccess: 2_000,
      reading: {
        samples: [{ family: rowsFamily, company: 'acme', labels: {}, value: 7 }],
        live: () => [{ family: rowsFamily, company: 'globex', labels: {}, value: 8 }],
        statuses: [],
        records: [],
        truncated: false,
        notes: [],
      },
    };
    const parts = {
      ...nothing,
      tasks: [task],
      databases: [{ name: 'shop', driver: 'postgres', up: true, clockSkewSeconds: 0, problem: '' }],
      companies: [company('acme')],
      environment,
    };
    const lines = [
      ...renderTask(task, () => 'nl', environment).values(),
      renderLive(parts, 3_000),
      renderOthers(parts),
    ]
      .join('')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.length).toBeGreaterThan(30);
    expect(lines.filter((line) => !line.includes(`{${bearing},`))).toEqual([]);
  });
});
