import { describe, expect, it } from 'vitest';
import { SnapshotStore } from '../../../src/poll/snapshot.ts';
import type { DatabaseStatus } from '../../../src/poll/snapshot.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { renderOverview } from '../../../src/web/pages/overview.tsx';
import { company, config, monitor } from '../../helpers/fake-config.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const context = {
  now,
  timezone: 'Europe/Brussels',
  version: '1.2.3',
  routePrefix: '',
  assets: { style: '/assets/style.css', scripts: [] },
};

const task: TaskStatus = {
  key: 'k',
  monitor: monitor('web_orders'),
  companies: ['acme'],
  intervalSeconds: 60,
  reading: {
    samples: [],
    statuses: [{ company: 'acme', state: 'critical', text: '3 failed, 2 late' }],
    records: [],
    truncated: false,
    notes: ['One row has no key.'],
  },
  lastRun: now - 5000,
  lastSuccess: now - 5000,
  failure: null,
  durationSeconds: 0.1,
  runs: 1,
  failures: {},
  skipped: 0,
};

function page(
  change: Partial<TaskStatus> = {},
  title = 'ACME NV',
  { environment = '', database = {} }: { environment?: string; database?: Partial<DatabaseStatus> } = {},
): string {
  const snapshot = new SnapshotStore({
    taskChanged: () => {},
    taskRemoved: () => {},
    othersChanged: () => {},
  });
  const companies = [company('acme', { title, project: 'P-1234' }), company('empty')];
  snapshot.setConfig({ ...config([], undefined, companies), environment });
  snapshot.setTask({ ...task, ...change });
  snapshot.setDatabase({
    name: 'shop',
    driver: 'postgres',
    up: false,
    clockSkewSeconds: null,
    problem: 'refused',
    ...database,
  });
  return renderOverview(snapshot, context);
}

describe('renderOverview', () => {
  it('names the environment first, if there is one', () => {
    expect(page()).toContain('<h1>erp-exporter</h1>');
    const html = page({}, 'ACME NV', { environment: '<test>' });
    expect(html).toContain('<h1>[&lt;test>] erp-exporter</h1>');
    expect(html).toContain('<title>[&lt;test>] erp-exporter</title>');
  });

  it('names company, monitor, state, words and the time of the data', () => {
    const html = page();
    for (const part of [
      'ACME NV',
      'P-1234',
      'web_orders',
      'orders',
      '>Critical<',
      '3 failed, 2 late',
      'One row has no key.',
      '5 s ago',
    ])
      expect(html).toContain(part);
    expect(html).toContain('datetime="2026-11-21T09:59:55.000Z"');
  });

  it('leaves out a company that no monitor serves', () => expect(page()).not.toContain('EMPTY'));

  it('says that a monitor has no data, and why', () => {
    const html = page({
      reading: null,
      lastSuccess: null,
      failure: { reason: 'timeout', message: 'no result' },
    });
    expect(html).toContain('>No data<');
    expect(html).toContain('The last run failed (timeout): no result');
    expect(html).toContain('>never<');
  });

  it('does not show old data as if it were fine', () => {
    const statuses = [{ company: 'acme', state: 'ok' as const, text: '0 failed' }];
    const reading = { samples: [], statuses, records: [], truncated: false, notes: [] };
    const html = page({ reading, failure: { reason: 'locked', message: 'waited too long' } });
    expect(html).toContain('>No data<');
    expect(html).not.toContain('>OK<');
    expect(html).toContain('0 failed. The last run failed (locked): waited too long');
  });

  it('says of OK below a limit, in one sentence, that it is', () => {
    const text = '1 missing in ERP, below the limit of 3';
    const statuses = [{ company: 'acme', state: 'ok' as const, text }];
    const html = page({ reading: { samples: [], statuses, records: [], truncated: false, notes: [] } });
    expect(html).toContain('<td class="problem">OK, 1 missing in ERP, below the limit of 3</td>');
  });

  it('tells of a database that is down', () => {
    expect(page()).toContain('<td class="problem">refused</td>');
  });

  it.each([
    [0.25, 'ok', 'OK, clock 0.25 s off'],
    [-60, 'ok', 'OK, clock -60.00 s off'],
    [60.5, 'warning', 'clock 60.50 s off'],
    [-3600, 'warning', 'clock -3600.00 s off'],
    [null, 'ok', 'OK'],
  ])('says of a database whose clock is %s s off that it is %s', (clockSkewSeconds, state, text) => {
    const html = page({}, 'ACME NV', { database: { up: true, clockSkewSeconds, problem: '' } });
    expect(html).toMatch(new RegExp(`class="state ${state}"[^\\n]*<td>shop</td>`));
    expect(html).toContain(`<td class="problem">${text}</td>`);
  });

  it('lists the records of the company, linked by record_url', () => {
    const record = (company: string, name: string, url: string) => ({
      company,
      state: 'failed' as const,
      record: name,
      since: now - 60_000,
      error: 'Credit <limit>',
      code: 'http:422',
      call: 'POST /orders',
      url,
    });
    const url = 'https://shop.example/orders/W%201%2F2?from=erp&x=1';
    const records = [record('acme', 'W 1/2', url), record('acme', 'W-3', ''), record('other', 'W-9', url)];
    const reading = { samples: [], statuses: [], records, truncated: false, notes: [] };
    const html = page({ reading });
    expect(html).toContain('<a href="https://shop.example/orders/W%201%2F2?from=erp&amp;x=1">W 1/2</a>');
    expect(html).toContain('POST /orders · http:422 · Credit &lt;limit>');
    expect(html).not.toContain('W-9');
    expect(html).toContain('failed W-3,');
  });

  it('lets no text break out of its place', () => {
    const html = page(
      { failure: { reason: 'query', message: '<script>alert(1)</script>' } },
      '"><img src=x onerror=alert(1)>',
    );
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('&lt;script>');
  });
});
