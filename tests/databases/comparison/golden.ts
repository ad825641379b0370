import { createHash } from 'node:crypto';
import { nullCell, type Measure } from '../../../src/databases/comparison/contract.ts';

/** One row of the table of golden vectors; times are in UTC, `local` is what a clock in Brussels shows. */
export interface GoldenRow {
  readonly id: bigint | null;
  readonly ref: string | null;
  readonly amount: string | null;
  readonly status: string | null;
  readonly note: string | null;
  readonly zoned: string | null;
  readonly local: string | null;
}

export interface GoldenCells {
  readonly cents: bigint;
  readonly status: bigint;
  readonly note: string | null;
  readonly zoned: bigint;
  readonly local: bigint;
}

/** `paid` and `new` have codes, anything else is 9. */
export const statusMeasure: Measure = { type: 'status', codes: { paid: 1, new: 2, "it's": 3 }, other: 9 };

const at = (iso: string): bigint => BigInt(Date.parse(iso));

/** Rows in ascending order of their key, each with its cells as they have to be on every server. */
export const golden: readonly { readonly row: GoldenRow; readonly cells: GoldenCells }[] = [
  {
    row: {
      id: -7n,
      ref: 'a-1',
      amount: '-12.34',
      status: 'paid',
      note: 'x',
      zoned: '1971-01-01T00:00:00.001Z',
      local: '1969-12-31 23:59:59.999',
    },
    cells: {
      cents: -1234n,
      status: 1n,
      note: 'x',
      zoned: at('1971-01-01T00:00:00.001Z'),
      local: -3_600_001n,
    },
  },
  {
    row: {
      id: 0n,
      ref: 'A-1',
      amount: '0',
      status: '',
      note: '',
      zoned: '1970-01-02T00:00:00.000Z',
      local: '1970-01-01 01:00:00.000',
    },
    cells: { cents: 0n, status: 9n, note: '', zoned: 86_400_000n, local: 0n },
  },
  {
    row: { id: 1n, ref: 'b  ', amount: null, status: null, note: null, zoned: null, local: null },
    cells: { cents: nullCell, status: nullCell, note: null, zoned: nullCell, local: nullCell },
  },
  {
    row: {
      id: 2n,
      ref: ' c',
      amount: '1.005',
      status: 'PAID',
      note: 'trailing  ',
      zoned: '2026-03-29T00:59:59.123Z',
      local: '2026-03-29 01:59:59.123',
    },
    cells: {
      cents: 101n,
      status: 9n,
      note: 'trailing',
      zoned: at('2026-03-29T00:59:59.123Z'),
      local: at('2026-03-29T00:59:59.123Z'),
    },
  },
  {
    row: {
      id: 3n,
      ref: 'd',
      amount: '-0.005',
      status: 'new',
      note: 'été 漢 😀',
      zoned: '2026-03-29T01:00:00.000Z',
      local: '2026-03-29 03:00:00.000',
    },
    cells: {
      cents: -1n,
      status: 2n,
      note: 'été 漢 😀',
      zoned: at('2026-03-29T01:00:00Z'),
      local: at('2026-03-29T01:00:00Z'),
    },
  },
  {
    // A time that DST skips, read with the offset before it.
    row: {
      id: 4n,
      ref: 'e',
      amount: '1.5',
      status: "it's",
      note: `O'Hara \\ ; -- :id`,
      zoned: '2026-07-01T10:00:00.000Z',
      local: '2026-03-29 02:30:00.000',
    },
    cells: {
      cents: 150n,
      status: 3n,
      note: `O'Hara \\ ; -- :id`,
      zoned: at('2026-07-01T10:00:00Z'),
      local: at('2026-03-29T01:30:00Z'),
    },
  },
  {
    // A time that occurs twice is the first of the two.
    row: {
      id: 5n,
      ref: 'f',
      amount: '1.50',
      status: 'new ',
      note: ' leading',
      zoned: '2026-10-25T00:30:00.000Z',
      local: '2026-10-25 02:30:00.000',
    },
    cells: {
      cents: 150n,
      status: 2n,
      note: ' leading',
      zoned: at('2026-10-25T00:30:00Z'),
      local: at('2026-10-25T00:30:00Z'),
    },
  },
  {
    row: {
      id: 6n,
      ref: 'g',
      amount: '-1.005',
      status: 'x',
      note: '\t',
      zoned: '2026-10-25T02:00:00.000Z',
      local: '2026-10-25 03:00:00.000',
    },
    cells: {
      cents: -101n,
      status: 9n,
      note: '\t',
      zoned: at('2026-10-25T02:00:00Z'),
      local: at('2026-10-25T02:00:00Z'),
    },
  },
  {
    row: {
      id: 9_007_199_254_740_993n,
      ref: 'h',
      amount: '90071992547409.93',
      status: 'paid',
      note: 'y',
      zoned: '2026-01-01T00:00:00.000Z',
      local: '2026-01-01 00:00:00.000',
    },
    cells: {
      cents: 9_007_199_254_740_993n,
      status: 1n,
      note: 'y',
      zoned: at('2026-01-01T00:00:00Z'),
      local: at('2025-12-31T23:00:00Z'),
    },
  },
  {
    row: {
      id: 9_007_199_254_740_994n,
      ref: 'i',
      amount: '21474836.47',
      status: 'paid',
      note: 'y',
      zoned: '2037-12-31T23:59:59.001Z',
      local: '2037-07-01 12:00:00.001',
    },
    cells: {
      cents: 2_147_483_647n,
      status: 1n,
      note: 'y',
      zoned: at('2037-12-31T23:59:59.001Z'),
      local: at('2037-07-01T10:00:00.001Z'),
    },
  },
];

/** The first 64 bits of the md5 of a text, signed. */
export function md5(text: string): bigint {
  const hex = createHash('md5').update(text, 'utf8').digest('hex');
  return BigInt.asIntN(64, BigInt(`0x${hex.slice(0, 16)}`));
}

/** The digest `md5` of a row: a text as itself, a number as such, null for NULL. */
export function md5Digest(values: readonly (bigint | string | null)[]): bigint {
  return md5(
    values
      .map((value) => (value === null || value === nullCell ? String.fromCharCode(30) : String(value)))
      .join(String.fromCharCode(31)),
  );
}

/** The multipliers of the constant and of up to three inputs: 48271^5… mod 2^31-1 and 69621^5… mod 2^31-19. */
const multipliers = [
  { prime: 2_147_483_647n, of: [2_078_669_041n, 407_355_683n, 1_105_902_161n, 854_716_505n] },
  { prime: 2_147_483_629n, of: [573_583_931n, 1_028_778_896n, 1_741_524_008n, 1_864_751_257n] },
] as const;

/** The digest `integer` of a row: key and up to two cells. */
export function integerDigest(values: readonly bigint[]): bigint {
  const [first = 0n, second = 0n] = multipliers.map(({ prime, of }) => {
    const terms = values.map((value, index) => ((value % prime) * (of[index + 1] ?? 0n)) % prime);
    return terms.reduce((sum, term) => sum + term, of[0]) % prime;
  });
  return first * second;
}
