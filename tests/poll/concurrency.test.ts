import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseSlots } from '../../src/poll/concurrency.ts';

const never = new AbortController().signal;
const ordinary = { likelySlow: false, exclusive: false };
const likelySlow = { likelySlow: true, exclusive: false };
const exclusively = { likelySlow: false, exclusive: true };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('DatabaseSlots', () => {
  it('lets in no more than the limit, and the next when one leaves', async () => {
    const slots = new DatabaseSlots();
    slots.limit('shop', 2);
    const first = await slots.acquire(['shop'], ordinary, never);
    await slots.acquire(['shop'], ordinary, never);
    let third = false;
    void slots.acquire(['shop'], ordinary, never).then(() => (third = true));
    await settled();
    expect(third).toBe(false);
    expect(slots.waiting('shop')).toBe(1);
    first();
    await settled();
    expect(third).toBe(true);
  });

  it('keeps the last slot from likely slow runs, and lets others pass them', async () => {
    const slots = new DatabaseSlots();
    slots.limit('shop', 2);
    await slots.acquire(['shop'], likelySlow, never);
    let slowOne = false;
    void slots.acquire(['shop'], likelySlow, never).then(() => (slowOne = true));
    let healthy = false;
    void slots.acquire(['shop'], ordinary, never).then(() => (healthy = true));
    await settled();
    expect({ slowOne, healthy }).toEqual({ slowOne: false, healthy: true });
  });

  it('gives the only slot to a likely slow run too', async () => {
    const slots = new DatabaseSlots();
    slots.limit('shop', 1);
    const release = await slots.acquire(['shop'], likelySlow, never);
    release();
  });

  it('forgets a waiter whose signal fires, and gives back what it held', async () => {
    const slots = new DatabaseSlots();
    slots.limit('erp', 1);
    slots.limit('shop', 1);
    const holder = await slots.acquire(['shop'], ordinary, never);
    const abort = new AbortController();
    const waiting = slots.acquire(['erp', 'shop'], ordinary, abort.signal);
    await settled();
    abort.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    expect(slots.waiting('shop')).toBe(0);
    (await slots.acquire(['erp'], ordinary, never))();
    holder();
  });

  it('grows and shrinks while slots are taken', async () => {
    const slots = new DatabaseSlots();
    slots.limit('shop', 1);
    const first = await slots.acquire(['shop'], ordinary, never);
    let second = false;
    void slots.acquire(['shop'], ordinary, never).then(() => (second = true));
    slots.limit('shop', 2);
    await settled();
    expect(second).toBe(true);
    slots.limit('shop', 1);
    let third = false;
    void slots.acquire(['shop'], ordinary, never).then(() => (third = true));
    first();
    await settled();
    expect(third).toBe(false);
  });

  it('lets one exclusive run at a time use a database, beside ordinary ones', async () => {
    const slots = new DatabaseSlots();
    slots.limit('crm', 1);
    for (const name of ['erp', 'shop']) slots.limit(name, 2);
    const first = await slots.acquire(['shop', 'erp'], exclusively, never);
    let second = false;
    void slots.acquire(['crm', 'erp'], exclusively, never).then(() => (second = true));
    // Who waits for an exclusive slot takes no slot from anybody.
    (await slots.acquire(['crm'], ordinary, never))();
    (await slots.acquire(['erp'], ordinary, never))();
    await settled();
    expect(second).toBe(false);
    first();
    await settled();
    expect(second).toBe(true);
  });

  it('forgets a waiter for an exclusive slot whose signal fires, and gives back what it held', async () => {
    const slots = new DatabaseSlots();
    for (const name of ['erp', 'shop']) slots.limit(name, 2);
    const holder = await slots.acquire(['shop'], exclusively, never);
    const abort = new AbortController();
    const waiting = slots.acquire(['erp', 'shop'], exclusively, abort.signal);
    await settled();
    abort.abort(new Error('no more'));
    await expect(waiting).rejects.toThrow('no more');
    (await slots.acquire(['erp'], exclusively, never))();
    holder();
    (await slots.acquire(['erp', 'shop'], exclusively, never))();
  });

  it('never exceeds a limit and never leaves anybody waiting for ever', async () => {
    const task = fc.record({
      names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }),
      likelySlow: fc.boolean(),
      exclusive: fc.boolean(),
      turns: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(task, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (tasks, limit) => {
          const slots = new DatabaseSlots();
          const names = ['a', 'b', 'c'];
          const active = new Map(names.map((name) => [name, { all: 0, exclusive: 0 }]));
          for (const name of names) slots.limit(name, limit);
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
            tasks.map(async ({ names: where, likelySlow, exclusive, turns }) => {
              const release = await slots.acquire(where, { likelySlow, exclusive }, never);
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
