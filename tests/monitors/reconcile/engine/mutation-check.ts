import { argv, env, exit, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type * as Drivers from '../../../../src/databases/drivers.ts';
import type { Database, DatabaseSettings } from '../../../../src/databases/contract.ts';
import type * as Compare from '../../../../src/monitors/reconcile/engine/join/compare.ts';
import type { Mismatch, Side } from '../../../../src/monitors/reconcile/engine/types.ts';
import { alike, checked as cases, isOfTexts, pitfalls, window } from './cases.ts';
import { sorted } from './oracle.ts';
import { applies, find, plans, type Plan } from './plans.ts';
import { selectionOf, tableOf, type Table } from './tables.ts';

/*
 * A small fixed check of a copy of the sources, in a process of its own: `node mutation-check.ts FOLDER`, where FOLDER holds
 * `src`. CHECK_SERVERS holds the settings of servers that hold the cases. Ends with 0 when all is found as it should be and
 * with 3 when it is not; anything else is a fault of the check.
 */

interface Copy {
  readonly compare: typeof Compare.compare;
  readonly loadDriver: typeof Drivers.loadDriver;
}

async function load(folder: string): Promise<Copy> {
  const at = (path: string): string => pathToFileURL(`${folder}/src/${path}`).href;
  const { compare } = (await import(at('monitors/reconcile/engine/join/compare.ts'))) as typeof Compare;
  const { loadDriver } = (await import(at('databases/drivers.ts'))) as typeof Drivers;
  return { compare, loadDriver };
}

function sideOf(table: Table, plan: Plan, set: number): Side {
  return {
    comparison: table.comparison,
    selection: selectionOf(table, set, plan.key, plan.buckets?.digest !== 'integer'),
  };
}

const keyIn = (plan: Plan, id: bigint): bigint | string => (plan.key === 'id' ? id : `K${id}`);

/** What is wrong with the answers of one plan; null: nothing. */
async function checkPlan(copy: Copy, plan: Plan, left: Table, right: Table): Promise<string | null> {
  for (const [set, item] of cases.entries()) {
    const [one, other] = [sideOf(left, plan, set), sideOf(right, plan, set)];
    if (!applies(plan, one, other)) return null;
    if (plan.buckets?.digest === 'integer' && isOfTexts(item)) continue;
    const expected = item.expected.map(([id, kind]): Mismatch => ({ kind, key: keyIn(plan, id) }));
    const countings =
      plan.buckets === undefined || !pitfalls.includes(item) ? [plan] : [plan, uncounted(plan)];
    for (const counting of countings)
      if (!isDeepStrictEqual(sorted(await find(copy.compare, counting, one, other)), sorted(expected)))
        return `${plan.name}: ${item.name}`;
  }
  return (await checkEnds(copy, plan, left, right)) ?? (await checkAgreement(copy, plan, left, right));
}

/** The digests alone have to show it. */
function uncounted(plan: Plan): Plan {
  return plan.buckets === undefined ? plan : { ...plan, buckets: { ...plan.buckets, countKeys: false } };
}

/** A row at the end of a part, or of the core, lies outside; one at its beginning inside. */
async function checkEnds(copy: Copy, plan: Plan, left: Table, right: Table): Promise<string | null> {
  for (const where of ['first', 'last'] as const) {
    const set = cases.findIndex(({ name }) => name === `a row missing at ${where}`);
    const id = where === 'first' ? 1000n : 1099n;
    const at = window.from + Number(id - 1000n) * 1000;
    const [one, other] = [sideOf(left, plan, set), sideOf(right, plan, set)];
    const keys = (from: bigint, to: bigint): Plan => ({
      ...plan,
      part: { ...plan.part, keys: [{ from, to }] },
    });
    const times = (from: number, to: number): Plan => ({ ...plan, part: { ...plan.part, at: { from, to } } });
    const parts = [
      ...(plan.key === 'id'
        ? ([
            [keys(0n, id), 0],
            [keys(id, id + 1n), 1],
            [keys(id + 1n, 5000n), 0],
          ] as const)
        : []),
      ...([
        [times(window.from, at), 0],
        [times(at, at + 1), 1],
        [times(at + 1, window.to), 0],
      ] as const),
    ];
    for (const [part, count] of parts)
      if ((await find(copy.compare, part, one, other)).length !== count)
        return `${plan.name}: an end of a part`;
    const cores = [
      [window.from, at, 0],
      [at, at + 1, 1],
      [at + 1, window.to, 0],
    ] as const;
    for (const [from, to, count] of cores)
      if ((await find(copy.compare, plan, one, other, [], { from, to })).length !== count)
        return `${plan.name}: an end of the core`;
  }
  return null;
}

/** Servers agree on digests: where tables are the same, no bucket differs. */
async function checkAgreement(copy: Copy, plan: Plan, left: Table, right: Table): Promise<string | null> {
  if (plan.buckets === undefined) return null;
  const set = cases.indexOf(alike);
  const options = {
    signal: AbortSignal.timeout(15_000),
    timeoutMs: 10_000,
    tolerancesMs: [],
    buckets: plan.buckets,
  };
  const sides = [sideOf(left, plan, set), sideOf(right, plan, set)] as const;
  const parts = { left: plan.part, right: plan.part };
  const { buckets, differingBuckets } = await copy.compare(
    'buckets',
    ...sides,
    parts,
    undefined,
    options,
    () => undefined,
  );
  return buckets === 10 && differingBuckets === 0 ? null : `${plan.name}: digests of the same rows differ`;
}

async function check(folder: string, servers: readonly DatabaseSettings[]): Promise<string | null> {
  const copy = await load(folder);
  const databases: Database[] = [];
  const open = async (settings: DatabaseSettings): Promise<Database> => {
    const database = (await copy.loadDriver(settings.driver))(settings);
    databases.push(database);
    return database;
  };
  try {
    for (const [index, leftServer] of servers.entries())
      for (const rightServer of servers.slice(index)) {
        const signal = AbortSignal.timeout(60_000);
        const left = await tableOf(await open(leftServer), 'left_rows', signal);
        const right = await tableOf(await open(rightServer), 'right_rows', signal);
        for (const plan of plans) {
          const wrong = await checkPlan(copy, plan, left, right).catch(
            (error: unknown) => `${plan.name}: ${String(error)}`,
          );
          if (wrong !== null) return `${leftServer.driver} against ${rightServer.driver}, ${wrong}`;
        }
      }
    return null;
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}

const settings = JSON.parse(env['CHECK_SERVERS'] ?? '[]') as readonly DatabaseSettings[];
const wrong = await check(argv[2] ?? '.', settings);
stdout.write(wrong ?? 'all is found');
exit(wrong === null ? 0 : 3);
