import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { MemoryDatabase, hour, now, observe, seriesOf } from '../run.ts';

const failed = (rows: readonly Row[], settings: object = {}, overrides: object = {}) =>
  observe(records, { failed: 'F', ...settings }, new MemoryDatabase({ F: rows }), overrides);
const row = (record: number, code: string, error = ''): Row => ({
  record,
  code,
  error,
  since: new Date(now),
});

/** Counts by class of error. */
async function counts(rows: readonly Row[]): Promise<Record<string, number>> {
  const series = Object.entries(seriesOf(await failed(rows)));
  const key = /^erp_failed_records_by_error\{acme,error=([^,]+),/;
  return Object.fromEntries(
    series.flatMap(([name, value]): [string, number][] => {
      const error = key.exec(name)?.[1];
      return error === undefined ? [] : [[error, value]];
    }),
  );
}

describe('records by class of error', () => {
  it('are counted, largest first', async () => {
    expect(await counts([row(1, 'A'), row(2, 'B'), row(3, 'B'), row(4, '')])).toEqual({
      'class-B': 2,
      'class-A': 1,
      'unknown-0': 1,
    });
  });

  it('beyond the twenty largest are counted together', async () => {
    const rows = Array.from({ length: 60 }, (_, index) => row(index, `K${index < 35 ? index % 5 : index}`));
    const counted = await counts(rows);
    expect(Object.keys(counted)).toHaveLength(21);
    expect(counted['other']).toBe(10);
    expect(Object.values(counted).reduce((sum, count) => sum + count, 0)).toBe(60);
  });
});

describe('new classes of errors', () => {
  it('are told with the time since when they are new, and noted once a run and company', async () => {
    const noted: [string, readonly string[]][] = [];
    const noteErrors = (company: string, errors: readonly string[]) => {
      noted.push([company, errors]);
      return new Map([['class-A', now - hour]]);
    };
    const reading = await failed(
      [
        { ...row(1, 'A'), company: 'acme' },
        { ...row(2, 'B'), company: 'acme' },
      ],
      {},
      {
        noteErrors,
        companies: ['acme', 'zenith'],
      },
    );
    expect(noted).toEqual([
      ['acme', ['class-A', 'class-B']],
      ['zenith', []],
    ]);
    const told = Object.entries(seriesOf(reading)).filter(([key]) => key.startsWith('erp_new_error'));
    expect(told).toEqual([
      [
        'erp_new_error_timestamp_seconds{acme,error=class-A,category=C,known=true,responder=it}',
        (now - hour) / 1000,
      ],
    ]);
  });
});

describe('messages', () => {
  const shown = async (error: string, settings: object = {}) =>
    (await failed([row(1, '', error)], settings)).samples.find(
      ({ family }) => family.name === 'erp_failed_record_timestamp_seconds',
    )?.labels['message'];

  it('are masked unless somebody says otherwise', async () => {
    const text = 'no account for jan.peeters@example.com';
    expect(await shown(text)).not.toContain('peeters');
    expect(await shown(text)).toMatch(/^no account for /);
    expect(await shown(text, { mask: false })).toBe(text);
  });

  it('are masked before they are cut', async () => {
    const long = `${'x '.repeat(95)}mail to someone.with.a.long.name@example.com now`;
    expect(await shown(long)).not.toContain('someone');
    const longer = `${'y'.repeat(30)} ${'a.b@c.example '.repeat(41)}jan.peeters@example.com`;
    expect(await shown(longer)).not.toContain('jan');
    expect((await shown(longer))?.length).toBeLessThanOrEqual(200);
  });

  const traceShown = async (error: string, settings: object = {}) =>
    (await failed([row(1, '', error)], settings)).allRecords?.()[0]?.show().trace;
  const frame = '  File "/opt/a.py", line 7, in send';

  it('come with the trace that they were taken from, masked as they are', async () => {
    const trace = `Traceback (most recent call last):\n${frame}\nValueError: jan.peeters@example.com is odd`;
    expect(await traceShown(trace)).toContain(frame);
    expect(await traceShown(trace)).not.toContain('peeters');
    expect(await traceShown(trace, { mask: false })).toBe(trace);
    expect(await traceShown('one line')).toBeUndefined();
  });

  it('keep so many traces as a run may hold', async () => {
    const trace = `Traceback (most recent call last):\n${`${frame}\n`.repeat(200)}ValueError: odd`;
    const rows = Array.from({ length: 1200 }, (_, index) => row(index, '', trace));
    const all = (await failed(rows)).allRecords?.() ?? [];
    const kept = all.map((entry) => entry.show().trace?.length ?? 0).reduce((sum, one) => sum + one, 0);
    expect(all).toHaveLength(1200);
    expect(kept).toBeGreaterThan(1_500_000);
    expect(kept).toBeLessThanOrEqual(2_005_000);
  });

  it('are classified as they came', async () => {
    const asked: string[] = [];
    const classify = ({ message }: { message: string }) => {
      asked.push(message);
      return { error: 'E', category: 'C', known: true, responder: '', retryWaitMs: 0 };
    };
    const long = `${'z'.repeat(3000)} the reason`;
    await failed([row(1, '', long)], {}, { classify });
    expect(asked).toEqual([long]);
  });
});
