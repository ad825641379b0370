import { describe, expect, it } from 'vitest';
import { mostKeys, nullCell } from '../../../../../src/databases/comparison/contract.ts';
import { verify } from '../../../../../src/monitors/reconcile/engine/ledger/verify.ts';
import type { Finding } from '../../../../../src/monitors/reconcile/engine/ledger/verify.ts';
import type { Key } from '../../../../../src/monitors/reconcile/engine/types.ts';
import { hour, start, World } from '../cycle-world.ts';
import type { Statement } from '../cycle-world.ts';

const options = { signal: new AbortController().signal, timeoutMs: 1_000 };

async function look(world: World, keys: readonly Key[], tolerances: readonly number[] = []) {
  const found = new Map<Key, Finding>();
  await verify(world.sides, keys, tolerances, options, (findings) => {
    for (const [key, finding] of findings) found.set(key, finding);
  });
  return found;
}

async function kindsOf(
  world: World,
  keys: readonly Key[],
  tolerances: readonly number[] = [],
): Promise<Record<string, string>> {
  const found = await look(world, keys, tolerances);
  return Object.fromEntries([...found].map(([key, { kind }]) => [String(key), kind]));
}

/** Does something before the n-th look, counted from 1. */
function before(world: World, n: number, action: () => void): void {
  let looks = 0;
  world.onStatement = ({ name }: Statement) => {
    looks += name === 'lookup' ? 1 : 0;
    if (looks === n) action();
  };
}

describe('a key that stands still', () => {
  it('is what it is', async () => {
    const world = new World('text');
    for (const key of ['well', 'differs', 'here', 'twice', 'alike twice']) world.insert('left', key);
    for (const key of ['well', 'differs', 'there', 'twice', 'alike twice']) world.insert('right', key);
    world.update('right', 'differs', { cells: [2n] });
    world.insert('right', 'twice');
    world.insert('left', 'alike twice');
    world.insert('right', 'alike twice');
    const keys = ['well', 'differs', 'here', 'there', 'twice', 'alike twice', 'nowhere'];
    expect(await kindsOf(world, keys)).toEqual({
      well: 'well',
      differs: 'different',
      here: 'missing_right',
      there: 'missing_left',
      twice: 'duplicate',
      'alike twice': 'duplicate',
      nowhere: 'well',
    });
  });

  it('is found whatever its time', async () => {
    const world = new World('text');
    world.insert('left', 'a', { at: start });
    world.insert('right', 'a', { at: start - 1000 * hour });
    world.insert('left', 'b', { at: null });
    world.insert('right', 'b', { at: start });
    expect(await kindsOf(world, ['a', 'b'])).toEqual({ a: 'well', b: 'well' });
  });

  it('may differ by its tolerance, and no more; NULL by nothing', async () => {
    const world = new World('integer');
    const pairs = [
      [10n, 14n],
      [14n, 10n],
      [10n, 15n],
      [nullCell, 0n],
      [nullCell, nullCell],
    ] as const;
    for (const [index, [left, right]] of pairs.entries()) {
      world.insert('left', BigInt(index), { cells: [left] });
      world.insert('right', BigInt(index), { cells: [right] });
    }
    const kinds = await kindsOf(world, [0n, 1n, 2n, 3n, 4n], [4]);
    expect(kinds).toEqual({ 0: 'well', 1: 'well', 2: 'different', 3: 'different', 4: 'well' });
  });

  it('is handed out with both rows, those of the last looks', async () => {
    const world = new World('text');
    world.insert('left', 'a', { amount: '1.50' });
    world.insert('right', 'a', { amount: '1.49', cells: [7n], currency: 'USD' });
    expect((await look(world, ['a'])).get('a')).toEqual({
      kind: 'different',
      left: { key: 'a', cells: [1n, BigInt(start)], texts: [null], amount: '1.50', currency: 'EUR' },
      right: { key: 'a', cells: [7n, BigInt(start)], texts: [null], amount: '1.49', currency: 'USD' },
    });
  });
});

describe('a key that moves', () => {
  it('is copied between the first looks: it is well', async () => {
    const world = new World('text');
    world.insert('left', 'a');
    before(world, 2, () => world.copy('a'));
    expect(await kindsOf(world, ['a'])).toEqual({ a: 'well' });
  });

  it.each([2, 3])('goes from the left before look %i: never missing on the right', async (n) => {
    const world = new World('text');
    world.insert('left', 'a');
    before(world, n, () => world.remove('left', 'a'));
    expect(await kindsOf(world, ['a'])).toEqual({ a: 'moving' });
  });

  it.each([2, 3])('comes to the left before look %i: never missing on the left', async (n) => {
    const world = new World('text');
    world.insert('right', 'a');
    before(world, n, () => world.insert('left', 'a'));
    expect(await kindsOf(world, ['a'])).toEqual({ a: 'moving' });
  });

  it.each([2, 3])('is changed on the left before look %i: never different', async (n) => {
    const world = new World('text');
    world.insertBoth('a');
    world.update('right', 'a', { cells: [2n] });
    before(world, n, () => world.update('left', 'a', { cells: [2n] }));
    expect(await kindsOf(world, ['a'])).toEqual({ a: 'moving' });
  });

  it('loses its second row: never duplicate', async () => {
    const world = new World('text');
    world.insertBoth('a');
    world.insert('left', 'a');
    before(world, 3, () => {
      world.remove('left', 'a');
      world.insert('left', 'a');
    });
    expect(await kindsOf(world, ['a'])).toEqual({ a: 'moving' });
  });

  it('only in its time stands still', async () => {
    const world = new World('text');
    world.insertBoth('a');
    world.update('right', 'a', { cells: [2n] });
    before(world, 2, () => world.update('left', 'a', { at: start + hour }));
    expect(await kindsOf(world, ['a'])).toEqual({ a: 'different' });
  });
});

describe('many keys', () => {
  it('are looked up some at a time, three looks each, left first', async () => {
    const world = new World('integer');
    const keys = Array.from({ length: 2 * mostKeys + 1 }, (_, index) => BigInt(index));
    for (const key of keys) world.insert('left', key);
    const looks: string[] = [];
    world.onStatement = ({ side, keys: asked = [] }) => looks.push(`${side} ${asked.length}`);
    const found = await look(world, keys);
    expect(found.size).toBe(keys.length);
    expect(new Set([...found.values()].map(({ kind }) => kind))).toEqual(new Set(['missing_right']));
    const three = (count: number) => [`left ${count}`, `right ${count}`, `left ${count}`];
    expect(looks).toEqual([...three(mostKeys), ...three(mostKeys), ...three(1)]);
  });

  it('are told as far as they were looked up when a look fails', async () => {
    const world = new World('integer');
    const keys = Array.from({ length: mostKeys + 1 }, (_, index) => BigInt(index));
    before(world, 5, () => {
      throw new Error('the server is gone');
    });
    const told: number[] = [];
    const looking = verify(world.sides, keys, [], options, (findings) => told.push(findings.size));
    await expect(looking).rejects.toThrow('the server is gone');
    expect(told).toEqual([mostKeys]);
  });

  it('may be none: then nobody is asked', async () => {
    const world = new World('integer');
    world.onStatement = () => expect.unreachable();
    expect((await look(world, [])).size).toBe(0);
  });
});
