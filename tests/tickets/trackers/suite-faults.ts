import { expect, it } from 'vitest';
import { draftOf, faultOf, isWrite, mark, never, remarkOf, sendTo, type Bench } from './suite-bench.ts';

export function faults(bench: () => Bench): void {
  it('says that the login is wrong', async () => {
    const { subject, proxy } = bench();
    const tracker = subject.open(proxy.url, sendTo(proxy.url), 'wrong');
    expect((await faultOf(tracker.create(draftOf(), never))).fault).toBe('login');
    expect((await faultOf(tracker.find(mark(), never))).fault).toBe('login');
  });

  it.each([401, 403])('says of %i to a write that the login may not', async (status) => {
    const { tracker, proxy, subject } = bench();
    const draft = draftOf();
    proxy.next({ of: status, when: isWrite });
    expect((await faultOf(tracker.create(draft, never))).fault).toBe('login');
    expect(proxy.pending).toBe(0);
    expect(await subject.count(draft.title)).toBe(0);
  });

  it('waits as long as the tracker asks', async () => {
    const { tracker, proxy } = bench();
    proxy.next({ of: 429, headers: { 'Retry-After': '42' } });
    expect(await faultOf(tracker.create(draftOf(), never))).toMatchObject({
      fault: 'retry',
      retryAfterMs: 42_000,
    });
  });

  it.each([500, 502, 503, 504])('tries again after %i, and makes one ticket', async (status) => {
    const { tracker, proxy, subject } = bench();
    const draft = draftOf();
    proxy.next({ of: status, when: isWrite });
    expect(await faultOf(tracker.create(draft, never))).toMatchObject({
      fault: 'retry',
      retryAfterMs: undefined,
    });
    await tracker.create(draft, never);
    expect(await subject.count(draft.title)).toBe(1);
  });

  it('makes one ticket where the answer was lost', async () => {
    const { tracker, proxy, subject } = bench();
    const draft = draftOf();
    proxy.next({ of: 'drop', when: isWrite });
    expect((await faultOf(tracker.create(draft, never))).fault).toBe('retry');
    expect(await subject.count(draft.title)).toBe(1);
    const found = await tracker.create(draft, never);
    expect(found).toMatchObject({ state: 'open', touched: 'no' });
    expect(await subject.count(draft.title)).toBe(1);
  });

  it.each(['comment', 'close', 'reopen'] as const)('does one %s where an answer was lost', async (step) => {
    const { tracker, proxy, subject } = bench();
    const { id } = await tracker.create(draftOf(), never);
    if (step === 'reopen') await tracker.close(id, remarkOf('first'), never);
    const remark = remarkOf('Said once.');
    // A step may write more than once: the answer to each write is lost in turn.
    for (let attempt = 0; attempt < 5; attempt += 1) {
      proxy.next({ of: 'drop', when: isWrite });
      const error = await tracker[step](id, remark, never).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error === undefined) break;
      expect(error).toMatchObject({ fault: 'retry' });
    }
    // The last attempt had nothing left to write, and so nothing to lose.
    expect(proxy.pending).toBe(1);
    await tracker.comment(id, remarkOf('takes the fault that is left'), never).catch(() => undefined);
    expect(proxy.pending).toBe(0);
    const remarks = await subject.remarks(id);
    expect(remarks.filter((text) => text.includes('Said once.'))).toHaveLength(1);
    const state = step === 'close' ? 'closed' : 'open';
    expect(await tracker.read(id, never)).toMatchObject({ state, touched: 'no' });
  });

  it('says nothing of the secret in its errors', async () => {
    const { subject, proxy } = bench();
    const secret = 'k9Xv2bQ7LmZt4WcR8sYp';
    const error = await faultOf(subject.open(proxy.url, sendTo(proxy.url), secret).find(mark(), never));
    expect(`${error.message} ${String(error.cause)}`).not.toContain(secret);
  });
}
