import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CellBuffer } from '../../../src/databases/comparison/batch.ts';

describe('CellBuffer', () => {
  it('keeps every 64-bit integer, whether it comes as a number or as a bigint', () => {
    const buffer = new CellBuffer(1);
    fc.assert(
      fc.property(
        fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
        (value) => {
          buffer.set(0, value);
          expect(buffer.cells[0]).toBe(BigInt(value));
          expect(buffer.words[0]).toBe(Number(BigInt.asIntN(32, BigInt(value))));
          expect(buffer.words[1]).toBe(Number(BigInt(value) >> 32n));
        },
      ),
    );
    for (const edge of [0, -0, -1, 2 ** 31, -(2 ** 31), 2 ** 32, -(2 ** 32), Number.MAX_SAFE_INTEGER]) {
      buffer.set(0, edge);
      expect(buffer.cells[0]).toBe(BigInt(edge));
    }
  });

  it('is full when its keys are long, and takes none that is no key', () => {
    const buffer = new CellBuffer(0);
    while (!buffer.full) {
      buffer.addKey('x'.repeat(4096));
      buffer.add(4096);
    }
    expect(buffer.count).toBe(256);
    expect(() => buffer.addKey('y'.repeat(4097))).toThrow('a key has 4097 characters, and may have 4096');
    expect(buffer.keys).toHaveLength(256);
  });

  it('fills up, and is empty again', () => {
    const buffer = new CellBuffer(2);
    while (!buffer.full) {
      buffer.set(buffer.offset, buffer.count);
      buffer.set(buffer.offset + 1, -buffer.count);
      buffer.add(20);
    }
    expect(buffer.count).toBe(buffer.cells.length / 2);
    expect(buffer.bytes).toBe(20 * buffer.count);
    expect([...buffer.cells.subarray(2, 6)]).toEqual([1n, -1n, 2n, -2n]);
    buffer.clear();
    expect([buffer.count, buffer.bytes, buffer.offset, buffer.full]).toEqual([0, 0, 0, false]);
  });
});
