import { argv, exit, stdout } from 'node:process';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type * as Cycle from '../../../../src/monitors/reconcile/engine/cycle.ts';
import type * as Databases from '../../../../src/databases/contract.ts';
import { candidates, confirmed, Runs } from './cycle-runs.ts';
import { busy, hour, minute, second, settingsOf, start, World } from './cycle-world.ts';

/*
 * A small fixed check of a copy of the sources, in a process of its own: `node cycle-mutation-check.ts FOLDER`, where FOLDER
 * holds `src`. Ends with 0 when runs tell what they should and with 3 when not; anything else is a fault of the check.
 */

const at = (path: string): string => pathToFileURL(`${argv[2] ?? '.'}/src/${path}`).href;
const { runCycle } = (await import(at('monitors/reconcile/engine/cycle.ts'))) as typeof Cycle;
const { DatabaseError } = (await import(at('databases/contract.ts'))) as typeof Databases;

function runsOf(world: World): Runs {
  world.aborted = () => new DatabaseError('aborted', 'the statement was cancelled');
  return new Runs(world, runCycle);
}

/** What each situation came to, and what it should have. */
type Outcome = readonly [got: unknown, wanted: unknown];

async function young(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  runs.world.insert('left', 'a');
  const before = candidates(await runs.after(5 * minute));
  return [
    [before, candidates(await runs.after(1))],
    [{}, { a: 'missing_right' }],
  ];
}

async function youngWithoutTime(): Promise<Outcome> {
  const runs = runsOf(new World('integer', { hasAt: false }));
  runs.world.insert('left', 1n);
  await runs.run();
  const early = confirmed(await runs.after(5 * minute));
  return [
    [early, confirmed(await runs.after(1))],
    [{}, { 1: 'missing_right' }],
  ];
}

async function seenOnce(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  runs.world.insert('left', 'a');
  const once = confirmed(await runs.after(hour));
  return [
    [once, confirmed(await runs.after(6 * minute))],
    [{}, { a: 'missing_right' }],
  ];
}

async function graceful(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  const { rules } = settingsOf(runs.world, runs.state);
  const change = { rules: { ...rules, graceMs: { ...rules.graceMs, missing_right: hour } } };
  runs.world.insert('left', 'a');
  await runs.after(30 * minute, change);
  const early = confirmed(await runs.after(29 * minute, change));
  return [
    [early, confirmed(await runs.after(2 * minute, change))],
    [{}, { a: 'missing_right' }],
  ];
}

/** Something that always moves in the middle of the looks. */
async function moving(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  runs.world.insertBoth('a');
  let value = 1n;
  runs.world.onStatement = ({ name, side }) => {
    if (name === 'lookup' && side === 'right') runs.world.update('left', 'a', { cells: [(value += 1n)] });
  };
  runs.world.update('left', 'a', { cells: [0n] });
  return [candidates(await runs.after(6 * minute)), {}];
}

/** A mismatch that moves is not resolved. */
async function movingLater(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  runs.world.insertBoth('a');
  runs.world.update('right', 'a', { cells: [-1n] });
  await runs.after(6 * minute);
  await runs.after(6 * minute);
  let value = 1n;
  runs.world.onStatement = () => runs.world.update('left', 'a', { cells: [(value += 1n)] });
  return [confirmed(await runs.after(minute)), { a: 'different' }];
}

async function cutInLookUp(): Promise<Outcome> {
  const runs = runsOf(new World('text', { hasAt: false }));
  runs.world.insert('left', 'a');
  const deadline = new AbortController();
  runs.world.onStatement = ({ name }) => {
    if (name === 'lookup') deadline.abort();
  };
  const { cut, verifiedThrough } = await runs.run({ deadline: deadline.signal });
  return [
    [cut, verifiedThrough],
    [true, null],
  ];
}

async function skewed(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  runs.world.insert('left', 'a');
  runs.world.skew.right = 30 * second;
  return [candidates(await runs.after(5 * minute + 20 * second)), {}];
}

async function writtenLate(): Promise<Outcome> {
  const runs = runsOf(new World('text'));
  await runs.after(hour);
  runs.world.insert('left', 'a', { at: runs.world.now - 10 * minute });
  // A run without time for anything old.
  return [candidates(await runs.after(minute, { auditBudgetMs: 0 })), { a: 'missing_right' }];
}

async function longPause(): Promise<Outcome> {
  const runs = runsOf(busy([]));
  await runs.run();
  const deadline = new AbortController();
  runs.world.onStatement = ({ name }) => {
    if (name === 'rows') deadline.abort();
  };
  return [(await runs.after(3 * hour, { deadline: deadline.signal })).verifiedThrough, null];
}

async function littleTime(): Promise<Outcome> {
  const runs = runsOf(busy([]));
  await runs.run();
  let oldest: number | null = null;
  for (let turn = 0; turn < 60; turn += 1)
    oldest = (await runs.after(second, { auditBudgetMs: 0 })).oldestAudit;
  return [oldest !== null && oldest > start, true];
}

async function tooMany(): Promise<Outcome> {
  const runs = runsOf(new World('text', { hasAt: false }));
  const row = { cells: [1n], at: null };
  runs.world.tables.left = Array.from({ length: 20_001 }, (_, index) => ({ ...row, key: `r${index}` }));
  return [(await runs.run()).verifiedThrough, null];
}

async function changedLate(): Promise<Outcome> {
  const runs = runsOf(new World('text', { hasChanged: true }));
  runs.world.insertBoth('a', { at: start - 2 * hour, changedAt: start - 2 * hour });
  await runs.run();
  runs.world.update('left', 'a', { cells: [2n] });
  await runs.after(minute);
  return [confirmed(await runs.after(minute)), {}];
}

const situations = [
  young,
  changedLate,
  youngWithoutTime,
  seenOnce,
  graceful,
  moving,
  movingLater,
  cutInLookUp,
  skewed,
  writtenLate,
  tooMany,
  longPause,
  littleTime,
];

for (const situation of situations) {
  const [got, wanted] = await situation();
  if (isDeepStrictEqual(got, wanted)) continue;
  stdout.write(`${situation.name}: ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`);
  exit(3);
}
stdout.write('all is told');
