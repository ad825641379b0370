import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CopyDataFilter } from '../../../src/databases/postgres/copy-filter.ts';
import { casesOf } from '../../helpers/nightly.ts';

/** A message of the server. */
interface Frame {
  readonly type: string;
  readonly body: Uint8Array;
}

function encode({ type, body }: Frame): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 0, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** What comes out when `bytes` go in, cut after each of the `cuts`; the memory of each chunk is spoilt after its use. */
function filtered(
  bytes: Buffer,
  cuts: readonly number[],
): { rows: string[]; others: Buffer; refusals: number[] } {
  const rows: string[] = [];
  const refusals: number[] = [];
  const others: Buffer[] = [];
  const filter = new CopyDataFilter(
    (content, from, to) => rows.push(content.toString('hex', from, to)),
    (content) => others.push(Buffer.from(content)),
    () => refusals.push(rows.length),
  );
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), 0, bytes.length].sort((a, b) => a - b);
  for (const [index, from] of places.entries()) {
    const chunk = Buffer.from(bytes.subarray(from, places[index + 1] ?? from));
    filter.push(chunk);
    chunk.fill(0xaa);
  }
  return { rows, others: Buffer.concat(others), refusals };
}

const body = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.uint8Array({ minLength: 17_000, maxLength: 40_000 }),
);
const frame = fc.record({ type: fc.constantFrom('d', 'd', 'D', 'C', 'Z', 'S'), body });

describe('CopyDataFilter', () => {
  it('parts rows of a COPY from the rest, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (frames, cuts) => {
          const { rows, others } = filtered(Buffer.concat(frames.map(encode)), cuts);
          const isRow = ({ type }: Frame): boolean => type === 'd';
          expect(rows).toEqual(frames.filter(isRow).map(({ body }) => Buffer.from(body).toString('hex')));
          const rest = frames.filter((each) => !isRow(each)).map(encode);
          expect(others.equals(Buffer.concat(rest))).toBe(true);
        },
      ),
      { numRuns: casesOf(300) },
    );
  });

  it.each(['d', 'D', 'E'])(
    'reads nothing of a message %s of 16 MiB or more, however its head is cut',
    (type) => {
      const head = Buffer.alloc(5);
      head.write(type, 'latin1');
      head.writeUInt32BE(16 * 1024 * 1024, 1);
      const first = encode({ type: 'd', body: new Uint8Array(2) });
      const bytes = Buffer.concat([first, head, Buffer.alloc(50_000)]);
      for (const cuts of [[], [first.length], [first.length + 1], [first.length + 4, first.length + 5]])
        expect(filtered(bytes, cuts)).toEqual({ rows: ['0000'], others: Buffer.alloc(0), refusals: [1] });
    },
  );

  it('parts them byte by byte', () => {
    const frames: Frame[] = ['d', 'Z', 'd', 'd', 'C'].map((type, index) => ({
      type,
      body: new Uint8Array(index).fill(index),
    }));
    const bytes = Buffer.concat(frames.map(encode));
    const { rows, others } = filtered(bytes, [...bytes.keys()]);
    expect(rows).toEqual(['', '0202', '030303']);
    expect(others.toString('latin1', 0, 1)).toBe('Z');
    expect(others).toHaveLength(5 + 1 + 5 + 4);
  });
});
