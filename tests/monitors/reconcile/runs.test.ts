import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { hour, isScan, minute, start } from './engine/cycle-world.ts';
import { allColumns, family, Monitor } from './monitor.ts';
import { seriesOf } from '../run.ts';

const withoutTime = allColumns.filter((column) => column !== 'at');

describe('several comparisons on one database', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  /** How many records each of eight runs a minute apart compared, where a comparison takes two seconds. */
  async function comparedBeside(longTasks: number, settings = {}): Promise<(number | undefined)[]> {
    vi.useFakeTimers({ toFake: ['performance'] });
    const monitor = new Monitor(settings);
    monitor.columns = { shop: withoutTime, erp: withoutTime };
    for (const side of ['left', 'right'] as const) monitor.insert(side, 'W1');
    monitor.world.onStatement = (statement) => {
      if (isScan(statement)) vi.advanceTimersByTime(1_000);
    };
    const compared: (number | undefined)[] = [];
    for (let turn = 0; turn < 8; turn += 1)
      compared.push(
        seriesOf(await monitor.after(minute, { longTasks }))['erp_reconciliation_compared_records{acme}'],
      );
    return compared;
  }

  it('share the time of the database: 2 s of 0.54 s a minute are compared every fourth minute', async () => {
    expect(await comparedBeside(1)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(await comparedBeside(3)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect(await comparedBeside(100)).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
  });

  it('never take more than their own duty_cycle', async () => {
    expect(await comparedBeside(1, { duty_cycle: 0.017 })).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
    expect(await comparedBeside(2, { duty_cycle: 0.017 })).toEqual([1, 0, 1, 0, 1, 0, 1, 0]);
  });
});

describe('a run that cannot tell', () => {
  it('says which column is missing', async () => {
    const monitor = new Monitor();
    monitor.columns = { ...monitor.columns, erp: ['record', 'total', 'state', 'paid_at', 'note'] };
    await expect(monitor.after(0)).rejects.toMatchObject({
      reason: 'columns',
      message:
        'right: the result has no column items: add it with AS items; it has record, total, state, paid_at, note',
    });
  });

  it('compares without times when one side has none', async () => {
    const monitor = new Monitor();
    monitor.columns = { ...monitor.columns, erp: allColumns.filter((column) => column !== 'at') };
    monitor.insert('left', 'W1');
    monitor.insert('right', 'W1');
    monitor.insert('left', 'W2');
    await monitor.after(0);
    const reading = await monitor.after(6 * minute);
    expect(reading.records.map(({ record, since }) => [record, since])).toEqual([['W2', start]]);
  });

  it('fails for want of an index on a large table, unless that is allowed', async () => {
    const message =
      'right: no index leads to new or changed records (Seq Scan on sales, about 100001 rows), so that each run would read the whole table: create an index on the column behind at, or set allow_full_scan: true';
    const access = { indexed: false, scannedRows: 100_001, text: 'Seq Scan on sales' };
    const monitor = new Monitor();
    monitor.world.access.right = access;
    await expect(monitor.after(0)).rejects.toMatchObject({ reason: 'query', message });
    const allowed = new Monitor({ allow_full_scan: true });
    allowed.world.access.right = access;
    expect((await allowed.after(0)).statuses).toHaveLength(1);
    const small = new Monitor();
    small.world.access.right = { ...access, scannedRows: 100_000 };
    expect((await small.after(0)).statuses).toHaveLength(1);
    // Asked once a day.
    small.world.access.right = access;
    expect((await small.after(23 * hour)).statuses).toHaveLength(1);
    await expect(small.after(hour)).rejects.toMatchObject({ reason: 'query', message });
  });

  it('asks the servers about their indexes in the first run, then once a day', async () => {
    const monitor = new Monitor();
    const asked = [monitor.world.sides.left, monitor.world.sides.right].map(({ comparison }) =>
      vi.spyOn(comparison, 'access'),
    );
    const counts: number[] = [];
    for (const ms of [0, minute, hour, 22 * hour, 58 * minute, minute]) {
      await monitor.after(ms);
      counts.push(asked.reduce((sum, spy) => sum + spy.mock.calls.length, 0));
    }
    // Once for each side: the last run is 24 hours after the first.
    expect(counts).toEqual([2, 2, 2, 2, 2, 4]);
  });

  it('fails when the clocks are apart', async () => {
    const monitor = new Monitor();
    monitor.world.skew.right = 2 * minute;
    await expect(monitor.after(0)).rejects.toMatchObject({ reason: 'clock' });
  });

  it('fails as the database did', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    monitor.world.onStatement = ({ name }) => {
      if (name === 'rows') throw new DatabaseError('lost', 'the connection broke');
    };
    await expect(monitor.after(6 * minute)).rejects.toMatchObject({ kind: 'lost' });
  });

  it('fails when its time was over before it began', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const monitor = new Monitor({ max_duration: '1s' });
    monitor.world.onStatement = ({ name }) => {
      if (name === 'now') vi.advanceTimersByTime(1_000);
    };
    await expect(monitor.after(0)).rejects.toMatchObject({
      reason: 'timeout',
      message:
        'max_duration ended before anything was compared: increase it, or find out why the servers are slow',
    });
  });

  it('is a lower bound when there are more mismatches than rows are allowed', async () => {
    const monitor = new Monitor();
    for (let index = 0; index < 5; index += 1) monitor.insert('left', `W${index}`);
    const reading = await monitor.after(6 * minute, { maxRows: 3 });
    expect(reading.truncated).toBe(true);
    expect(family(reading, 'candidate_records')['mismatch=missing_right']).toBe(3);
  });
});

describe('keys', () => {
  it.each([
    [
      { type: 'text', trim: true, case: 'lower' },
      { type: 'text', trim: true, fold: true, guid: false },
    ],
    [{ type: 'text' }, { type: 'text', trim: false, fold: false, guid: false }],
    [{ type: 'guid' }, { type: 'text', trim: true, fold: true, guid: true }],
  ])('of %j are measured so', async (key, measure) => {
    const measures: unknown[] = [];
    const measuring = (settings: Readonly<Record<string, unknown>>) => {
      const monitor = new Monitor({ key, ...settings });
      const { comparison } = monitor.world.sides.left;
      comparison.digests = (selection) => {
        measures.push(selection.key.measure);
        return ['md5'];
      };
      return monitor.after(0);
    };
    await measuring({});
    // A tolerance makes digests useless: nobody asks for them.
    expect(measures).toEqual([]);
    await measuring({ compare: { items: { type: 'integer' } } });
    expect(measures).toEqual([measure]);
  });
});
