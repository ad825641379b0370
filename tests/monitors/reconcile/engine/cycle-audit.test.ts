import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { candidates, confirmed, entryOf, Runs } from './cycle-runs.ts';
import { busy, hour, isScan, minute, second, start, World } from './cycle-world.ts';
import type { Statement } from './cycle-world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time for one part a run, in a window of many. */
const narrow = { windowMs: 48 * hour, auditBudgetMs: 1_000 };

/** Lets each scan take so long, on the clock that budgets are measured by. */
function slowly(world: World, ms: number, more: (statement: Statement) => void = () => undefined): void {
  world.onStatement = (statement) => {
    if (isScan(statement)) vi.advanceTimersByTime(ms);
    more(statement);
  };
}

describe('the audit', () => {
  it('ends with its budget and goes on where it stopped', async () => {
    const runs = new Runs(busy([10, 350]));
    slowly(runs.world, second);
    const isDone: boolean[] = [];
    const through: number[] = [];
    for (let turn = 0; turn < 90; turn += 1) {
      const result = await runs.after(minute, narrow);
      through.push(result.verifiedThrough ?? 0);
      isDone.push(result.verifiedThrough === runs.world.now - 5 * minute);
    }
    // The mark never goes back, for the next run goes on where it is, until everything was compared.
    expect(through).toEqual([...through].sort());
    const first = isDone.indexOf(true);
    expect(first).toBeGreaterThan(5);
    expect(isDone.slice(first).every(Boolean)).toBe(true);
    expect(confirmed(await runs.after(minute))).toEqual({ r10: 'missing_right', r350: 'missing_right' });
  });

  it('comes round also when it is behind: what was compared last comes last', async () => {
    const runs = new Runs(busy([]));
    await runs.run({ windowMs: 48 * hour });
    runs.world.now += 4 * hour;
    slowly(runs.world, second);
    let oldest: number | null = null;
    for (let turn = 0; turn < 100; turn += 1)
      oldest = (await runs.after(minute, { ...narrow, fullAuditMs: hour })).oldestAudit;
    expect(oldest).toBeGreaterThan(start + 4 * hour);
  });

  it('compares everything again within its time', async () => {
    const runs = new Runs(busy([]));
    await runs.run({ fullAuditMs: 2 * hour });
    for (let turn = 0; turn < 60; turn += 1) {
      const { oldestAudit } = await runs.after(5 * minute, { fullAuditMs: 2 * hour });
      expect(runs.world.now - (oldestAudit ?? 0)).toBeLessThanOrEqual(2 * hour);
    }
  });

  it('goes along keys where there is no time, and comes to new ones at once', async () => {
    const runs = new Runs(new World('integer', { hasAt: false }));
    for (let key = 0n; key < 100n; key += 1n) runs.world.insertBoth(key * 1000n);
    runs.world.remove('right', 0n);
    expect(candidates(await runs.run())).toEqual({ 0: 'missing_right' });
    runs.world.insert('right', 200_000n);
    const second = await runs.after(6 * minute);
    expect(confirmed(second)).toEqual({ 0: 'missing_right' });
    expect(candidates(second)).toEqual({ 200000: 'missing_left' });
    expect(entryOf(second, 0n)).toMatchObject({ at: null, firstSeen: start });
    expect(second).toMatchObject({ verifiedThrough: runs.world.now, compared: 101 });
    const third = await runs.after(6 * minute);
    expect(confirmed(third)).toEqual({ 0: 'missing_right', 200000: 'missing_left' });
  });

  it('takes the whole table where there is neither a time nor a number', async () => {
    const runs = new Runs(new World('text', { hasAt: false }));
    for (let index = 0; index < 10; index += 1) runs.world.insertBoth(`r${index}`);
    runs.world.remove('left', 'r3');
    const first = await runs.run();
    expect(candidates(first)).toEqual({ r3: 'missing_left' });
    expect(first).toMatchObject({ compared: 10, verifiedThrough: start });
    expect(await runs.after(6 * minute)).toMatchObject({ compared: 10, verifiedThrough: runs.world.now });
  });

  it('finds nothing in two empty tables', async () => {
    for (const world of [
      new World('integer'),
      new World('integer', { hasAt: false }),
      new World('text', { hasAt: false }),
    ]) {
      const runs = new Runs(world);
      await runs.run();
      expect((await runs.after(minute)).ledger.entries.size).toBe(0);
    }
  });
});

describe('what has changed', () => {
  it('is compared at once, however old the record is', async () => {
    const runs = new Runs(new World('text', { hasChanged: true }));
    runs.world.insertBoth('a', { at: start - 5 * hour, changedAt: start - 5 * hour });
    await runs.run();
    await runs.after(hour);
    runs.world.update('left', 'a', { cells: [2n] });
    expect(candidates(await runs.after(second))).toEqual({ a: 'different' });
    runs.world.copy('a');
    expect((await runs.after(second)).ledger.entries.size).toBe(0);
  });

  it('is compared from the last time on, and a little before', async () => {
    const world = new World('text', { hasChanged: true });
    const runs = new Runs(world);
    await runs.run();
    const from: (number | undefined)[] = [];
    world.onStatement = ({ part }) => {
      if (part?.changedFrom !== undefined) from.push(part.changedFrom);
    };
    await runs.after(hour);
    await runs.after(minute);
    expect(from).toEqual([
      start - 15 * minute,
      start - 15 * minute,
      start + 45 * minute,
      start + 45 * minute,
    ]);
  });

  it('is compared again when the run was cut in the middle of it', async () => {
    const world = new World('text', { hasChanged: true });
    const runs = new Runs(world);
    await runs.run();
    const deadline = new AbortController();
    world.insertBoth('a', { at: start - 3 * hour, changedAt: start });
    world.update('left', 'a', { cells: [2n], changedAt: start });
    world.onStatement = ({ name }) => {
      if (name === 'lookup') deadline.abort();
    };
    const cut = await runs.after(hour, { deadline: deadline.signal });
    expect([cut.cut, candidates(cut)]).toEqual([true, {}]);
    world.onStatement = () => undefined;
    expect(candidates(await runs.after(hour))).toEqual({ a: 'different' });
  });
});

describe('a window that is shorter than settle and margin', () => {
  it("ends what is read as new: records before it are nobody's mismatch", async () => {
    const runs = new Runs(new World('text'));
    const ranges: number[] = [];
    runs.world.onStatement = ({ name, part }) => {
      if (name === 'rows' && part?.at !== undefined) ranges.push(part.at.from);
    };
    // The window is from 17 to 5 minutes before the run, and what is new would begin 20 minutes before it.
    runs.world.insert('left', 'before the window', { at: start - 19 * minute });
    runs.world.insert('left', 'within the window', { at: start - 10 * minute });
    const short = { windowMs: 12 * minute };
    expect(candidates(await runs.run(short))).toEqual({ 'within the window': 'missing_right' });
    // Of what may be read beyond it, the margin is all: a record may have its time a little later on the other side.
    expect(Math.min(...ranges)).toBe(start - 17 * minute - 10 * minute);
    expect(confirmed(await runs.after(1, short))).toEqual({ 'within the window': 'missing_right' });
  });
});
