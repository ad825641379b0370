import type { KeyMeasure, Measure, Selection } from '../../databases/comparison/contract.ts';
import type { Column } from '../../databases/values.ts';
import { RunError } from '../contract.ts';
import type { RunContext } from '../contract.ts';
import type { Pair, Side, SideName } from './engine/types.ts';
import { sideSql } from './queries.ts';
import type { Settings } from './settings.ts';
import { ownColumns } from './side-settings.ts';
import { codesOf } from './status-codes.ts';
import { requireComparison } from '../../databases/contract.ts';

function keyMeasure({ key }: Settings): KeyMeasure {
  if (key.type === 'integer') return { type: 'integer' };
  if (key.type === 'guid') return { type: 'text', trim: true, fold: true, guid: true };
  return { type: 'text', trim: key.trim, fold: key.case === 'lower', guid: false };
}

function measureOf(given: Settings, name: string, side: SideName): Measure {
  const how = given.compare[name];
  if (how?.type === 'money') return { type: 'money', digits: how.digits };
  if (how?.type === 'status') return { type: 'status', ...codesOf(how, side) };
  return { type: how?.type ?? 'integer' };
}

/** @throws RunError `columns` when a column that is needed is missing. */
function checkColumns(given: Settings, side: SideName, columns: readonly Column[]): void {
  const present = new Set(columns.map(({ name }) => name.toLowerCase()));
  for (const needed of ['record', ...Object.keys(given.compare)])
    if (!present.has(needed.toLowerCase()))
      throw new RunError(
        'columns',
        `${side}: the result has no column ${needed}: add it with AS ${needed}; it has ${columns.map(({ name }) => name).join(', ')}`,
      );
}

/** The columns of a side that mean something, as far as it has them. */
async function sideOf(run: RunContext<Settings>, name: SideName, company: string): Promise<Side> {
  const given = run.settings;
  const database = run.database(given[name].database);
  const sql = sideSql(given[name]);
  const parameters = { company, now: new Date(run.now), today: new Date(run.today(company)) };
  const columns = await database.describe(sql, parameters, run.signal);
  checkColumns(given, name, columns);
  const has = (column: string) => columns.some((each) => each.name.toLowerCase() === column);
  const [, at, changedAt, amount, currency] = ownColumns;
  const selection: Selection = {
    sql,
    columns,
    parameters,
    key: { column: 'record', measure: keyMeasure(given) },
    fields: Object.keys(given.compare).map((column) => ({
      column,
      measure: measureOf(given, column, name),
    })),
    ...(has(at) ? { at } : {}),
    ...(has(changedAt) ? { changedAt } : {}),
    ...(has(amount) ? { amount } : {}),
    ...(has(currency) ? { currency } : {}),
  };
  return { comparison: requireComparison(database), selection };
}

/** `at` is used only when both sides have it. */
function withoutTime({ comparison, selection: { at: _, ...selection } }: Side): Side {
  return { comparison, selection };
}

/** Both sides as the engine compares them. @throws RunError `columns` when a column that is needed is missing. */
export async function sidesOf(run: RunContext<Settings>, company: string): Promise<Pair<Side>> {
  const left = await sideOf(run, 'left', company);
  const right = await sideOf(run, 'right', company);
  const bothTimed = left.selection.at !== undefined && right.selection.at !== undefined;
  return bothTimed ? { left, right } : { left: withoutTime(left), right: withoutTime(right) };
}

/** The tolerance of each compared column in milliseconds; 0 for columns without one. */
export function tolerancesOf({ compare }: Settings): readonly number[] {
  return Object.values(compare).map((how) => (how.type === 'instant' ? how.tolerance : 0));
}
