import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMonitorStates } from '../../../../src/state/monitor-states.ts';
import { candidates, confirmed, Runs } from './cycle-runs.ts';
import { busy, hour, isScan, minute, start, World } from './cycle-world.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Payments without a time. */
function payments(key: 'integer' | 'text'): World {
  const world = new World(key, { hasAt: false });
  for (let index = 1; index <= 24; index += 1) world.insertBoth(key === 'text' ? `P${index}` : BigInt(index));
  return world;
}

/** Two days of orders, one every ten minutes, of which a run has time for a few hours. */
function manyOrders(): World {
  const world = new World('text');
  for (let index = 0; index < 288; index += 1)
    world.insertBoth(`r${index}`, { at: start - 10 * minute - index * 10 * minute });
  world.onStatement = (statement) => {
    if (isScan(statement)) vi.advanceTimersByTime(100);
  };
  return world;
}
const slow = { windowMs: 48 * hour, auditBudgetMs: 500 };

describe.each(['integer', 'text'] as const)('a small table without times, with %s keys', (key) => {
  it('is compared whole in each run', async () => {
    const runs = new Runs(payments(key));
    for (let turn = 0; turn < 5; turn += 1)
      expect(await runs.after(5 * minute)).toMatchObject({
        compared: 24,
        share: 1,
        oldestAudit: runs.world.now,
      });
  });

  it('shows a change, a deletion and a late arrival in the next run', async () => {
    const runs = new Runs(payments(key));
    await runs.run();
    const [one, two, three] = key === 'text' ? (['P1', 'P2', 'P0'] as const) : ([1n, 2n, 0n] as const);
    runs.world.update('right', one, { cells: [9n] });
    runs.world.remove('right', two);
    runs.world.insert('left', three);
    expect(Object.values(candidates(await runs.after(5 * minute))).sort()).toEqual([
      'different',
      'missing_right',
      'missing_right',
    ]);
    expect(Object.keys(confirmed(await runs.after(6 * minute)))).toHaveLength(3);
  });
});

describe('a table that is one part and takes longer than a run may spend', () => {
  it('is compared in as few runs as the load allows, and within the promise', async () => {
    const runs = new Runs(payments('text'));
    // Each side is scanned once: 2 s in all, of the 1 s that a run may spend.
    runs.world.onStatement = (statement) => {
      if (isScan(statement)) vi.advanceTimersByTime(1_000);
    };
    const compared: number[] = [];
    for (let turn = 0; turn < 9; turn += 1) {
      const result = await runs.after(5 * minute, { auditBudgetMs: 1_000 });
      compared.push(result.compared);
      expect(result.share).toBe(1);
    }
    expect(compared).toEqual([24, 0, 24, 0, 24, 0, 24, 0, 24]);
  });
});

describe('old records with a time', () => {
  it('that are changed, deleted or handed over hours late are seen in the next run', async () => {
    const runs = new Runs(busy([]));
    await runs.run();
    runs.world.update('right', 'r300', { cells: [9n] });
    runs.world.remove('left', 'r200');
    runs.world.insert('left', 'late', { at: start - 5 * hour });
    expect(candidates(await runs.after(5 * minute))).toEqual({
      r300: 'different',
      r200: 'missing_left',
      late: 'missing_right',
    });
  });

  it('are all compared within the promise when one run has no time for them', async () => {
    const runs = new Runs(manyOrders());
    let result = await runs.run(slow);
    for (let turn = 0; result.oldestAudit === null; turn += 1) {
      expect(turn).toBeLessThan(30);
      result = await runs.after(5 * minute, slow);
    }
    const promise = result.promiseMs;
    expect(promise).toBeGreaterThan(10 * minute);
    expect(promise).toBeLessThan(12 * hour);
    // Whatever is done to any of them, at whatever time, is seen by the runs of the time that was promised.
    for (const index of [0, 100, 200, 270]) {
      const changedAt = runs.world.now;
      runs.world.remove('left', `r${index}`);
      let seen = await runs.after(5 * minute, slow);
      while (!(`r${index}` in { ...candidates(seen), ...confirmed(seen) })) {
        expect(runs.world.now - changedAt).toBeLessThan(promise);
        expect(seen.share).toBe(1);
        seen = await runs.after(5 * minute, slow);
      }
    }
  });
});

describe('what nobody has looked at', () => {
  it('is not called verified when the exporter starts in full swing; the newest is compared first', async () => {
    const runs = new Runs(manyOrders());
    const ranges: number[] = [];
    const before = runs.world.onStatement;
    runs.world.onStatement = (statement) => {
      before(statement);
      if (statement.part?.at !== undefined) ranges.push(statement.part.at.from);
    };
    const first = await runs.run(slow);
    expect(first).toMatchObject({ verifiedThrough: null, oldestAudit: null, uncheckedSince: start });
    expect(first.share).toBeLessThan(0.9);
    expect(first.detectionMs).toBeGreaterThan(5 * minute);
    expect(Math.min(...ranges)).toBeGreaterThan(start - 47 * hour);
    const second = await runs.after(5 * minute, slow);
    // It waits since the first run.
    expect(second).toMatchObject({ oldestAudit: null, uncheckedSince: start });
    expect(second.share).toBeGreaterThan(first.share);
  });

  it.each([3, 48])('is not called verified with a state of %d hours ago', async (hours) => {
    const runs = new Runs(manyOrders());
    for (let turn = 0; turn < 40; turn += 1) await runs.after(minute, slow);
    runs.world.now += hours * hour;
    runs.world.insert('left', 'unseen', { at: runs.world.now - 40 * minute });
    runs.world.remove('right', 'r287');
    runs.world.remove('right', 'r3');
    const ranges: number[] = [];
    runs.world.onStatement = (statement) => {
      if (!isScan(statement)) return;
      vi.advanceTimersByTime(100);
      if (statement.part?.at !== undefined) ranges.push(statement.part.at.to);
    };
    const first = await runs.run(slow);
    // The pause is longer than the promise.
    expect(first.promiseMs).toBeLessThan(hours * hour);
    expect(first.verifiedThrough ?? 0).toBeLessThan(start);
    expect(first.share).toBeLessThan(1);
    expect(Math.max(...ranges)).toBeGreaterThan(runs.world.now - 10 * minute);
    let result = first;
    for (let turn = 0; result.share < 1; turn += 1) {
      expect(turn).toBeLessThan(60);
      result = await runs.after(minute, slow);
    }
    const found = { ...candidates(result), ...confirmed(result) };
    expect(found).toMatchObject(
      hours === 3 ? { unseen: 'missing_right', r3: 'missing_right' } : { unseen: 'missing_right' },
    );
    expect(result.verifiedThrough).toBe(runs.world.now - 5 * minute);
  });

  it('is not called verified because of a state from the future', async () => {
    const runs = new Runs(busy([]));
    await runs.run();
    runs.world.now -= 3 * hour;
    runs.world.remove('left', 'r350');
    const states = createMonitorStates(undefined, () => undefined);
    const copy = states.open('scope', 'definition', start);
    copy.write({ set: new Map(runs.state.entries('')) });
    runs.state = copy;
    expect(candidates(await runs.run())).toMatchObject({ r350: 'missing_left' });
  });

  it('is what a run was ended before, and waits since then', async () => {
    const runs = new Runs(busy([]));
    await runs.run();
    runs.world.now += 5 * minute;
    const deadline = new AbortController();
    runs.world.onStatement = (statement) => {
      if (isScan(statement)) deadline.abort();
    };
    const ended = await runs.run({ deadline: deadline.signal });
    expect(ended).toMatchObject({ cut: true, compared: 0, oldestAudit: null, uncheckedSince: start });
    expect(ended.share).toBeLessThan(1);
    // The plan is that of the last comparison.
    expect(ended.plan).toMatchObject({ name: 'rows' });
  });
});

describe('the plan that is reported', () => {
  const ordersOf = (lost: number[]) => busy(lost, 'integer');

  it('is buckets where digests were compared', async () => {
    const { plan } = await new Runs(ordersOf([])).run({ wanted: 'buckets' });
    expect(plan).toMatchObject({ name: 'buckets', reason: 'as configured, digest integer' });
  });

  it('is rows where every bucket differed, so that all rows were read', async () => {
    const runs = new Runs(ordersOf([]));
    for (let key = 0n; key < 360n; key += 1n) runs.world.update('right', key, { cells: [9n] });
    const { plan } = await runs.run({
      wanted: 'buckets',
      rules: {
        settleMs: 5 * minute,
        graceMs: { missing_left: 0, missing_right: 0, different: 0, duplicate: 0 },
        limit: 1_000,
      },
    });
    expect(plan).toEqual({
      name: 'rows',
      reason: 'most buckets differed, so that their rows were read',
    });
  });

  it('is none where nothing was ever compared', async () => {
    const runs = new Runs(busy([]));
    const deadline = new AbortController();
    runs.world.onStatement = (statement) => {
      if (isScan(statement)) deadline.abort();
    };
    expect(await runs.run({ deadline: deadline.signal })).toMatchObject({ plan: null, detectionMs: null });
  });
});

describe('the load', () => {
  it('ends with the budget of the run, look-ups and new records included, but for a second', async () => {
    const runs = new Runs(manyOrders());
    await runs.run(slow);
    for (const [budget, most] of [
      [10_000, 11_000],
      [2_000, 3_000],
      [300, 1_000],
    ] as const) {
      const began = performance.now();
      await runs.after(5 * minute, { windowMs: 48 * hour, auditBudgetMs: budget });
      expect(performance.now() - began).toBeLessThanOrEqual(most);
    }
  });
});
