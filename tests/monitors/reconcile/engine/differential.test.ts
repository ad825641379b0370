import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Digest, Part } from '../../../../src/databases/comparison/contract.ts';
import type { Database } from '../../../../src/databases/contract.ts';
import { loadDriver } from '../../../../src/databases/drivers.ts';
import { compare } from '../../../../src/monitors/reconcile/engine/join/compare.ts';
import type {
  BucketSettings,
  Mismatch,
  PlanName,
  TimeRange,
} from '../../../../src/monitors/reconcile/engine/types.ts';
import { casesOf } from '../../../helpers/nightly.ts';
import { describeReal } from '../../../helpers/real.ts';
import { exchanged, sorted } from './oracle.ts';
import { oracleSql } from './oracle-sql.ts';
import { rebatched } from './rebatched.ts';
import { fill, mariadbServer, mssqlServer, postgresServer, type Server } from './servers.ts';
import { selectionOf, tableOf, type StoredRow, type Table } from './tables.ts';

const seed = 4;
const pairCount = casesOf(1000, 16);
const start = Date.UTC(2026, 0, 1);
const day: TimeRange = { from: start, to: start + 86_400_000 };
const signal = new AbortController().signal;

/** As servers write a time without a zone. */
const written = (ms: number): string => new Date(start + ms).toISOString().replace('T', ' ').replace('Z', '');

const id = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt(0n, 30n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 53n - 2n, 2n ** 53n + 2n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 63n - 3n, 2n ** 63n - 1n) },
);
const ref = fc.oneof(
  { weight: 3, arbitrary: fc.nat(40).map((number) => `ORD-${number}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a', 'A', 'á', 'e', 'é', '', ' x', "o'x", 'ß', 'ss', '💶', 'Ω', '10', '010'),
  },
);
const text = fc.constantFrom(null, '', '0', '1', '12', '23', '123', 'é', 'e', 'E', 'a', 'A');
const money = fc.constantFrom(
  null,
  '0',
  '0.01',
  '-0.01',
  '10.00',
  '10.10',
  '-10',
  '90071992547409.93',
  '90071992547409.92',
);
const row: fc.Arbitrary<StoredRow> = fc.record({
  id: fc.option(id.map(String), { freq: 30 }),
  ref: fc.option(ref, { freq: 30 }),
  amount: money,
  qty: fc.constantFrom(null, '0', '1', '-1', '4294967296', '-9223372036854775807'),
  status: fc.constantFrom(null, 'open', 'paid', 'void', ''),
  a: text,
  b: text,
  paid: fc.option(fc.nat(2000).map(written), { freq: 5 }),
  at: fc.nat(3_600_000).map(written),
});

/** Equal for equal texts. */
function timeOf(of: string | null): string {
  return written(
    createHash('md5')
      .update(of ?? '')
      .digest()
      .readUInt32BE() % 3_600_000,
  );
}

/** Rows of the left side, what becomes of each on the right, and whether the time of a row follows from its text key. */
const tablePair = fc
  .record({
    rows: fc.array(
      fc.record({
        row,
        other: row,
        fate: fc.constantFrom(
          'keep',
          'keep',
          'keep',
          'keep',
          'keep',
          'change',
          'field',
          'drop',
          'double',
          'new',
        ),
      }),
      { maxLength: 25 },
    ),
    unique: fc.boolean(),
  })
  .map(({ rows, unique }) => {
    const seen = new Set<string | null>();
    const isNew = (value: string | null): boolean => seen.size < seen.add(value).size;
    const ours = unique ? rows.filter(({ row: one }) => isNew(`id ${one.id}`) && isNew(one.ref)) : rows;
    const timed = (one: StoredRow): StoredRow => ({ ...one, at: timeOf(one.ref) });
    const theirs = ours.flatMap(({ row: one, other, fate }) => {
      if (fate === 'drop') return [];
      if (fate === 'new') return [one, other];
      if (fate === 'double') return [one, { ...other, id: one.id, ref: one.ref }];
      if (fate === 'field') return [{ ...one, qty: other.qty }];
      return fate === 'change' ? [{ ...other, id: one.id, ref: one.ref }] : [one];
    });
    return {
      left_rows: ours.map(({ row: one }) => timed(one)),
      right_rows: theirs.map(timed).toReversed(),
    };
  });

const sets = new Map(
  fc.sample(tablePair, { seed, numRuns: pairCount }).map((tables, set) => [set, tables] as const),
);

interface Expected extends Mismatch {
  readonly at: number;
}
type Oracle = ReadonlyMap<number, readonly Expected[]>;

async function readOracle(database: Database, key: 'id' | 'ref', withTexts: boolean): Promise<Oracle> {
  const options = { signal, maxRows: 10_000_000, timeoutMs: 60_000 };
  const found = new Map<number, Expected[]>();
  for await (const { set_id: set, k, kind, at } of database.query(oracleSql(key, withTexts), {}, options)) {
    if (kind !== 'missing_left' && kind !== 'missing_right' && kind !== 'different' && kind !== 'duplicate')
      throw new Error(`no kind is called ${String(kind)}`);
    const all = found.get(Number(set)) ?? [];
    all.push({ kind, key: key === 'id' ? BigInt(String(k)) : String(k), at: Number(at) });
    found.set(Number(set), all);
  }
  return found;
}

const hour: TimeRange = { from: start + 600_000, to: start + 2_400_000 };
const wide: Part = { keys: [{ from: 0n, to: 2n ** 63n }] };
const narrow: Part = {
  keys: [
    { from: 0n, to: 7n },
    { from: 9n, to: 40n },
    { from: 2n ** 53n - 1n, to: 2n ** 53n + 2n },
  ],
};

/** The `turn`-th of some things, again and again. */
function pick<Thing>(things: readonly [Thing, ...Thing[]], turn: number): Thing {
  return things[turn % things.length] ?? things[0];
}

interface Plan {
  readonly name: string;
  readonly plan: PlanName;
  readonly key: 'id' | 'ref';
  part(set: number): Part;
  /** Buckets, given the digest. */
  buckets?(set: number, digest: Digest): BucketSettings;
}

const plans: readonly Plan[] = [
  { name: 'merge', plan: 'merge', key: 'id', part: (set) => pick([{}, wide, narrow, { at: day }], set) },
  { name: 'hash of integers', plan: 'hash', key: 'id', part: (set) => pick([{}, narrow, { at: day }], set) },
  { name: 'hash of texts', plan: 'hash', key: 'ref', part: (set) => pick([{}, { at: day }], set) },
  {
    name: 'buckets of keys',
    plan: 'buckets',
    key: 'id',
    part: (set) => pick([narrow, narrow, wide], set),
    buckets: (set, digest) => {
      const width = set % 3 === 2 ? 2n ** 13n : pick([2n, 3n, 10n, 1000n], set);
      return { grid: { by: 'key', from: 0n, width }, digest, countKeys: true };
    },
  },
  {
    name: 'buckets of time',
    plan: 'buckets',
    key: 'ref',
    part: () => ({ at: day }),
    buckets: (set, digest) => ({
      grid: { by: 'at', from: day.from, widthMs: pick([1, 60_000, 900_000], set) },
      digest,
      countKeys: true,
    }),
  },
];

const oracles = new Map<string, Oracle>();
const oracleName = (key: string, withTexts: boolean): string => `${key} ${withTexts}`;

/** Compares set `set` and says what should have been found. */
async function runSet(plan: Plan, set: number, left: Table, right: Table, core: TimeRange | undefined) {
  const withTexts = set % 2 === 0;
  const part = plan.part(set);
  const side = ({ comparison, ...table }: Table, size: number) => ({
    comparison: rebatched(comparison, size),
    selection: selectionOf({ comparison, ...table }, set, plan.key, withTexts),
  });
  const [one, other] = [side(left, pick([1, 2, 3, 7, 1000], set)), side(right, pick([5, 1, 1000, 2], set))];
  const both = one.comparison
    .digests(one.selection)
    .filter((digest) => other.comparison.digests(other.selection).includes(digest));
  const buckets = plan.buckets?.(set, pick([both[0] ?? 'md5', ...both], set));
  const found: Mismatch[] = [];
  const options = {
    signal,
    timeoutMs: 10_000,
    tolerancesMs: [],
    ...(buckets === undefined ? {} : { buckets }),
  };
  await compare(plan.plan, one, other, { left: part, right: part }, core, options, (each) =>
    found.push(each),
  );
  const expected = (oracles.get(oracleName(plan.key, withTexts))?.get(set) ?? []).filter(
    ({ key, at }) =>
      (core === undefined || (at >= core.from && at < core.to)) &&
      (part.keys === undefined || part.keys.some(({ from, to }) => BigInt(key) >= from && BigInt(key) < to)),
  );
  return { found, expected };
}

/** A suite for a server on the left and one on the right; all of it also with the sides exchanged. */
function differential(leftStart: () => Promise<Server>, rightStart: (() => Promise<Server>) | null): void {
  const servers: Server[] = [];
  const databases: Database[] = [];
  const open = async (server: Server | undefined): Promise<Database> => {
    if (server === undefined) throw new Error('no server');
    const database = (await loadDriver(server.settings.driver))(server.settings);
    databases.push(database);
    return database;
  };
  let left: Table;
  let right: Table;

  beforeAll(async () => {
    const [one, other = one] = await Promise.all([
      leftStart(),
      ...(rightStart === null ? [] : [rightStart()]),
    ]);
    const oracle = one.name === 'PostgreSQL' ? one : await postgresServer();
    servers.push(...new Set([one, other, oracle]));
    for (const server of servers) await fill(server, sets);
    left = await tableOf(await open(one), 'left_rows', signal);
    right = await tableOf(await open(other), 'right_rows', signal);
    const judge = await open(oracle);
    for (const key of ['id', 'ref'] as const)
      for (const withTexts of [true, false])
        oracles.set(oracleName(key, withTexts), await readOracle(judge, key, withTexts));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await Promise.all(servers.map((server) => server.dispose()));
  });

  for (const plan of plans)
    it(`finds with ${plan.name} what a full outer join finds, in ${pairCount} pairs of tables`, async () => {
      let mismatches = 0;
      for (const set of sets.keys()) {
        const core = set % 3 === 0 ? hour : undefined;
        const there = await runSet(plan, set, left, right, core);
        expect(sorted(there.found), `set ${set}`).toEqual(sorted(there.expected));
        const back = await runSet(plan, set, right, left, undefined);
        expect(sorted(exchanged(back.found)), `set ${set}, exchanged`).toEqual(sorted(back.expected));
        mismatches += back.found.length;
      }
      expect(mismatches).toBeGreaterThan(pairCount);
    }, 300_000);
}

describeReal('PostgreSQL against PostgreSQL', ['postgres'], () => differential(postgresServer, null));
describeReal('PostgreSQL against MariaDB', ['postgres', 'mariadb'], () =>
  differential(postgresServer, mariadbServer),
);
describeReal('MariaDB against MariaDB', ['postgres', 'mariadb'], () => differential(mariadbServer, null));
describeReal('PostgreSQL against SQL Server', ['postgres', 'mssql'], () =>
  differential(postgresServer, mssqlServer),
);
