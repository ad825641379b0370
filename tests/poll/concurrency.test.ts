import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget } from '../../src/poll/concurrency.ts';

const never = new AbortController().signal;
const ordinary = { suspect: false, exclusive: false };
const suspicious = { suspect: true, exclusive: false };
const exclusively = { suspect: false, exclusive: true };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('Budget', () => {
  it('lets in no more than the limit, and the next when one leaves', async () => {
    const budget = new Budget();
    budget.limit('shop', 2);
    const first = await budget.acquire(['shop'], ordinary, never);
    await budget.acquire(['shop'], ordinary, never);
    let third = false;
    void budget.acquire(['shop'], ordinary, never).then(() => (third = true));
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
    await budget.acquire(['shop'], suspicious, never);
    let suspect = false;
    void budget.acquire(['shop'], suspicious, never).then(() => (suspect = true));
    let healthy = false;
    void budget.acquire(['shop'], ordinary, never).then(() => (healthy = true));
    await settled();
    expect({ suspect, healthy }).toEqual({ suspect: false, healthy: true });
  });

  it('gives the only place to a suspect too', async () => {
    const budget = new Budget();
    budget.limit('shop', 1);
    const release = await budget.acquire(['shop'], suspicious, never);
    release();
  });

  it('forgets a waiter whose signal fires, and gives back what it held', async () => {
    const budget = new Budget();
    budget.limit('erp', 1);
    budget.limit('shop', 1);
    const holder = await budget.acquire(['shop'], ordinary, never);
    const abort = new AbortController();
    const waiting = budget.acquire(['erp', 'shop'], ordinary, abort.signal);
    await settled();
    abort.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    expect(budget.waiting('shop')).toBe(0);
    (await budget.acquire(['erp'], ordinary, never))();
    holder();
  });

  it('grows and shrinks while places are taken', async () => {
    const budget = new Budget();
    budget.limit('shop', 1);
    const first = await budget.acquire(['shop'], ordinary, never);
    let second = false;
    void budget.acquire(['shop'], ordinary, never).then(() => (second = true));
    budget.limit('shop', 2);
    await settled();
    expect(second).toBe(true);
    budget.limit('shop', 1);
    let third = false;
    void budget.acquire(['shop'], ordinary, never).then(() => (third = true));
    first();
    await settled();
    expect(third).toBe(false);
  });

  it('lets one exclusive run at a time use a database, beside ordinary ones', async () => {
    const budget = new Budget();
    budget.limit('crm', 1);
    for (const name of ['erp', 'shop']) budget.limit(name, 2);
    const first = await budget.acquire(['shop', 'erp'], exclusively, never);
    let second = false;
    void budget.acquire(['crm', 'erp'], exclusively, never).then(() => (second = true));
    // Who waits for an exclusive place takes no place from anybody.
    (await budget.acquire(['crm'], ordinary, never))();
    (await budget.acquire(['erp'], ordinary, never))();
    await settled();
    expect(second).toBe(false);
    first();
    await settled();
    expect(second).toBe(true);
  });

  it('forgets a waiter for an exclusive place whose signal fires, and gives back what it held', async () => {
    const budget = new Budget();
    for (const name of ['erp', 'shop']) budget.limit(name, 2);
    const holder = await budget.acquire(['shop'], exclusively, never);
    const abort = new AbortController();
    const waiting = budget.acquire(['erp', 'shop'], exclusively, abort.signal);
    await settled();
    abort.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    (await budget.acquire(['erp'], exclusively, never))();
    holder();
    (await budget.acquire(['erp', 'shop'], exclusively, never))();
  });

  it('never exceeds a limit and never leaves anybody waiting for ever', async () => {
    const task = fc.record({
      names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      suspect: fc.boolean(),
      exclusive: fc.boolean(),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (tasks, limit) => {
          const budget = new Budget();
          const names = ['a', 'b', 'c'];
          const active = new Map(names.map((name) => [name, { all: 0, exclusive: 0 }]));
          for (const name of names) budget.limit(name, limit);
          const add = (where: readonly string[], exclusive: boolean, by: number) => {
            for (const name of where) {
              const before = active.get(name) ?? { all: 0, exclusive: 0 };
              active.set(name, {
                all: before.all + by,
                exclusive: before.exclusive + (exclusive ? by : 0),
              });
            }
          };
          await Promise.all(
            tasks.map(async ({ names: where, suspect, exclusive, turns }) => {
              const release = await budget.acquire(where, { suspect, exclusive }, never);
              add(where, exclusive, 1);
              for (const count of active.values()) {
                expect(count.all).toBeLessThanOrEqual(limit);
                expect(count.exclusive).toBeLessThanOrEqual(1);
              }
              for (let turn = 0; turn < turns; turn += 1) await settled();
              add(where, exclusive, -1);
              release();
            }),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});
