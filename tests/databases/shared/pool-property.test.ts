import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { Pool } from '../../../src/databases/shared/pool.ts';
import { FakeServer, type FakeSession, kindOf, lost, never, wait } from '../../helpers/fake-sessions.ts';
import { casesOf } from '../../helpers/nightly.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('whatever the callers and the server do', () => {
  const caller = fc.record({
    at: fc.integer({ min: 1, max: 400 }),
    worksFor: fc.integer({ min: 1, max: 300 }),
    abortsAfter: fc.option(fc.integer({ min: 1, max: 300 })),
    ends: fc.constantFrom('well', 'in error', 'with its session lost'),
  });
  const plan = fc.record({
    size: fc.integer({ min: 1, max: 4 }),
    openMs: fc.nat(50),
    endMs: fc.nat(400),
    refusesFrom: fc.option(fc.integer({ min: 1, max: 500 })),
    closesAt: fc.option(fc.integer({ min: 1, max: 900 })),
    callers: fc.array(caller, { minLength: 1, maxLength: 25 }),
  });
  type Caller = typeof caller extends fc.Arbitrary<infer Made> ? Made : never;

  /** When the caller's call came to its end, and how. */
  async function call(pool: Pool<FakeSession>, { at, worksFor, abortsAfter, ends }: Caller) {
    await wait(at, never);
    const controller = new AbortController();
    if (abortsAfter !== null) setTimeout(() => controller.abort(), abortsAfter);
    const kind = await kindOf(
      pool.use(controller.signal, async (session, signal) => {
        expect(session.usable).toBe(true);
        await wait(worksFor, signal);
        if (ends === 'well') return;
        if (ends === 'in error') throw new DatabaseError('query', 'no such table');
        session.destroy();
        throw lost();
      }),
    );
    return { kind, took: Date.now(), since: at, abortsAfter };
  }

  it('keeps the bound, lets nobody wait for ever, and lets go of who gives up', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async ({ size, openMs, endMs, refusesFrom, closesAt, callers }) => {
        const start = Date.now();
        const own = Object.assign(new FakeServer(), { openMs, endMs });
        const pool = new Pool(size, own.open);
        const calls = callers.map((one) => call(pool, one));
        if (refusesFrom !== null) setTimeout(() => (own.refuses = true), refusesFrom);
        if (closesAt !== null) setTimeout(() => void pool.close(), closesAt);
        // Twice 300 ms of work, since a dead session is replaced, and a session opened for each, one after the other.
        await vi.advanceTimersByTimeAsync(400 + callers.length * (2 * 300 + 2 * 50));
        for (const { kind, took, since, abortsAfter } of await Promise.all(calls)) {
          expect(kind).toMatch(/^(done|query|lost|unreachable|aborted)$/);
          if (abortsAfter !== null) expect(took - start).toBeLessThanOrEqual(since + abortsAfter);
          if (closesAt !== null) expect(took - start).toBeLessThanOrEqual(Math.max(closesAt, since));
          if (kind === 'aborted') expect(abortsAfter !== null || closesAt !== null).toBe(true);
        }
        expect(own.most).toBeLessThanOrEqual(size);
        await vi.advanceTimersByTimeAsync(300_000 + endMs);
        expect(own.sessions).toBe(0);
        const after = kindOf(pool.use(never, () => Promise.resolve()));
        await vi.advanceTimersByTimeAsync(openMs);
        expect(await after).toBe(closesAt !== null ? 'aborted' : own.refuses ? 'unreachable' : 'done');
      }),
      { numRuns: casesOf(500) },
    );
  });
});
