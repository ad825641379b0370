import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { MemoryDatabase, hour, now, observe, seriesOf } from '../run.ts';

const at = (ms: number) => new Date(ms);
const both = { failed: 'F', waiting: 'W' };

async function run(
  settings: Readonly<Record<string, unknown>>,
  failed: readonly Row[],
  waiting: readonly Row[],
  overrides: Parameters<typeof observe<typeof records.settings>>[3] = {},
) {
  return observe(records, settings, new MemoryDatabase({ F: failed, W: waiting }), overrides);
}

describe('what is told of records', () => {
  it('tells where each listed record can be looked at, by its whole key', async () => {
    const long = 'K'.repeat(120);
    const { samples, records: open } = await run(
      { ...both, late_after: { warning: '30m' } },
      [{ record: long, since: at(now) }],
      [{ record: 'W 1', since: at(now - hour) }],
      { recordUrl: (record) => `https://shop.example/${record}` },
    );
    const { labels } = samples.find(({ labels: { url } }) => url !== undefined) ?? { labels: {} };
    expect(labels).toMatchObject({ record: `${'K'.repeat(99)}…`, url: `https://shop.example/${long}` });
    expect(open.map(({ url }) => url)).toEqual([`https://shop.example/${long}`, 'https://shop.example/W 1']);
  });

  it.each([
    ['before the clock is put back', '2026-10-25T00:30:00Z', 7200, '02:30'],
    ['after it', '2026-10-25T01:30:00Z', 3600, '02:30'],
    ['before it is put forward', '2027-03-28T00:59:00Z', 3600, '01:59'],
    ['after it', '2027-03-28T01:00:00Z', 7200, '03:00'],
  ])('tells local time %s (%s)', async (_, instant, offset, clock) => {
    const since = new Date(instant);
    const reading = await run(both, [{ record: 1, since }], [{ record: 2, since }]);
    const series = seriesOf(reading);
    for (const state of ['failed', 'waiting']) {
      expect(series[`erp_oldest_${state}_record_utc_offset_seconds{acme}`]).toBe(offset);
      const shown = (series[`erp_oldest_${state}_record_timestamp_seconds{acme}`] ?? 0) + offset;
      expect(new Date(shown * 1000).toISOString().slice(11, 16)).toBe(clock);
    }
    expect(reading.samples.find(({ labels }) => 'since' in labels)?.labels['since']).toMatch(clock);
  });
});
