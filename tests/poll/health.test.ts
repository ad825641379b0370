import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../src/databases/contract.ts';
import { DatabaseHealth } from '../../src/poll/health.ts';
import type { HealthOptions } from '../../src/poll/health.ts';
import { FakeDatabase } from '../helpers/fake-database.ts';

const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const seconds = (count: number) => count * 1000;

let database: FakeDatabase;
let health: DatabaseHealth;
let reports: (boolean | null)[];

function create(change: Partial<HealthOptions> = {}): DatabaseHealth {
  reports = [];
  return new DatabaseHealth(database, {
    withSlot: (_, action) => action(),
    timeoutMs: seconds(6),
    now: () => Date.now(),
    random: () => 0,
    changed: ({ up }) => reports.push(up),
    ...change,
  });
}

describe('the health of a database', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-11-21T12:00:00Z') });
    database = new FakeDatabase();
    health = create();
  });
  afterEach(() => {
    health.stop();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('is measured by a ping at the start, then every 30 s', async () => {
    database.skew = 1.5;
    health.start();
    await advance(0);
    expect(health.health).toMatchObject({ up: true, clockSkewSeconds: 1.5, problem: '' });
    expect(database.pings).toBe(1);
    await advance(seconds(29));
    expect(database.pings).toBe(1);
    await advance(seconds(1));
    expect(database.pings).toBe(2);
    await advance(seconds(300));
    expect(database.pings).toBe(12);
  });

  it('shows a clock that was set within 30 s', async () => {
    health.start();
    await advance(seconds(10));
    database.skew = 90;
    await advance(seconds(30));
    expect(health.health.clockSkewSeconds).toBe(90);
  });

  it('is asked for at once when a run lost its connection', async () => {
    health.start();
    await advance(seconds(5));
    database.down = 'unreachable';
    health.recheck();
    await advance(0);
    expect(database.pings).toBe(2);
    expect(health.health).toMatchObject({ up: false, problem: 'connection refused' });
  });

  it('is not asked for twice when it is known to be down', async () => {
    database.down = 'unreachable';
    health.start();
    await advance(0);
    health.recheck();
    health.refused('connection refused', 'unreachable');
    await advance(seconds(0.9));
    expect(database.pings).toBe(1);
    expect(reports).toEqual([false]);
  });

  it('is down without a ping when a run was refused, and tried again from a second on, then less often', async () => {
    health.start();
    await advance(0);
    health.refused('host gone', 'unreachable');
    expect(health.health).toMatchObject({ up: false, problem: 'host gone', reason: 'unreachable' });
    const tries: number[] = [];
    const begin = Date.now();
    vi.spyOn(database, 'ping').mockImplementation(() => {
      tries.push((Date.now() - begin) / 1000);
      return Promise.reject(new Error('still'));
    });
    await advance(seconds(240));
    expect(tries).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
  });

  it('is tried seldom after a refused login: 4 times at most in any quarter of an hour', async () => {
    const tries: number[] = [];
    const begin = Date.now();
    vi.spyOn(database, 'ping').mockImplementation(() => {
      tries.push((Date.now() - begin) / 60_000);
      return Promise.reject(new DatabaseError('login', 'password wrong'));
    });
    health.start();
    await advance(seconds(3600));
    expect(health.health).toMatchObject({ up: false, reason: 'login', problem: 'password wrong' });
    expect(tries).toEqual([0, 1, 6, 16, 31, 46]);
  });

  it('is tried at a pause of its own when the reason changes', async () => {
    database.down = 'unreachable';
    health.start();
    await advance(seconds(300));
    database.down = 'login';
    // The last of the pings that come once a minute.
    await advance(seconds(4));
    expect(health.health.reason).toBe('login');
    const { pings } = database;
    await advance(seconds(58));
    expect(database.pings).toBe(pings);
    await advance(seconds(2));
    expect(database.pings).toBe(pings + 1);
  });

  describe('when every slot is taken', () => {
    beforeEach(() => {
      health = create({
        withSlot: (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error));
          }),
      });
    });

    it('is bad once a run ended unanswered', async () => {
      health.start();
      await advance(seconds(7));
      health.unanswered();
      await advance(seconds(6));
      expect(health.health).toMatchObject({ up: false, reason: 'unreachable' });
    });

    it('is not bad when another run got an answer since', async () => {
      health.start();
      await advance(seconds(7));
      health.unanswered();
      health.answered();
      await advance(seconds(60));
      expect(health.health.up).toBe(true);
    });
  });

  it('is unknown, not bad, while no slot is free for a ping', async () => {
    health = create({
      withSlot: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    health.start();
    await advance(seconds(7));
    expect(health.health.up).toBeNull();
    expect(database.pings).toBe(0);
  });

  it('is bad when a ping is not answered in time', async () => {
    database.ping = () => new Promise(() => {});
    vi.spyOn(database, 'ping').mockImplementation(
      (signal?: AbortSignal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('cancelled')));
        }),
    );
    health.start();
    await advance(seconds(6));
    expect(health.health).toMatchObject({ up: false, problem: 'no answer to a ping within 6 s' });
  });
});
