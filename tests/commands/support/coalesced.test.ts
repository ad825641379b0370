import { expect, it } from 'vitest';
import { Coalesced } from '../../../src/commands/support/coalesced.ts';

it('works once at a time, and once more for all who asked meanwhile, a failure between or not', async () => {
  const begun: PromiseWithResolvers<number>[] = [];
  const coalesced = new Coalesced(() => {
    const work = Promise.withResolvers<number>();
    begun.push(work);
    return work.promise;
  });
  const first = coalesced.request();
  const rest = Array.from({ length: 1000 }, () => coalesced.request());
  expect(begun).toHaveLength(1);
  begun[0]?.reject(new Error('first'));
  await expect(first).rejects.toThrow('first');
  await expect.poll(() => begun.length).toBe(2);
  const later = coalesced.request();
  begun[1]?.resolve(2);
  expect(new Set(await Promise.all(rest))).toEqual(new Set([2]));
  await expect.poll(() => begun.length).toBe(3);
  begun[2]?.resolve(3);
  expect(await later).toBe(3);
  expect(begun).toHaveLength(3);
});
