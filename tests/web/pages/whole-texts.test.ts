import { describe, expect, it } from 'vitest';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { records } from '../../../src/monitors/records/index.ts';
import type { TaskStatus } from '../../../src/poll/task-status.ts';
import { renderMonitor } from '../../../src/web/pages/monitor.tsx';
import { renderStatus } from '../../../src/web/pages/status.tsx';
import { monitorOf } from '../../../src/web/view/monitor.ts';
import { MemoryDatabase, observe } from '../../monitors/run.ts';
import { inEachLanguage } from '../status/page.ts';
import { assets, everything, hour, now, pageContext, recordsReading, snapshotOf, taskOf } from '../world.ts';

function monitorPage(task: TaskStatus, codes: readonly string[] = []): string {
  const place = { company: 'acme', monitor: task.monitor.name };
  const query = { search: '', order: 'urgency', offset: 0, limit: 50 } as const;
  const view = monitorOf(snapshotOf([task], { acme: 'ACME' }, codes), everything, place, query, now);
  if (view === undefined) throw new Error('there is no such monitor');
  return renderMonitor(pageContext(), view, { assets, refresh: { isRunning: false }, history: undefined });
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
  it('is shown with its error, what to do about it and whose turn it is', async () => {
    const row = { job: 'stock-in', status: 'failed', started: new Date(now - hour), error: 'row is locked' };
    const known = {
      error: 'class-lock',
      category: 'C',
      known: true,
      responder: 'erp_partner',
      retryWaitMs: 0,
    };
    const database = new MemoryDatabase({
      Q: [row, { ...row, job: 'stock-out', status: 'success', error: null }],
    });
    const reading = await observe(jobs, { query: 'Q' }, database, { classify: () => known });
    const html = monitorPage(taskOf('datamoves', jobs, ['acme'], reading), ['lock']);
    const [, failed = '', fine = ''] = html.split('<th scope="row">');
    expect(failed).toContain('<code>row is locked</code>');
    expect(failed).toContain('<strong>Action for lock</strong>');
    expect(failed).toContain('ERP partner');
    expect(fine).not.toMatch(/<code>|<strong>/);
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
