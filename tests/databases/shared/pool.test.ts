import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { Pool } from '../../../src/databases/shared/pool.ts';
import { FakeServer, type FakeSession, kindOf, lost, never, wait } from '../../helpers/fake-sessions.ts';

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});
afterEach(() => {
  vi.useRealTimers();
});

const idOf = (session: FakeSession): Promise<number> => Promise.resolve(session.id);
const busy = (ms: number) => async (session: FakeSession, signal: AbortSignal) => {
  await wait(ms, signal);
  return session.id;
};
describe('a session', () => {
  it('is opened when it is needed and used again', async () => {
    const pool = new Pool(2, server.open);
    expect(server.opened).toBe(0);
    expect([await pool.use(never, idOf), await pool.use(never, idOf)]).toEqual([1, 1]);
    const [first] = await Promise.all([
      Promise.all([pool.use(never, busy(10)), pool.use(never, idOf)]),
      vi.advanceTimersByTimeAsync(10),
    ]);
    expect(first).toEqual([1, 2]);
  });

  it('is not used again once it is unusable', async () => {
    const pool = new Pool(1, server.open);
    await pool.use(never, async (session) => {
      session.usable = false;
      return Promise.resolve();
    });
    expect(server.sessions).toBe(0);
    expect(await pool.use(never, idOf)).toBe(2);
  });

  it('is closed when nobody used it for five minutes, and no sooner', async () => {
    const pool = new Pool(1, server.open);
    await pool.use(never, idOf);
    await vi.advanceTimersByTimeAsync(200_000);
    await pool.use(never, idOf);
    await vi.advanceTimersByTimeAsync(299_000);
    expect(server.sessions).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.sessions).toBe(0);
    expect(await pool.use(never, idOf)).toBe(2);
  });

  it('counts until it is gone', async () => {
    server.endMs = 500;
    const pool = new Pool(1, server.open);
    await pool.use(never, idOf);
    await vi.advanceTimersByTimeAsync(300_000);
    const next = pool.use(never, idOf);
    await vi.advanceTimersByTimeAsync(499);
    expect(server.opened).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await next).toBe(2);
    expect(server.most).toBe(1);
  });

  it('comes back when a stream is read, left or fails', async () => {
    const pool = new Pool(1, server.open);
    const count = async function* (session: FakeSession): AsyncGenerator<string> {
      for (const n of [1, 2, 3]) yield Promise.resolve(`${session.id}.${n}`);
    };
    expect(await Array.fromAsync(pool.stream(never, count))).toEqual(['1.1', '1.2', '1.3']);
    for await (const item of pool.stream(never, count)) {
      expect(item).toBe('1.1');
      break;
    }
    const breaking = async function* (session: FakeSession): AsyncGenerator<string> {
      yield* count(session);
      throw new DatabaseError('query', 'division by zero');
    };
    const seen: string[] = [];
    const loop = async (): Promise<void> => {
      for await (const item of pool.stream(never, breaking)) seen.push(item);
    };
    expect(await kindOf(loop())).toBe('query');
    expect(seen).toHaveLength(3);
    expect(await pool.use(never, idOf)).toBe(1);
  });
});

describe('a caller beyond the bound', () => {
  it('waits for his turn', async () => {
    const pool = new Pool(2, server.open);
    const order: number[] = [];
    const callers = [1, 2, 3, 4, 5].map((caller) =>
      pool.use(never, busy(100)).then(() => order.push(caller)),
    );
    await vi.advanceTimersByTimeAsync(300);
    await Promise.all(callers);
    expect(order).toEqual([1, 2, 3, 4, 5]);
    expect(server.most).toBe(2);
  });

  it('leaves the queue when his signal fires', async () => {
    const pool = new Pool(1, server.open);
    const controller = new AbortController();
    const first = pool.use(never, busy(100));
    const impatient = kindOf(pool.use(controller.signal, idOf));
    const patient = pool.use(never, idOf);
    await vi.advanceTimersByTimeAsync(50);
    controller.abort();
    expect(await impatient).toBe('aborted');
    await vi.advanceTimersByTimeAsync(50);
    expect([await first, await patient]).toEqual([1, 1]);
  });

  it('gets the place of one for whom no session could be opened', async () => {
    server.refuses = true;
    server.openMs = 10;
    const pool = new Pool(1, server.open);
    const callers = [1, 2, 3].map(() => kindOf(pool.use(never, idOf)));
    await vi.advanceTimersByTimeAsync(30);
    expect(await Promise.all(callers)).toEqual(['unreachable', 'unreachable', 'unreachable']);
    server.refuses = false;
    const next = pool.use(never, idOf);
    await vi.advanceTimersByTimeAsync(10);
    expect(await next).toBe(1);
  });
});

describe('a caller whose signal fires as his session is there', () => {
  it('gets nothing done, and leaves the session to the next', async () => {
    const controller = new AbortController();
    const pool = new Pool(1, async (signal) => {
      const session = await server.open(signal);
      controller.abort();
      return session;
    });
    const work = vi.fn(idOf);
    expect(await kindOf(pool.use(controller.signal, work))).toBe('aborted');
    expect(work).not.toHaveBeenCalled();
    expect(await pool.use(never, idOf)).toBe(1);
  });
});

describe('an idle session that the server has dropped', () => {
  /** Work that breaks its session `ms` after it began, so many times. */
  const breaking = (times: number, ms = 10, error = lost()) => {
    const tried: number[] = [];
    const work = async (session: FakeSession, signal: AbortSignal): Promise<number> => {
      tried.push(session.id);
      await wait(ms, signal);
      if (tried.length > times) return session.id;
      session.destroy();
      throw error;
    };
    return { work, tried };
  };
  const warm = async (): Promise<Pool<FakeSession>> => {
    const pool = new Pool(2, server.open);
    await Promise.all([
      pool.use(never, busy(10)),
      pool.use(never, busy(10)),
      vi.advanceTimersByTimeAsync(10),
    ]);
    return pool;
  };
  const outcome = async (pool: Pool<FakeSession>, work: Parameters<typeof pool.use>[1]): Promise<unknown> => {
    const result = kindOf(pool.use(never, work));
    await vi.advanceTimersByTimeAsync(2000);
    return result;
  };

  it('is replaced by a new one', async () => {
    const { work, tried } = breaking(1);
    expect(await outcome(await warm(), work)).toBe('done');
    expect(tried).toEqual([2, 3]);
    expect(server.most).toBe(2);
  });

  it('is replaced once', async () => {
    const { work, tried } = breaking(2);
    expect(await outcome(await warm(), work)).toBe('lost');
    expect(tried).toEqual([2, 3]);
  });

  it('is skipped when that is known', async () => {
    const pool = await warm();
    await pool.use(never, (session) => Promise.resolve(setTimeout(() => session.destroy(), 5)));
    await vi.advanceTimersByTimeAsync(5);
    expect(await pool.use(never, idOf)).toBe(1);
  });

  it.each<[string, number, (session: FakeSession) => void, DatabaseError]>([
    ['the server had answered', 10, (session) => (session.received += 1), lost()],
    ['it broke later', 251, () => undefined, lost()],
    ['the server refused the statement', 10, () => undefined, new DatabaseError('query', 'no such table')],
    ['the time was up', 10, () => undefined, new DatabaseError('timeout', 'too long')],
  ])('is not to blame when %s', async (_, ms, before, error) => {
    const { work, tried } = breaking(1, ms, error);
    const pool = await warm();
    expect(
      await outcome(pool, (session, signal) => {
        before(session);
        return work(session, signal);
      }),
    ).toBe(error.kind);
    expect(tried).toEqual([2]);
  });

  it('is not what a new session is', async () => {
    const { work, tried } = breaking(1);
    expect(await outcome(new Pool(1, server.open), work)).toBe('lost');
    expect(tried).toEqual([1]);
  });
});

describe('closing', () => {
  it('aborts what runs, waits and connects, and ends every session', async () => {
    server.endMs = 100;
    const pool = new Pool(2, server.open);
    await pool.use(never, idOf);
    server.openMs = 1000;
    const callers = [1, 2, 3].map(() => kindOf(pool.use(never, busy(60_000))));
    await vi.advanceTimersByTimeAsync(500);
    const closed = pool.close();
    expect(await Promise.all(callers)).toEqual(['aborted', 'aborted', 'aborted']);
    await vi.advanceTimersByTimeAsync(100);
    await closed;
    expect(server.sessions).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(await kindOf(pool.use(never, idOf))).toBe('aborted');
    await pool.close();
  });

  it('cuts after 1.5 s what does not end', async () => {
    server.endMs = 60_000;
    const pool = new Pool(2, server.open);
    await Promise.all([pool.use(never, idOf), pool.use(never, idOf)]);
    const stuck = pool.use(never, () => new Promise((resolve) => setTimeout(resolve, 60_000)));
    await vi.advanceTimersByTimeAsync(1);
    let closed = false;
    const closing = pool.close().then(() => (closed = true));
    await vi.advanceTimersByTimeAsync(1499);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(server.sessions).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    await stuck;
  });

  it('does nothing for a caller whose signal had fired', async () => {
    const pool = new Pool(1, server.open);
    expect(await kindOf(pool.use(AbortSignal.abort(), idOf))).toBe('aborted');
    expect(server.opened).toBe(0);
  });
});
