import type { MismatchKind } from '../../../../src/monitors/reconcile/engine/types.ts';
import type { StoredRow } from './tables.ts';

/** A pair of tables, and what is to be found in it: by number, as `id`; its text key is `K` and the number. */
export interface Case {
  readonly name: string;
  readonly left: readonly StoredRow[];
  readonly right: readonly StoredRow[];
  readonly expected: readonly (readonly [id: bigint, kind: MismatchKind])[];
}

/** Cases that only the two texts tell apart; the others can do without, and so with digest `integer`. */
export const isOfTexts = ({ name }: Case): boolean => /text|neighbouring/.test(name);

const start = Date.UTC(2026, 2, 1, 12);
const first = 1000;
/** Buckets of keys in which the cases are looked for; `first` begins one. */
export const bucketWidth = 10n;
/** Buckets of time: ten rows too. */
export const bucketMs = 10_000;
export const window = { from: start, to: start + 3_600_000 };

function written(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

function row(id: bigint, seconds: number, values: Partial<StoredRow> = {}): StoredRow {
  return {
    id: String(id),
    ref: `K${id}`,
    amount: `${seconds + 10}.50`,
    qty: String(seconds),
    status: 'open',
    a: '1',
    b: '23',
    paid: written(start + seconds * 1000),
    at: written(start + seconds * 1000),
    ...values,
  };
}

const base = Array.from({ length: 100 }, (_, index) => row(BigInt(first + index), index));

/** The base with other values in some rows, by number. */
function changed(changes: Readonly<Record<number, Partial<StoredRow>>>): StoredRow[] {
  return base.map((one) => ({ ...one, ...changes[Number(one.id)] }));
}

function without(...ids: number[]): StoredRow[] {
  return base.filter((one) => !ids.includes(Number(one.id)));
}

function changes(name: string, by: Readonly<Record<number, Partial<StoredRow>>>): Case {
  const expected = Object.keys(by).map((id) => [BigInt(id), 'different'] as const);
  return { name, left: base, right: changed(by), expected };
}

/** Two tables of 100 rows in which one row is not as in the base: `left` and `right` are its values. */
function oneRow(name: string, left: Partial<StoredRow>, right: Partial<StoredRow>): Case {
  return {
    name,
    left: changed({ 1033: left }),
    right: changed({ 1033: right }),
    expected: [[1033n, 'different']],
  };
}

const edges = { first: 1000, last: 1099, 'the beginning of a bucket': 1040, 'the end of a bucket': 1049 };
const extra = (id: bigint): StoredRow[] => [...base, row(id, 200)];
const secondOf = (id: number): StoredRow => row(BigInt(id), id - first);

/** Every item of "Must be found". */
export const mustBeFound: readonly Case[] = [
  changes('one cent', { 1042: { amount: '52.51' } }),
  changes('a sign', { 1042: { amount: '-52.50' } }),
  changes('two amounts swapped', { 1042: { amount: '53.50' }, 1043: { amount: '52.50' } }),
  changes('+x and -x', { 1042: { amount: '59.50' }, 1047: { amount: '50.50' } }),
  changes('+5, -10 and +5', {
    1041: { amount: '56.50' },
    1042: { amount: '42.50' },
    1043: { amount: '58.50' },
  }),
  {
    name: 'a constant shift',
    left: base,
    right: base.map((one) => ({ ...one, amount: String(Number(one.amount) + 7) })),
    expected: base.map((one) => [BigInt(one.id ?? 0), 'different'] as const),
  },
  oneRow('a text that is NULL instead of empty', { a: null }, { a: '' }),
  oneRow('a text that is 0 instead of NULL', { a: '0' }, { a: null }),
  oneRow('a text that is 0 instead of empty', { a: '0' }, { a: '' }),
  oneRow('an amount that is NULL instead of 0', { amount: null }, { amount: '0' }),
  oneRow('a number that is NULL instead of 0', { qty: null }, { qty: '0' }),
  oneRow('an instant that is NULL', { paid: null }, {}),
  oneRow('a value moved between neighbouring columns', { a: '1', b: '23' }, { a: '12', b: '3' }),
  oneRow('a NULL moved between neighbouring columns', { a: null, b: '7' }, { a: '7', b: null }),
  changes('a status only', { 1042: { status: 'paid' } }),
  ...Object.entries(edges).map(([where, id]): Case => ({
    name: `a row missing at ${where}`,
    left: base,
    right: without(id),
    expected: [[BigInt(id), 'missing_right']],
  })),
  {
    name: 'a row too many before the first',
    left: base,
    right: extra(999n),
    expected: [[999n, 'missing_left']],
  },
  {
    name: 'a row too many behind the last',
    left: base,
    right: extra(1100n),
    expected: [[1100n, 'missing_left']],
  },
  {
    name: 'one missing and one added in a bucket',
    left: without(1044),
    right: without(1045),
    expected: [
      [1044n, 'missing_left'],
      [1045n, 'missing_right'],
    ],
  },
  {
    name: 'a key twice on one side',
    left: base,
    right: [...base, { ...secondOf(1042), qty: '5' }],
    expected: [[1042n, 'duplicate']],
  },
  {
    name: 'a pair of identical rows on one side',
    left: without(1042),
    right: [...base, secondOf(1042)],
    expected: [[1042n, 'duplicate']],
  },
  {
    name: 'a pair of identical rows on both sides',
    left: [...base, secondOf(1042)],
    right: [...base, secondOf(1042)],
    expected: [[1042n, 'duplicate']],
  },
  {
    name: 'a key past 2^53',
    left: [...base, row(2n ** 53n + 1n, 300)],
    right: [...base, row(2n ** 53n, 300)],
    expected: [
      [2n ** 53n, 'missing_left'],
      [2n ** 53n + 1n, 'missing_right'],
    ],
  },
  oneRow('an amount that a float64 rounds', { amount: '90071992547409.93' }, { amount: '90071992547409.92' }),
  {
    name: 'a whole bucket',
    left: base,
    right: without(...Array.from({ length: 10 }, (_, index) => 1050 + index)),
    expected: Array.from({ length: 10 }, (_, index) => [BigInt(1050 + index), 'missing_right'] as const),
  },
  {
    name: 'a whole side',
    left: [],
    right: base,
    expected: base.map((one) => [BigInt(one.id ?? 0), 'missing_left'] as const),
  },
  {
    name: 'a key alone in a huge gap',
    left: [...base, row(2n ** 52n, 300), row(2n ** 55n, 301)],
    right: [...base, row(2n ** 55n, 301)],
    expected: [[2n ** 52n, 'missing_right']],
  },
];

/** Further cases, for mistakes that the others would not show. */
export const pitfalls: readonly Case[] = [
  changes('the last row of a bucket and one of the next', { 1039: { qty: '5' }, 1042: { qty: '5' } }),
  {
    // Their digests cancel in an exclusive or.
    name: 'two pairs of identical rows in one bucket',
    left: [...without(1043), secondOf(1042)],
    right: [...without(1042), secondOf(1043)],
    expected: [
      [1042n, 'duplicate'],
      [1043n, 'duplicate'],
    ],
  },
  {
    name: 'keys on both sides of 2^31 and 2^32',
    left: [
      ...base,
      row(2n ** 31n - 1n, 300),
      row(2n ** 31n, 301),
      row(2n ** 32n - 1n, 302),
      row(2n ** 32n, 303),
    ],
    right: [...base, row(2n ** 31n - 1n, 300), row(2n ** 31n, 301), row(2n ** 32n, 303)],
    expected: [[2n ** 32n - 1n, 'missing_right']],
  },
];

/** Both sides hold the same, NULL in every field included. */
const nothing = { amount: null, qty: null, status: null, a: null, b: null, paid: null };
export const alike: Case = {
  name: 'nothing',
  left: changed({ 1003: nothing, 1042: nothing }),
  right: changed({ 1003: nothing, 1042: nothing }),
  expected: [],
};

/** The cases that mutations have to survive; their sets are their indices. */
export const checked: readonly Case[] = [...mustBeFound, ...pitfalls, alike];
