import { execFileSync } from 'node:child_process';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nullCell } from '../../../src/databases/comparison/contract.ts';
import { header, formatValue } from '../../../src/metrics/exposition.ts';
import { reconcile } from '../../../src/monitors/reconcile/index.ts';
import { describeReal } from '../../helpers/real.ts';
import { hour, minute, start } from './engine/cycle-world.ts';
import { compare, family, Monitor, unpaid, usual } from './monitor.ts';
import { seriesOf } from '../run.ts';

describe('both sides agree', () => {
  it('is told with zeros, and through when', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    monitor.insert('right', 'W1', [usual[0], usual[1], usual[2] + 1000n, usual[3], usual[4]]);
    const reading = await monitor.after(6 * minute);
    const none = {
      'mismatch=missing_left': 0,
      'mismatch=missing_right': 0,
      'mismatch=different': 0,
      'mismatch=duplicate': 0,
    };
    expect(family(reading, 'mismatched_records')).toEqual(none);
    expect(family(reading, 'candidate_records')).toEqual(none);
    expect(family(reading, 'info')).toEqual({ 'left=website,right=erp,plan=rows': 1 });
    expect(seriesOf(reading)).toMatchObject({
      'erp_reconciliation_verified_through_timestamp_seconds{acme}': (start + minute) / 1000,
      'erp_reconciliation_oldest_audit_timestamp_seconds{acme}': (start + 6 * minute) / 1000,
      'erp_reconciliation_unchecked_since_timestamp_seconds{acme}': (start + 6 * minute) / 1000,
      'erp_reconciliation_full_audit_interval_seconds{acme}': 86_400,
      'erp_reconciliation_mismatch_samples_omitted{acme}': 0,
    });
    const detection = seriesOf(reading)['erp_reconciliation_detection_seconds{acme}'];
    expect(detection).toBeGreaterThan(60);
    expect(detection).toBeLessThan(70);
    expect(family(reading, 'amount')).toEqual({});
    expect(family(reading, 'oldest_mismatch_timestamp_seconds')).toEqual({});
    expect(reading).toMatchObject({
      records: [],
      truncated: false,
      statuses: [
        {
          company: 'acme',
          state: 'ok',
          // An interval of a minute, and the milliseconds of a run.
          text: 'both sides agree, verified through 2026-11-21 11:01, changes in old records are seen within 1m10s',
        },
      ],
    });
    const names = new Set(reading.samples.map((sample) => sample.family.name));
    const allowed = reconcile.families.map(({ name }) => name);
    expect(allowed).toEqual(expect.arrayContaining([...names]));
  });
});

describe('a mismatch', () => {
  it('is a candidate first, and no failure', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    const reading = await monitor.after(6 * minute);
    expect(family(reading, 'candidate_records')).toMatchObject({ 'mismatch=missing_right': 1 });
    expect(family(reading, 'mismatched_records')).toMatchObject({ 'mismatch=missing_right': 0 });
    expect(reading.records).toEqual([]);
    expect(reading.statuses).toMatchObject([
      {
        state: 'ok',
        text: '1 not confirmed yet, verified through 2026-11-21 11:01, changes in old records are seen within 1m10s',
      },
    ]);
  });

  it('of each kind is told with what both sides say, when, and what it is worth', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    monitor.insert('right', 'W2', [-5n, unpaid, nullCell, nullCell, 0n], '-0.05');
    monitor.insert('left', 'W3');
    monitor.insert('right', 'W3', [124051n, -2n, usual[2] + 1001n, 78n, 4n], '1240.51');
    monitor.insert('left', 'W4');
    monitor.insert('left', 'W4');
    const reading = await monitor.confirmed();
    const all = 'total=1240.50 state=paid paid_at=2026-11-21 09:30:00.000 note=… items=3';
    const since = 'since=2026-11-21 11:00';
    const url = (key: string) => `url=https://shop.example/${key}`;
    expect(family(reading, 'mismatch_timestamp_seconds')).toEqual({
      [`mismatch=missing_right,record=W1,left=${all},right=,${since},${url('W1')}`]: start / 1000,
      [`mismatch=missing_left,record=W2,left=,right=total=-0.05 state=unpaid paid_at=NULL note=NULL items=0,${since},${url('W2')}`]:
        start / 1000,
      [`mismatch=different,record=W3,left=${all},right=total=1240.51 state=unknown paid_at=2026-11-21 09:30:01.001 note=… items=4,${since},${url('W3')}`]:
        start / 1000,
      [`mismatch=duplicate,record=W4,left=${all},right=,${since},${url('W4')}`]: start / 1000,
    });
    expect(family(reading, 'mismatched_records')).toEqual({
      'mismatch=missing_left': 1,
      'mismatch=missing_right': 1,
      'mismatch=different': 1,
      'mismatch=duplicate': 1,
    });
    expect(family(reading, 'amount')).toEqual({
      'mismatch=missing_left,currency=EUR': -0.05,
      'mismatch=missing_right,currency=EUR': 1240.5,
      'mismatch=different,currency=EUR': 0.01,
      'mismatch=duplicate,currency=EUR': 1240.5,
    });
    expect(family(reading, 'oldest_mismatch_timestamp_seconds')['mismatch=different']).toBe(start / 1000);
    expect(family(reading, 'oldest_mismatch_utc_offset_seconds')['mismatch=different']).toBe(3_600);
    expect(reading.statuses).toMatchObject([
      {
        state: 'warning',
        text: '1 missing in website, 1 missing in erp, 1 different, 1 duplicate, verified through 2026-11-21 11:07, changes in old records are seen within 1m10s',
      },
    ]);
    expect(reading.records.map(({ record, error }) => `${record} ${error}`)).toEqual([
      `W1 missing in erp; website: ${all}`,
      'W2 missing in website; erp: total=-0.05 state=unpaid paid_at=NULL note=NULL items=0',
      `W3 different; website: ${all}; erp: total=1240.51 state=unknown paid_at=2026-11-21 09:30:01.001 note=… items=4`,
      `W4 duplicate; website: ${all}`,
    ]);
    expect(reading.records[0]).toMatchObject({
      since: start,
      state: 'missing_right',
      url: 'https://shop.example/W1',
    });
  });

  it('that differs shows only where it does', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    monitor.insert('right', 'W1', [usual[0], unpaid, usual[2], usual[3], usual[4]]);
    const [record] = (await monitor.confirmed()).records;
    expect(record?.error).toBe('different; website: state=paid; erp: state=unpaid');
  });

  it('leaves an amount of 0 of each kind when it is repaired', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    expect(family(await monitor.confirmed(), 'amount')).toEqual({
      'mismatch=missing_left,currency=EUR': 0,
      'mismatch=missing_right,currency=EUR': 1240.5,
      'mismatch=different,currency=EUR': 0,
      'mismatch=duplicate,currency=EUR': 0,
    });
    monitor.insert('right', 'W1');
    const repaired = await monitor.after(minute);
    expect(family(repaired, 'mismatched_records')).toMatchObject({ 'mismatch=missing_right': 0 });
    expect(Object.values(family(repaired, 'amount'))).toEqual([0, 0, 0, 0]);
  });

  it('of a text shows it, masked and where it differs; a code that is not listed, too', async () => {
    const monitor = new Monitor({
      compare: { cur: { type: 'text' }, note: { type: 'text' }, state: compare.state },
    });
    monitor.columns = {
      shop: ['record', 'at', 'cur', 'note', 'state'],
      erp: ['record', 'at', 'cur', 'note', 'state'],
    };
    const common = `${'Deliver to the back door, please. '.repeat(5)}Ring `;
    const insert = (side: 'left' | 'right', key: string, cells: bigint[], texts: (string | null)[]) =>
      monitor.world.insert(side, key, { cells, texts, at: start });
    insert('left', 'W1', [1n, 4n, 0n], ['EUR', 'same', 'paid']);
    insert('right', 'W1', [2n, 4n, -2n], ['USD', 'same', 'Z 9']);
    insert('left', 'W2', [1n, 5n, 0n], ['EUR', `${common}twice`, 'paid']);
    insert('right', 'W2', [1n, 6n, 0n], ['EUR', `${common}once`, 'P']);
    insert('left', 'W3', [1n, 7n, 0n], ['EUR', 'ask jan.janssens@klant.be for it', 'paid']);
    insert('right', 'W3', [1n, nullCell, 0n], ['EUR', null, 'P']);
    const { records } = await monitor.confirmed();
    expect(records.map(({ record, error }) => `${record} ${error}`)).toEqual([
      'W1 different; website: cur=EUR state=paid; erp: cur=USD state=unknown ("Z 9")',
      'W2 different; website: note="… door, please. Ring twice"; erp: note="… door, please. Ring once"',
      'W3 different; website: note="ask [mail] for it"; erp: note=NULL',
    ]);
  });

  it('has amounts in as many decimals as its money', async () => {
    const monitor = new Monitor({
      compare: { yen: { type: 'money', digits: 0 }, mills: { type: 'money', digits: 3 } },
    });
    monitor.columns = { shop: ['record', 'at', 'yen', 'mills'], erp: ['record', 'at', 'yen', 'mills'] };
    monitor.insert('left', 'W1', [120n, -5n]);
    monitor.insert('left', 'W2', [0n, 12345n]);
    const { records } = await monitor.confirmed();
    expect(records.map(({ error }) => error)).toEqual([
      'missing in erp; website: yen=120 mills=-0.005',
      'missing in erp; website: yen=0 mills=12.345',
    ]);
  });

  it('has a series of its own only when it is among the oldest; a long key is cut', async () => {
    const monitor = new Monitor({ samples: 2 });
    const long = 'x'.repeat(200);
    for (const [index, key] of ['a', long, `${long}y`, 'b'].entries())
      monitor.world.insert('left', key, { cells: usual, at: start - index * hour });
    const reading = await monitor.confirmed();
    const cut = `${'x'.repeat(99)}…`;
    expect(reading.records.map(({ record }) => record)).toEqual(['b', cut]);
    expect(seriesOf(reading)['erp_reconciliation_mismatch_samples_omitted{acme}']).toBe(2);
    expect(family(reading, 'mismatched_records')['mismatch=missing_right']).toBe(4);
    expect(family(reading, 'oldest_mismatch_timestamp_seconds')['mismatch=missing_right']).toBe(
      (start - 3 * hour) / 1000,
    );
  });

  it('is gone in the run after it was repaired', async () => {
    const monitor = new Monitor();
    monitor.insert('left', 'W1');
    await monitor.confirmed();
    monitor.world.copy('W1');
    const reading = await monitor.after(1);
    expect(family(reading, 'mismatched_records')['mismatch=missing_right']).toBe(0);
    expect(reading.records).toEqual([]);
  });
});

describe('a window that was not compared as promised', () => {
  it('is never said to agree, and is a warning when it has waited for longer', async () => {
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const monitor = new Monitor({ max_duration: '10s' });
    for (let index = 0; index < 48; index += 1)
      monitor.world.insertBoth(`W${index}`, { cells: usual, at: start - index * hour });
    monitor.world.onStatement = ({ name }) => {
      if (name === 'rows') vi.advanceTimersByTime(1_200);
    };
    const first = await monitor.after(6 * minute);
    expect(first.statuses[0]).toMatchObject({
      state: 'ok',
      text: expect.stringMatching(
        /^no mismatch in what was compared, \d{1,2} % of the records compared in the last [\dhm]+$/,
      ) as string,
    });
    expect(first.notes).toHaveLength(0);
    const later = await monitor.after(40 * hour);
    expect(later.statuses[0]?.state).toBe('warning');
    expect(later.statuses[0]?.text).not.toContain('both sides agree');
  });
});

describe('thresholds', () => {
  const status = async (threshold: unknown, count: number, critical = false) => {
    const monitor = new Monitor({ threshold });
    for (let index = 0; index < count; index += 1) monitor.insert('left', `W${index}`);
    await monitor.after(6 * minute);
    const reading = await monitor.after(minute, { criticality: critical ? 'critical' : 'normal' });
    return [reading.statuses[0]?.state, family(reading, 'mismatched_records_threshold')];
  };

  it('that are kept are named, so that a mismatch never stands beside OK without a word', async () => {
    const text = async (count: number) => {
      const monitor = new Monitor({ threshold: { missing_right: { warning: 3 } } });
      for (let index = 0; index < count; index += 1) monitor.insert('left', `W${index}`);
      return (await monitor.confirmed()).statuses[0]?.text.split(', verified')[0];
    };
    expect(await text(1)).toBe('1 missing in erp, below the limit of 3');
    expect(await text(3)).toBe('3 missing in erp, at the limit of 3');
    expect(await text(4)).toBe('4 missing in erp');
  });

  it('that are absent make one mismatch too many', async () => {
    expect(await status({}, 1)).toEqual(['warning', {}]);
    expect(await status({}, 1, true)).toEqual(['critical', {}]);
  });

  it('count what is over them, each kind for itself', async () => {
    const both = { missing_right: { warning: 1, critical: 2 }, different: { critical: 1 } };
    const exported = {
      'mismatch=missing_right,severity=warning': 1,
      'mismatch=missing_right,severity=critical': 2,
      'mismatch=different,severity=warning': 0,
      'mismatch=different,severity=critical': 1,
    };
    expect(await status(both, 1)).toEqual(['ok', exported]);
    expect(await status(both, 2)).toEqual(['warning', exported]);
    expect(await status(both, 3, true)).toEqual(['critical', exported]);
    expect(await status({ missing_right: { critical: 2 } }, 1, true)).toMatchObject(['warning', {}]);
  });
});

describeReal('the metrics', ['promtool'], () => {
  it('are named as Prometheus wants it', async () => {
    const monitor = new Monitor({ threshold: { different: { warning: 1 } } });
    monitor.insert('left', 'W1');
    const { samples } = await monitor.confirmed();
    const lines = Map.groupBy(samples, (sample) => sample.family);
    const text = [...lines].map(([of, each]) => {
      const series = each.map(({ labels, value }) => {
        const list = Object.entries(labels).map(([name, label]) => `${name}=${JSON.stringify(label)}`);
        return `${of.name}{${list.join(',')}} ${formatValue(value)}\n`;
      });
      return header(of) + series.join('');
    });
    expect(lines.size).toBe(reconcile.families.length);
    const input = text.join('');
    expect(execFileSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' })).toBe('');
  });
});
