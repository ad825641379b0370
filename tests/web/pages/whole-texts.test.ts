import { describe, expect, it } from 'vitest';
import type { Language } from '../../../src/known-errors/catalogue.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { query } from '../../../src/monitors/query/index.ts';
import { records } from '../../../src/monitors/records/index.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { renderMonitor } from '../../../src/web/pages/monitor.tsx';
import { renderStatus } from '../../../src/web/pages/status.tsx';
import { monitorOf } from '../../../src/web/view/monitor.ts';
import { MemoryDatabase, observe } from '../../monitors/run.ts';
import { inEachLanguage } from '../status/page.ts';
import { assets, everything, hour, now, pageContext, recordsReading, snapshotOf, taskOf } from '../world.ts';

function monitorPage(task: TaskStatus, codes: readonly string[] = [], language: Language = 'en'): string {
  const place = { company: 'acme', monitor: task.monitor.name };
  const first = { search: '', order: 'urgency', offset: 0, limit: 50 } as const;
  const view = monitorOf(snapshotOf([task], { acme: 'ACME' }, codes), everything, place, first, now);
  if (view === undefined) throw new Error('there is no such monitor');
  return renderMonitor(pageContext(language), view, {
    assets,
    refresh: { isRunning: false },
    history: undefined,
    range: undefined,
  });
}

async function pageOfMessage(error: string): Promise<string> {
  const failed = [{ record: 'W-1', since: new Date(now - hour), error }];
  return monitorPage(taskOf('orders', records, ['acme'], await recordsReading({ failed })));
}

/** What is behind the fold; undefined where there is none. */
const folded = (html: string): string | undefined =>
  /<details class="trace">.*?<pre>(.*?)<\/pre>/s.exec(html)?.[1];

describe('a message of one line', () => {
  it.each(['short', '🦄'.repeat(100)])('that is shown whole needs no fold: %s', async (message) => {
    const html = await pageOfMessage(message);
    expect(html).toContain(`<code>${message}</code>`);
    expect(folded(html)).toBeUndefined();
  });

  it.each(['x'.repeat(201), `${'y'.repeat(9_990)} the end`])(
    'that is cut is whole behind a fold',
    async (message) => {
      expect(folded(await pageOfMessage(message))).toBe(message);
    },
  );

  it('that is longer than any is cut where no half of a secret remains', async () => {
    const message = `${'word,'.repeat(2398)}password=Hunter2Hunter2Hunter2Hunter2`;
    expect(message.indexOf('Hunter2')).toBeLessThan(12_000);
    expect(message.length).toBeGreaterThan(12_000);
    const text = folded(await pageOfMessage(message));
    expect(text).toMatch(/word…$/);
    expect(text).not.toContain('Hunter');
  });

  it('that is longer than any and has no place to cut it is cut at the limit', async () => {
    expect(folded(await pageOfMessage('z'.repeat(50_000)))).toBe(`${'z'.repeat(12_000)}…`);
  });
});

describe('a job that failed', () => {
  it('comes first, with its error, what to do about it and whose turn it is', async () => {
    const row = { job: 'stock-in', status: 'failed', started: new Date(now - hour), error: 'row is locked' };
    const known = {
      error: 'class-lock',
      category: 'C',
      known: true,
      responder: 'erp_partner',
      retryWaitMs: 0,
    };
    const fine = { ...row, job: 'archive', status: 'success', error: null };
    const database = new MemoryDatabase({ Q: [row, fine] });
    const reading = await observe(jobs, { query: 'Q' }, database, { classify: () => known });
    const html = monitorPage(taskOf('datamoves', jobs, ['acme'], reading), ['lock']);
    const [around = '', first = '', second = ''] = html.split('<th scope="row">');
    expect(around).toContain('<dt>Whose turn</dt><dd>ERP partner</dd>');
    expect(first).toContain('stock-in</th>');
    expect(first).toContain('>Failed</span>');
    expect(first).toContain('<code>row is locked</code>');
    expect(first).toContain('<strong>Action for lock</strong>');
    expect(first).toContain('ERP partner');
    expect(second).toContain('>Success</span>');
    expect(second).not.toMatch(/<code>|<strong>/);
  });
});

describe('figures', () => {
  it('of time have as many digits as anybody reads', async () => {
    const reading = await recordsReading({ failed: [] });
    const task = taskOf('orders', records, ['acme'], reading, { durationSeconds: 0.027_132_438_000_000_546 });
    expect(monitorPage(task)).toContain(', in 0.027 s.');
    expect(monitorPage(task, [], 'fr')).toContain(', en 0,027 s.');
  });

  it.each([
    ['below', 1.5, 'shop_stock: 1,5, onder de grens van 2'],
    ['above', 1234.25, 'shop_stock: 1.234,25, boven de grens van 2'],
  ])('say in the language of the page that they are %s their limit', async (direction, value, text) => {
    const metric = { name: 'shop_stock', help: 'Stock.', value: 'n', warning: { [direction]: 2 } };
    const database = new MemoryDatabase({ Q: [{ n: value }] });
    const reading = await observe(query, { query: 'Q', metrics: [metric] }, database);
    expect(monitorPage(taskOf('stock', query, ['acme'], reading), [], 'nl')).toContain(text);
  });
});

describe('the public view', () => {
  it('gives a card the colour of its gravest flow', () => {
    const flow = (state: 'ok' | 'warning' | 'closed') => ({
      name: inEachLanguage(state),
      state,
      message: null,
      since: null,
    });
    const companies = [[flow('ok'), flow('warning')], [flow('closed'), flow('ok')], [flow('ok')]].map(
      (flows) => ({
        name: inEachLanguage('A'),
        flows,
      }),
    );
    const status = { title: inEachLanguage('Status'), companies, changes: [] };
    const classes = [
      ...renderStatus(pageContext(), status, assets).matchAll(/<section class="(card [^"]*)"/g),
    ];
    expect(classes.map(([, name]) => name)).toEqual(['card warning', 'card closed', 'card ok']);
  });
});
