import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { MemoryDatabase, hour, minute, now, observe, seriesOf } from '../run.ts';

const day = 24 * hour;
const at = (ms: number) => new Date(ms);
const ago = (ms: number) => at(now - ms);

/** State, text and notes of one company over rows such as a scheduler's tables hold. */
async function judge(rows: readonly Row[], settings: Readonly<Record<string, unknown>> = {}) {
  const reading = await observe(jobs, { query: 'Q', ...settings }, new MemoryDatabase({ Q: rows }));
  const [{ state, text } = { state: undefined, text: undefined }] = reading.statuses;
  const series = seriesOf(reading);
  const statusOf = (job: string) =>
    Object.keys(series)
      .filter((name) => name.startsWith(`erp_job_status{acme,job_name=${job},`) && series[name] === 1)
      .map((name) => /status=(\w+)/.exec(name)?.[1]);
  return { state, text, notes: reading.notes, series, statusOf };
}

describe('Odoo', () => {
  // ir_cron up to 17: cron_name, active, nextcall, lastcall. It has no status.
  const cron = (job: string, due: number, row: Row = {}): Row => ({
    job,
    due: ago(due),
    enabled: true,
    ...row,
  });

  it('its cron is late when nextcall is past, whatever else is unknown', async () => {
    const fine = [cron('Mail: send', -5 * minute), cron('Stock: reorder', 10 * minute)];
    expect(await judge(fine)).toMatchObject({ state: 'ok', text: '2 jobs', notes: [] });
    const late = await judge([...fine, cron('Payment: post-process', 16 * minute)]);
    expect(late).toMatchObject({
      state: 'warning',
      text: '3 jobs, 1 not started in time (Payment: post-process)',
    });
    expect(late.series).toMatchObject({
      'erp_since_job_due_seconds{acme,job_name=Payment: post-process}': 960,
      'erp_since_job_due_seconds{acme,job_name=Mail: send}': 0,
      'erp_job_due_timestamp_seconds{acme,job_name=Mail: send}': (now + 5 * minute) / 1000,
      'erp_since_job_due_seconds_threshold{acme,job_name=,severity=warning}': 900,
    });
    expect(late.statusOf('Mail: send')).toEqual(['waiting']);
  });

  it('its cron is not late when it is archived, or when the limit is off', async () => {
    const archived = await judge([cron('Old', 9 * day, { enabled: false })], { disabled: ['Old'] });
    expect(archived).toMatchObject({ state: 'ok', text: '1 job, 1 disabled on purpose (Old)' });
    expect((await judge([cron('A', 9 * day)], { max_delay: { warning: 0 } })).state).toBe('ok');
    expect(
      await judge([cron('A', 3 * hour)], { max_delay: { warning: '1h', critical: '2h' } }),
    ).toMatchObject({
      state: 'critical',
    });
  });

  it('18: failure_count makes it failed, and lastcall a success without failures', async () => {
    const rows = [
      cron('good', -hour, { last_success: ago(minute), failures: 0 }),
      cron('bad', -hour, { last_success: null, failures: 3 }),
      cron('new', -hour, { last_success: null, failures: 0 }),
    ];
    const seen = await judge(rows, { max_age: { warning: '2h' } });
    expect(seen).toMatchObject({ state: 'warning', text: '3 jobs, 1 failed (bad: 3 times in a row)' });
    expect(['good', 'bad', 'new'].map(seen.statusOf)).toEqual([['success'], ['failed'], ['waiting']]);
    expect(seen.series).toMatchObject({
      'erp_job_failures_in_a_row{acme,job_name=bad}': 3,
      'erp_since_last_job_success_seconds{acme,job_name=good}': 60,
      'erp_job_never_ran{acme,job_name=new}': 1,
    });
  });

  it('its queue: each run that hangs counts, whatever is younger, and an eta is no wrong zone', async () => {
    const job = (state: string, started: number | null, finished: number | null = null): Row => ({
      job: 'root.orders',
      status: state,
      started: started === null ? null : ago(started),
      finished: finished === null ? null : ago(finished),
    });
    const rows = [job('started', 9 * hour), job('done', 2 * minute, minute), job('pending', -3 * hour)];
    const seen = await judge(rows, { max_runtime: '1h' });
    expect(seen).toMatchObject({ state: 'warning', text: '1 job, 1 stuck (root.orders)', notes: [] });
    expect(seen.statusOf('root.orders')).toEqual(['success']);
    expect(seen.series['erp_since_job_start_seconds{acme,job_name=root.orders}']).toBe(9 * 3600);
    // Lost between the channel and a worker: the others go on.
    const lost = await judge([job('enqueued', 2 * day), job('done', 2 * minute, minute)], {
      max_age: { warning: '1h' },
    });
    expect(lost).toMatchObject({ state: 'warning', text: '1 job, 1 not started in time (root.orders)' });
  });
});

describe('Tryton', () => {
  it('has a next call and nothing else', async () => {
    const rows = [
      { job: 'ir.queue|clean', due: ago(-hour) },
      { job: 'sale.sale|process', due: ago(2 * hour) },
      { job: 'never.scheduled|run', due: null },
    ];
    const seen = await judge(rows);
    expect(seen).toMatchObject({
      state: 'warning',
      text: '3 jobs, 1 not started in time (sale.sale|process)',
    });
    expect(seen.series).not.toHaveProperty('erp_job_never_ran{acme,job_name=never.scheduled|run}');
  });
});

describe('Magento', () => {
  const run = (
    status: string,
    scheduled: number,
    executed: number | null,
    finished: number | null = null,
  ): Row => ({
    job: 'sales_send_order_emails',
    status,
    due: ago(scheduled),
    started: executed === null ? null : ago(executed),
    finished: finished === null ? null : ago(finished),
  });

  it('a missed run has neither start nor end, and is a failure until a later one succeeds', async () => {
    const missed = run('missed', 30 * minute, null);
    const before = run('success', 60 * minute, 60 * minute, 59 * minute);
    const planned = run('pending', -5 * minute, null);
    expect(await judge([missed, before, planned])).toMatchObject({
      state: 'warning',
      text: '1 job, 1 failed (sales_send_order_emails)',
    });
    const after = run('success', 10 * minute, 10 * minute, 9 * minute);
    expect(await judge([after, missed, before, planned])).toMatchObject({ state: 'ok', text: '1 job' });
  });

  it('a missed run without any time at all is a failure as long as its row is there', async () => {
    const { due, ...missed } = run('missed', 30 * minute, null);
    const { due: _, ...success } = run('success', 5 * minute, 5 * minute, 4 * minute);
    expect(due).toBeInstanceOf(Date);
    for (const rows of [
      [missed, success],
      [success, missed],
    ])
      expect((await judge(rows)).text).toBe('1 job, 1 failed (sales_send_order_emails)');
  });

  it('what is planned is neither the state of the job nor its last run', async () => {
    const rows = [
      run('error', 60 * minute, 60 * minute, 59 * minute),
      run('pending', -5 * minute, -5 * minute),
    ];
    for (const given of [rows, rows.toReversed()]) {
      const seen = await judge(given);
      expect(seen.statusOf('sales_send_order_emails')).toEqual(['failed']);
      expect(seen.notes).toEqual([]);
      expect(seen.series['erp_job_last_run_timestamp_seconds{acme,job_name=sales_send_order_emails}']).toBe(
        (now - hour) / 1000,
      );
    }
  });
});

describe('WooCommerce', () => {
  it('an action that is overdue is late, those that are done are not', async () => {
    const action = (status: string, due: number, attempt: number | null): Row => ({
      job: 'wc_admin_daily',
      status,
      due: ago(due),
      started: attempt === null ? null : ago(attempt),
    });
    expect((await judge([action('complete', day, day - minute), action('pending', -hour, null)])).state).toBe(
      'ok',
    );
    expect(await judge([action('complete', day, day - minute), action('pending', hour, null)])).toMatchObject(
      {
        state: 'warning',
        text: '1 job, 1 not started in time (wc_admin_daily)',
      },
    );
  });
});

describe('Quartz', () => {
  it('knows when a trigger fires next, and which is in progress', async () => {
    const trigger = (job: string, status: string, due: number, started: number): Row => ({
      job,
      status,
      due: ago(due),
      started: ago(started),
    });
    const statuses = {
      waiting: ['WAITING', 'ACQUIRED'],
      running: ['BLOCKED', 'EXECUTING'],
      failed: ['ERROR'],
    };
    const rows = [
      trigger('fine', 'WAITING', -hour, hour),
      trigger('late', 'WAITING', hour, 2 * hour),
      trigger('long', 'EXECUTING', hour, 2 * hour),
      trigger('broken', 'ERROR', hour, 2 * hour),
    ];
    expect((await judge(rows, { statuses, max_runtime: '1h' })).text).toBe(
      '4 jobs, 1 failed (broken), 1 stuck (long), 2 not started in time (late, broken)',
    );
  });
});

describe('Hangfire', () => {
  it('has the last state, the last and the next execution of a recurring job', async () => {
    const job = (name: string, status: string | null, last: number | null, next: number): Row => ({
      job: name,
      status,
      started: last === null ? null : ago(last),
      due: ago(next),
    });
    const rows = [
      job('fine', 'Succeeded', hour, -hour),
      job('late', 'Succeeded', 3 * hour, 2 * hour),
      job('new', null, null, -hour),
    ];
    const seen = await judge(rows, { max_age: { warning: '4h' } });
    expect(seen.text).toBe('3 jobs, 1 not started in time (late)');
    expect(seen.series).toHaveProperty('erp_job_never_ran{acme,job_name=new}', 1);
  });
});

describe('Shopware', () => {
  it('a task that is queued for two days is overdue, and one whose time has passed is late', async () => {
    const task = (job: string, status: string, last: number, next: number): Row => ({
      job,
      status,
      started: ago(last),
      due: ago(next),
    });
    const rows = [
      task('log.cleanup', 'scheduled', 12 * hour, -12 * hour),
      task('product.export', 'queued', 3 * day, 2 * day),
      task('delete.cart', 'scheduled', 2 * hour, hour),
    ];
    expect((await judge(rows, { max_age: { warning: '1d' } })).text).toBe(
      '3 jobs, 1 overdue (product.export), 2 not started in time (product.export, delete.cart)',
    );
  });
});

describe('nopCommerce', () => {
  it('has when a task last started, ended and succeeded', async () => {
    const task = (job: string, ended: number, succeeded: number | null): Row => ({
      job,
      status: succeeded === ended ? 'success' : 'failed',
      started: ago(ended + minute),
      finished: ago(ended),
      last_success: succeeded === null ? null : ago(succeeded),
    });
    const seen = await judge(
      [task('mails', hour, hour), task('feed', hour, 3 * day), task('tax', hour, null)],
      {
        max_age: { warning: '1d' },
      },
    );
    expect(seen.text).toBe('3 jobs, 2 failed (feed, tax), 1 overdue (feed)');
    expect(seen.series['erp_since_last_job_success_seconds{acme,job_name=feed}']).toBe(3 * 86_400);
  });
});

describe('Laravel', () => {
  it('a job that is reserved for hours is stuck, one that waits for hours is overdue', async () => {
    const rows = [
      { job: 'orders', status: 'running', started: ago(9 * hour), finished: null },
      { job: 'orders', status: 'waiting', started: ago(minute), finished: null },
      { job: 'mails', status: 'waiting', started: ago(5 * hour), finished: null },
    ];
    expect((await judge(rows, { max_runtime: '1h', max_age: { warning: '4h' } })).text).toBe(
      '2 jobs, 1 stuck (orders), 2 overdue (orders, mails)',
    );
  });
});

describe('SQL Server Agent', () => {
  it('its numbers want statuses, and a job without history never ran', async () => {
    const statuses = { success: [1], failed: [0], waiting: [2], cancelled: [3], running: [4] };
    const rows = [
      { job: 'Backup', status: 1, started: ago(hour), finished: ago(50 * minute) },
      { job: 'Prices', status: 4, started: ago(9 * hour), finished: null },
      { job: 'New', status: null, started: null, finished: null },
    ];
    const seen = await judge(rows, { statuses, max_runtime: '2h', max_age: { warning: '1d' } });
    expect(seen).toMatchObject({ state: 'warning', text: '3 jobs, 1 stuck (Prices), 1 never ran (New)' });
    expect(seen.statusOf('New')).toEqual(['waiting']);
    expect((await judge(rows, { statuses })).state).toBe('ok');
  });

  it('holds its limits without statuses too', async () => {
    const rows = [
      { job: 'price-sync', status: 0, started: ago(3 * hour), finished: ago(2 * hour) },
      { job: 'invoice-pull', status: 2, started: ago(2 * hour), finished: null },
      { job: 'stock-in', status: 1, started: ago(minute), finished: ago(minute) },
    ];
    const seen = await judge(rows, { max_runtime: '1h', max_age: { warning: '2h' } });
    expect(seen.text).toBe(
      '3 jobs, 1 stuck (invoice-pull), 1 overdue (price-sync), 3 in an unknown state (price-sync, invoice-pull, stock-in)',
    );
    expect(seen.notes).toEqual([
      'query: rows with an unknown status; add the word to statuses (3 rows: 0, 2, 1).',
    ]);
  });
});

describe('Business Central', () => {
  it('writes 1753-01-01 for a run that never ended', async () => {
    const blank = new Date('1753-01-01T00:00:00Z');
    const rows = [
      { job: 'Post', status: 'Ready', started: ago(hour), finished: ago(hour - minute) },
      { job: 'Send', status: 'In Process', started: ago(3 * hour), finished: blank },
      { job: 'New', status: 'Ready', started: blank, finished: blank },
    ];
    const seen = await judge(rows, { max_runtime: '2h', max_age: { warning: '1d' } });
    expect(seen.text).toBe('3 jobs, 1 stuck (Send), 1 without a time of success (New)');
  });
});

describe('pg_cron', () => {
  it('joins jobs to their runs', async () => {
    const rows = [
      { job: 'vacuum', status: 'succeeded', started: ago(hour), finished: ago(hour), error: 'VACUUM' },
      {
        job: 'export',
        status: 'failed',
        started: ago(2 * hour),
        finished: ago(2 * hour),
        error: 'no such table',
      },
      { job: 'export', status: 'failed', started: ago(hour), finished: ago(hour), error: 'no such table' },
      { job: 'new', status: null, started: null, finished: null, error: null },
    ];
    const seen = await judge(rows, { max_age: { warning: '1d' } });
    expect(seen.text).toBe('3 jobs, 1 failed (export: 2 times in a row, no such table), 1 never ran (new)');
  });
});
