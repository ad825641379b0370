import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/poll/budget.ts';

const never = new AbortController().signal;
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Budget', () => {
  it('lets in no more than the limit, and the next when one leaves', async () => {
    const budget = new Budget();
    budget.limit('shop', 2);
    const first = await budget.acquire(['shop'], false, never);
    await budget.acquire(['shop'], false, never);
    let third = false;
    void budget.acquire(['shop'], false, never).then(() => (third = true));
    await settled();
    expect(third).toBe(false);
    expect(budget.waiting('shop')).toBe(1);
    first();
    await settled();
    expect(third).toBe(true);
  });

  it('keeps the last place from suspects, and lets others pass them', async () => {
    const budget = new Budget();
    budget.limit('shop', 2);
    await budget.acquire(['shop'], true, never);
    let suspect = false;
    void budget.acquire(['shop'], true, never).then(() => (suspect = true));
    let healthy = false;
    void budget.acquire(['shop'], false, never).then(() => (healthy = true));
    await settled();
    expect({ suspect, healthy }).toEqual({ suspect: false, healthy: true });
  });

  it('gives the only place to a suspect too', async () => {
    const budget = new Budget();
    budget.limit('shop', 1);
    const release = await budget.acquire(['shop'], true, never);
    release();
  });

  it('forgets a waiter whose signal fires, and gives back what it held', async () => {
    const budget = new Budget();
    budget.limit('erp', 1);
    budget.limit('shop', 1);
    const holder = await budget.acquire(['shop'], false, never);
    const abort = new AbortController();
    const waiting = budget.acquire(['erp', 'shop'], false, abort.signal);
    await settled();
    abort.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    expect(budget.waiting('shop')).toBe(0);
    (await budget.acquire(['erp'], false, never))();
    holder();
  });

  it('grows and shrinks while places are taken', async () => {
    const budget = new Budget();
    budget.limit('shop', 1);
    const first = await budget.acquire(['shop'], false, never);
    let second = false;
    void budget.acquire(['shop'], false, never).then(() => (second = true));
    budget.limit('shop', 2);
    await settled();
    expect(second).toBe(true);
    budget.limit('shop', 1);
    let third = false;
    void budget.acquire(['shop'], false, never).then(() => (third = true));
    first();
    await settled();
    expect(third).toBe(false);
  });

  it('never exceeds a limit and never leaves anybody waiting for ever', async () => {
    const task = fc.record({
      names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      suspect: fc.boolean(),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (tasks, limit) => {
          const budget = new Budget();
          const active = new Map(['a', 'b', 'c'].map((name) => [name, 0]));
          for (const name of active.keys()) budget.limit(name, limit);
          const add = (names: string[], by: number) =>
            names.forEach((name) => active.set(name, (active.get(name) ?? 0) + by));
          await Promise.all(
            tasks.map(async ({ names, suspect, turns }) => {
              const release = await budget.acquire(names, suspect, never);
              add(names, 1);
              expect(Math.max(...active.values())).toBeLessThanOrEqual(limit);
              for (let turn = 0; turn < turns; turn += 1) await settled();
              add(names, -1);
              release();
            }),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
