import type { Part } from '../../databases/comparison/contract.ts';
import { RunError } from '../contract.ts';
import type { RunContext } from '../contract.ts';
import { commonDigest } from './engine/plan/planner.ts';
import { sideNames } from './engine/types.ts';
import type { Pair, Side } from './engine/types.ts';
import { tolerancesOf } from './selections.ts';
import type { Settings } from './settings.ts';

/** Smaller tables may be read completely in each run. */
const largeTable = 100_000;
/** How long the servers' answers about their indexes are reused. */
const accessForMs = 24 * 3_600_000;

/** The parts of a side that each run reads besides slices, each with the column that needs an index. */
function partsRead(run: RunContext<Settings>, { left, right }: Pair<Side>): { column: string; part: Part }[] {
  const { settle, margin } = run.settings;
  const from = run.now - 2 * (settle + margin);
  const has = (column: 'at' | 'changedAt') =>
    left.selection[column] !== undefined && right.selection[column] !== undefined;
  return [
    ...(has('at') ? [{ column: 'at', part: { at: { from, to: run.now } } }] : []),
    ...(has('changedAt') ? [{ column: 'changed_at', part: { changedFrom: from } }] : []),
  ];
}

/**
 * Asks the servers how they would read what is new, and what has changed.
 *
 * @returns a line for each side and part.
 * @throws RunError `query` when a large table would be read whole, unless that is allowed.
 */
export async function accessOf(run: RunContext<Settings>, sides: Pair<Side>): Promise<string[]> {
  const options = { signal: run.signal, timeoutMs: run.timeoutMs };
  const parts = partsRead(run, sides);
  if (parts.length === 0)
    return ['at and changed_at are not on both sides, so that new records are found by slices only'];
  const texts: string[] = [];
  for (const name of sideNames)
    for (const { column, part } of parts) {
      const { comparison, selection } = sides[name];
      const { indexed, scannedRows, text } = await comparison.access(selection, part, options);
      texts.push(`${name}, by ${column}: ${text}`);
      if (indexed === false && scannedRows > largeTable && !run.settings.allow_full_scan)
        throw new RunError(
          'query',
          `${name}: no index leads to new or changed records (${text}, about ${Math.round(scannedRows)} rows), so that each run would ` +
            `read the whole table: create an index on the column behind ${column}, or set allow_full_scan: true`,
        );
    }
  return texts;
}

/** The plans by which slices can be compared, in words; see `choosePlan`. */
export function describePlans(given: Settings, sides: Pair<Side>): string {
  const rows =
    given.key.type === 'integer' ? 'rows, merged in the order of the key' : 'rows, joined by the key';
  const digest = commonDigest(sides, tolerancesOf(given));
  if (given.plan === 'rows' || digest === undefined) return rows;
  const buckets = `buckets with digest ${digest}`;
  if (given.plan === 'buckets') return buckets;
  return `${rows}, or ${buckets}, whichever the first runs find to be faster`;
}

/** As `accessOf`, once a day: indexes seldom change. */
export async function checkAccess(run: RunContext<Settings>, sides: Pair<Side>): Promise<void> {
  const checkedAt = Number(run.state.get('access') ?? Number.NaN);
  if (Math.abs(run.now - checkedAt) < accessForMs) return;
  await accessOf(run, sides);
  run.state.write({ set: new Map([['access', String(run.now)]]) });
}
