import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { MemoryDatabase, hour, minute, now, observe } from '../run.ts';

const at = (ms: number) => new Date(ms);
const limits = { warning: '30m', critical: '2h' };

/** The labels of the series of late records, and their values. */
async function lateOf(waiting: readonly Row[], settings: Readonly<Record<string, unknown>> = {}) {
  const { samples } = await observe(
    records,
    { waiting: 'W', late_after: limits, ...settings },
    new MemoryDatabase({ W: waiting }),
    { recordUrl: (record) => (record === 'A' ? 'https://shop.example/A' : '') },
  );
  return samples
    .filter(({ family }) => family.name === 'erp_late_record_timestamp_seconds')
    .map(({ labels, value }): Readonly<Record<string, unknown>> => ({ ...labels, value }));
}

describe('a late record', () => {
  it('is a series with its age, its worth, its address and the gravest limit that it is over', async () => {
    const since = now - 3 * hour;
    const listed = await lateOf([
      { record: 'B', since: at(now - 31 * minute), amount: null, currency: null },
      { record: 'in time', since: at(now - 29 * minute), amount: '1', currency: 'EUR' },
      { record: 'A', since: at(since), amount: '1240.5000', currency: 'eur' },
    ]);
    const none = { amount: '', currency: '', url: '' };
    expect(listed).toEqual([
      {
        record: 'A',
        severity: 'critical',
        since: '2026-11-21 08:00',
        url: 'https://shop.example/A',
        amount: '1240.50',
        currency: 'EUR',
        value: since / 1000,
      },
      {
        ...{ record: 'B', severity: 'warning', since: '2026-11-21 10:29', ...none },
        value: (now - 31 * minute) / 1000,
      },
    ]);
  });

  it.each([
    [20, 20],
    [3, 3],
    [0, 0],
  ])('is among the oldest, with samples of %i at most %i', async (samples, most) => {
    const waiting = Array.from({ length: 50 }, (_, index) => ({
      record: `W-${index}`,
      since: at(now - hour - index * minute),
    }));
    const listed = await lateOf(waiting, { samples });
    expect(listed.map((labels) => labels['record'])).toEqual(
      Array.from({ length: most }, (_, index) => `W-${49 - index}`),
    );
  });

  it('has one series, where keys are the same once they are cut, and none without a key', async () => {
    const long = 'K'.repeat(120);
    const waiting = [`${long}1`, `${long}2`, ''].map((record) => ({ record, since: at(now - hour) }));
    const listed = await lateOf(waiting);
    expect(listed.map((labels) => labels['record'])).toEqual([`${'K'.repeat(99)}…`]);
  });

  it('is none where nothing is late by configuration', async () => {
    expect(await lateOf([{ record: 'A', since: at(0) }], { late_after: {} })).toEqual([]);
  });
});
