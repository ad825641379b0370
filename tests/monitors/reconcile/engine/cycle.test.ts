import { describe, expect, it } from 'vitest';
import { nullCell } from '../../../../src/databases/comparison/contract.ts';
import { candidates, confirmed, entryOf, Runs } from './cycle-runs.ts';
import { hour, minute, second, settingsOf, start, World } from './cycle-world.ts';

describe('a record that is missing', () => {
  it('is told by nobody before it is older than settle, then is a candidate, then confirmed', async () => {
    const runs = new Runs(new World('text'));
    await runs.run();
    runs.world.insert('left', 'a');
    const none = await runs.after(5 * minute);
    expect([candidates(none), confirmed(none)]).toEqual([{}, {}]);
    const once = await runs.after(1);
    expect([candidates(once), confirmed(once)]).toEqual([{ a: 'missing_right' }, {}]);
    const twice = await runs.after(minute);
    expect([candidates(twice), confirmed(twice)]).toEqual([{}, { a: 'missing_right' }]);
    expect(entryOf(twice, 'a')).toMatchObject({ at: start, amount: '10.00', currency: 'EUR', right: null });
  });

  it('on the left is told just so', async () => {
    const runs = new Runs(new World('integer'));
    runs.world.insert('right', 7n);
    expect(candidates(await runs.after(5 * minute + 1))).toEqual({ 7: 'missing_left' });
    expect(confirmed(await runs.after(1))).toEqual({ 7: 'missing_left' });
  });

  it('is resolved in the next run after it was repaired', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insert('left', 'a');
    await runs.after(6 * minute);
    expect(confirmed(await runs.after(minute))).toEqual({ a: 'missing_right' });
    runs.world.copy('a');
    const { ledger } = await runs.after(1);
    expect([ledger.entries.size, ledger.resolvedTotal]).toEqual([0, 1]);
  });

  it('stays confirmed when it has left the window', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insert('left', 'a');
    await runs.after(6 * minute);
    await runs.after(minute);
    expect(confirmed(await runs.after(100 * hour))).toEqual({ a: 'missing_right' });
    runs.world.copy('a');
    expect((await runs.after(1)).ledger.entries.size).toBe(0);
  });

  it('has the grace of its side', async () => {
    const runs = new Runs(new World('text'));
    const { rules } = settingsOf(runs.world, runs.state);
    const graceful = { rules: { ...rules, graceMs: { ...rules.graceMs, missing_right: hour } } };
    runs.world.insert('left', 'a');
    runs.world.insert('right', 'b');
    await runs.after(6 * minute, graceful);
    expect(confirmed(await runs.after(minute, graceful))).toEqual({ b: 'missing_left' });
    expect(confirmed(await runs.after(53 * minute, graceful))).toEqual({ b: 'missing_left' });
    expect(confirmed(await runs.after(1, graceful))).toEqual({ a: 'missing_right', b: 'missing_left' });
  });

  it('is not missing when it lies in another window on the other side', async () => {
    const runs = new Runs(new World('text'));
    // By less than the margin, by more, outside the window, and without a time.
    const other = [-9 * minute, -3 * hour, -100 * hour, 2 * minute, null];
    for (const [index, by] of other.entries()) {
      runs.world.insert('left', `L${index}`, { at: start });
      runs.world.insert('right', `L${index}`, { at: by === null ? null : start + by });
      runs.world.insert('right', `R${index}`, { at: start });
      runs.world.insert('left', `R${index}`, { at: by === null ? null : start + by });
    }
    for (let turn = 0; turn < 4; turn += 1) {
      const { ledger } = await runs.after(6 * minute);
      expect(ledger.entries.size).toBe(0);
    }
  });

  it('is found by the overlap when it was written late', async () => {
    const runs = new Runs(new World('text'));
    await runs.run();
    await runs.after(20 * minute);
    // The mark stands at start + 15 min.
    runs.world.insert('left', 'just', { at: start });
    runs.world.insert('left', 'too late', { at: start - 1 });
    // Runs without time for anything old.
    const brief = { auditBudgetMs: 0 };
    await runs.after(minute, brief);
    expect(confirmed(await runs.after(6 * minute, brief))).toEqual({ just: 'missing_right' });
  });

  it('is found by the audit when it was written later still', async () => {
    const runs = new Runs(new World('text'));
    await runs.run();
    runs.world.insert('left', 'a', { at: start - 2 * hour });
    const seen: number[] = [];
    for (let turn = 1; turn <= 24; turn += 1) {
      const result = await runs.after(hour, { windowMs: 48 * hour });
      if ('a' in confirmed(result)) seen.push(turn);
    }
    // All is compared again within 24 hours, and one run more confirms it.
    expect(seen[0]).toBeLessThanOrEqual(24);
    expect(seen).toHaveLength(25 - (seen[0] ?? 0));
  });
});

describe('a record that differs', () => {
  it('is worth the difference, and is as old as it is', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insertBoth('a');
    runs.world.update('right', 'a', { cells: [2n], amount: '12.50' });
    await runs.after(6 * minute);
    expect(entryOf(await runs.after(6 * minute), 'a')).toMatchObject({
      kind: 'different',
      at: start,
      amount: '2.50',
      left: [1n],
      right: [2n],
    });
  });

  it('has the time of the right side when the left one has none', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insertBoth('a');
    runs.world.update('left', 'a', { at: null, cells: [nullCell] });
    await runs.after(6 * minute);
    expect(entryOf(await runs.run(), 'a')).toMatchObject({ kind: 'different', at: start, left: [null] });
  });

  it('is worth nothing that could be told when its currencies differ', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insertBoth('a');
    runs.world.update('right', 'a', { cells: [2n], currency: 'USD' });
    runs.world.insertBoth('b', { currency: '' });
    runs.world.update('right', 'b', { cells: [2n], currency: 'USD', amount: '9' });
    const result = await runs.after(6 * minute);
    expect(entryOf(result, 'a')).toMatchObject({ amount: null });
    expect(entryOf(result, 'b')).toMatchObject({ amount: '1.00', currency: 'USD' });
  });

  it('is never told while it is copied between the looks', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insertBoth('a');
    runs.world.update('left', 'a', { cells: [2n] });
    runs.world.onStatement = ({ name, side }) => {
      if (name === 'lookup' && side === 'right') runs.world.copy('a');
    };
    const { ledger } = await runs.after(6 * minute);
    expect(ledger.entries.size).toBe(0);
  });

  it('is looked at once more when it moved', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insertBoth('a');
    runs.world.update('right', 'a', { cells: [5n] });
    let looks = 0;
    runs.world.onStatement = ({ name }) => {
      looks += name === 'lookup' ? 1 : 0;
      if (name === 'lookup' && looks === 2) runs.world.update('left', 'a', { cells: [2n] });
    };
    // An hour later no overlap would lead to it.
    expect(candidates(await runs.after(hour))).toEqual({ a: 'different' });
  });
});

describe('a mismatch that moves whenever it is looked at', () => {
  it('stays what it was', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insertBoth('a');
    runs.world.update('right', 'a', { cells: [-1n] });
    await runs.after(6 * minute);
    expect(confirmed(await runs.after(6 * minute))).toEqual({ a: 'different' });
    let turn = 10n;
    runs.world.onStatement = () => runs.world.update('left', 'a', { cells: [(turn += 1n)] });
    expect(confirmed(await runs.after(minute))).toEqual({ a: 'different' });
  });
});

describe('the clocks', () => {
  it('count as the earlier one says, and their distance comes on top of settle', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insert('left', 'a');
    runs.world.skew.right = 30 * second;
    const early = await runs.after(5 * minute + 29 * second);
    expect(early.ledger.entries.size).toBe(0);
    expect(candidates(await runs.after(2 * second))).toEqual({ a: 'missing_right' });
  });

  it('fail the run when they are too far apart, and nothing is kept of it', async () => {
    const runs = new Runs(new World('text'));
    runs.world.insert('left', 'a');
    await runs.after(6 * minute);
    const before = [...runs.state.entries('')];
    runs.world.skew.left = -61 * second;
    await expect(runs.after(minute)).rejects.toThrow(
      /^the clocks of the two databases are (60\.\d|61\.0) s apart, more than 60 s: synchronise both with NTP$/,
    );
    expect([...runs.state.entries('')]).toEqual(before);
  });
});

describe('what is reported of a run', () => {
  it('is what was compared, through when, and by which plan', async () => {
    const runs = new Runs(new World('integer'));
    for (let key = 0n; key < 20n; key += 1n)
      runs.world.insertBoth(key, { at: start - Number(key) * 10 * minute });
    const first = await runs.after(10 * minute);
    expect(first).toMatchObject({
      verifiedThrough: start + 5 * minute,
      oldestAudit: start + 10 * minute,
      cut: false,
      plan: { name: 'rows', reason: 'to measure it' },
      notes: [],
    });
    expect(first.compared).toBeGreaterThanOrEqual(20);
    expect(first.read.left.rows).toBeGreaterThanOrEqual(20);
    expect(first.read.left.bytes).toBe(first.read.left.rows * 10);
    const second = await runs.after(minute);
    expect(second.verifiedThrough).toBe(start + 6 * minute);
    expect(second.compared).toBeGreaterThanOrEqual(20);
  });
});

describe('an old record that changes', () => {
  const twoHoursAgo = { at: start - 2 * hour, changedAt: start - 2 * hour };

  it('is on its way like a new one: copied within settle, it was never confirmed', async () => {
    const runs = new Runs(new World('text', { hasChanged: true }));
    runs.world.insertBoth('a', twoHoursAgo);
    await runs.run();
    runs.world.update('left', 'a', { cells: [2n] });
    for (let run = 0; run < 4; run += 1) expect(confirmed(await runs.after(minute))).toEqual({});
    runs.world.copy('a');
    const after = await runs.after(minute);
    expect([confirmed(after), candidates(after)]).toEqual([{}, {}]);
  });

  it('is confirmed when it was not copied within settle', async () => {
    const runs = new Runs(new World('text', { hasChanged: true }));
    runs.world.insertBoth('a', twoHoursAgo);
    await runs.run();
    runs.world.update('left', 'a', { cells: [2n] });
    await runs.after(minute);
    expect(confirmed(await runs.after(5 * minute + 1))).toEqual({ a: 'different' });
  });

  it('may be removed on one side first', async () => {
    const runs = new Runs(new World('text', { hasChanged: true }));
    runs.world.insertBoth('a', twoHoursAgo);
    await runs.run();
    runs.world.remove('left', 'a');
    for (let run = 0; run < 4; run += 1)
      expect(confirmed(await runs.after(minute, { fullAuditMs: 1 }))).toEqual({});
    runs.world.remove('right', 'a');
    expect(confirmed(await runs.after(minute))).toEqual({});
  });
});
