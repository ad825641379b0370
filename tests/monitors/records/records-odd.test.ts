import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { acceptReading } from '../../../src/poll/accept.ts';
import { liveBytes } from '../../helpers/memory.ts';
import { MemoryDatabase, now, observe, seriesOf } from '../run.ts';

const at = (ms: number) => new Date(ms);

async function run(failed: readonly Row[], settings: Readonly<Record<string, unknown>> = {}) {
  return observe(records, { failed: 'F', ...settings }, new MemoryDatabase({ F: failed }));
}

describe('records of odd rows', () => {
  it('makes series that are accepted of any text', async () => {
    const odd = [
      '😀'.repeat(300),
      'a\ud800',
      'a\udfff',
      'line\nbreak',
      '"quoted\\"',
      '',
      '\u0000',
      'x'.repeat(1e6),
      `${'x'.repeat(1e6)}y`,
    ];
    const rows = odd.flatMap((text) => [
      { record: text, since: at(now), error: text, code: text, call: text },
    ]);
    const reading = acceptReading(await run(rows), 1000);
    const series = seriesOf(reading);
    expect(series['erp_failed_records{acme}']).toBe(odd.length);
    // Those that look alike once cut or mended share a series.
    expect(series['erp_failed_record_samples_omitted{acme}']).toBe(3);
    for (const { labels } of reading.samples)
      for (const text of Object.values(labels)) expect(text.isWellFormed()).toBe(true);
    const messages = reading.samples.flatMap(({ labels }) => labels['message'] ?? []);
    expect(messages).toContain('line\nbreak');
    expect(messages).toContain(`${'x'.repeat(199)}…`);
  });

  it('never makes two equal series, whatever the rows', async () => {
    const text = fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 3 }), fc.constantFrom('A', 'B')));
    const row = fc.record({
      record: text,
      error: text,
      code: text,
      currency: text,
      amount: fc.constantFrom(1, null),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 20 }), async (rows) => {
        const series = seriesOf(acceptReading(await run(rows, { samples: 5 }), 1000));
        const listed = Object.keys(series).filter((name) => name.startsWith('erp_failed_record_timestamp_'));
        expect(listed.length + (series['erp_failed_record_samples_omitted{acme}'] ?? Number.NaN)).toBe(
          series['erp_failed_records{acme}'],
        );
      }),
      { numRuns: 50 },
    );
  });

  it('tells of a record with several amounts, of which one counts', async () => {
    const row = (record: string, minutes: number, amount: string | null, currency = 'EUR') => ({
      record,
      since: at(now - minutes * 60_000),
      amount,
      currency,
    });
    const same = await run([
      row('A', 9, '7'),
      row('A', 8, '7.00', 'eur'),
      row('B', 1, null),
      row('B', 2, '0'),
    ]);
    expect(same.notes).toEqual([]);
    const reading = await run([
      row('A', 8, '-5'),
      row('A', 9, '7'),
      row('B', 1, '3', 'CHF'),
      row('B', 1, '3'),
      row('C', 2, null),
      row('C', 1, '1'),
    ]);
    expect(seriesOf(reading)['erp_failed_records_amount{acme,currency=EUR}']).toBe(-5 + 3 + 1);
    expect(reading.notes).toEqual([
      'failed: rows of a record that has another row with another amount; only that of the newest row counts (3 rows: A, B, C).',
    ]);
  });

  it('sums no amount that no number of a metric can hold, and says so', async () => {
    const reading = await run([
      { record: 'A', amount: '1e400' },
      { record: 'B', amount: '12.50' },
    ]);
    expect(seriesOf(reading)).toMatchObject({
      'erp_failed_records{acme}': 2,
      'erp_failed_records_amount{acme,currency=}': 12.5,
    });
    expect(reading.notes).toEqual([
      'failed: column amount holds no finite number and was read as NULL (1 row).',
    ]);
  });

  it('fails as a whole with the reason of what failed', async () => {
    await expect(run([{ number: 1 }])).rejects.toMatchObject({ reason: 'columns' });
    const waiting = observe(
      records,
      { failed: 'F', waiting: 'W' },
      new MemoryDatabase({ W: [{ record: 1 }] }),
    );
    await expect(waiting).rejects.toMatchObject({
      reason: 'columns',
      message:
        'waiting: returns no column "since" (since when it waits); add it with AS since; it returns record; ' +
        'optional: amount, currency, company',
    });
    const broken = new MemoryDatabase({
      F: (function* (): Generator<Row> {
        yield { record: 1 };
        throw new DatabaseError('lost', 'connection reset');
      })(),
    });
    await expect(observe(records, { failed: 'F' }, broken)).rejects.toMatchObject({ kind: 'lost' });
  });

  it('counts a million rows to its bound, in memory that does not grow with them', async () => {
    const batch = 1_000;
    let produced = 0;
    function* many(): Generator<Row> {
      for (; produced < 1_000_000; produced += 1)
        yield {
          record: `order ${produced}`,
          since: at(now - produced),
          error: `Item ${produced} ${'is not known '.repeat(50)}`,
          amount: '9.99',
          currency: 'EUR',
        };
    }
    const bounded = await observe(records, { failed: 'F' }, new MemoryDatabase({ F: many() }), {
      maxRows: batch,
    });
    expect(bounded.truncated).toBe(true);
    expect(produced).toBeLessThanOrEqual(batch + 1);
    expect(seriesOf(bounded)).toMatchObject({
      'erp_failed_records{acme}': batch,
      'erp_failed_records_amount{acme,currency=EUR}': 9_990,
    });

    produced = 0;
    let peak = 0;
    function* watched(): Generator<Row> {
      for (const row of many()) {
        if (produced % 100_000 === 0) peak = Math.max(peak, liveBytes());
        // The same hundred records over and over: what is kept is bounded by records, not by rows.
        yield { ...row, record: `order ${produced % 100}` };
      }
    }
    const before = liveBytes();
    const whole = await observe(records, { failed: 'F' }, new MemoryDatabase({ F: watched() }), {
      maxRows: 2e6,
      maxBytes: 2e9,
    });
    expect(seriesOf(whole)).toMatchObject({ 'erp_failed_records{acme}': 100 });
    expect(whole.truncated).toBe(false);
    // The texts of a million rows are 700 MB.
    expect(peak - before).toBeLessThan(20e6);
  }, 60_000);

  it('does not keep the long texts that it cuts', async () => {
    const before = liveBytes();
    let peak = 0;
    function* long(): Generator<Row> {
      for (let record = 0; record < 500; record += 1) {
        if (record % 50 === 0) peak = Math.max(peak, liveBytes());
        yield { record, error: `${record} ${'x'.repeat(2e6)}` };
      }
    }
    await observe(records, { failed: 'F' }, new MemoryDatabase({ F: long() }));
    // The texts are 1 GB.
    expect(peak - before).toBeLessThan(20e6);
  }, 60_000);
});
