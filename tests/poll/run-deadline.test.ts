import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunDeadline } from '../../src/poll/run-deadline.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const never = () => new Promise<string>(() => {});

describe('the deadline of a run', () => {
  it('lets a run end in time, and cancels nothing', async () => {
    const deadline = new RunDeadline(5000, new AbortController().signal);
    const run = new Promise<string>((resolve) => setTimeout(() => resolve('reading'), 4999));
    const limited = deadline.limit(run);
    await vi.advanceTimersByTimeAsync(4999);
    expect(await limited).toBe('reading');
    expect([deadline.hasPassed, deadline.signal.aborted]).toEqual([false, false]);
    deadline.clear();
  });

  it('cancels a run at its time-out, and abandons it 2 s later', async () => {
    const deadline = new RunDeadline(5000, new AbortController().signal);
    const limited = deadline.limit(never());
    const failed = expect(limited).rejects.toThrow('the run did not end when it was cancelled');
    await vi.advanceTimersByTimeAsync(5000);
    expect([deadline.hasPassed, deadline.signal.aborted]).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(2000);
    await failed;
    deadline.clear();
  });

  it('cancels a run when its task is stopped, which is no time-out', async () => {
    const stop = new AbortController();
    const deadline = new RunDeadline(5000, stop.signal);
    stop.abort();
    expect([deadline.hasPassed, deadline.signal.aborted]).toEqual([false, true]);
    const failed = expect(deadline.limit(never())).rejects.toThrow('did not end');
    await vi.advanceTimersByTimeAsync(2000);
    await failed;
    deadline.clear();
  });
});
