import {
  type Digest,
  type Grid,
  type KeyMeasure,
  type Measure,
  type Part,
  type Selection,
} from './contract.ts';
import type { CellSql, ColumnRef, ComparisonDialect, DigestInput } from './dialect.ts';
import { integerDigest } from './digest.ts';
import { serverCell } from './wall-clock.ts';
import { DatabaseError } from '../contract.ts';
import type { Parameters } from '../values.ts';
import type { Instant } from '../../time.ts';

/** A statement with named parameters, as `Database.query` takes it. Its own parameters begin with `erp_`. */
export interface ComparisonSql {
  readonly sql: string;
  readonly parameters: Parameters;
}

/** What stands in the columns `key` and `cell(0)`, `cell(1)`, … of a result. */
export interface Layout {
  readonly textKey: boolean;
  /** By cell, the key not counted: whether it is a local time, see `CellSql.localTime`. */
  readonly localTimes: readonly boolean[];
}

/** Names of the columns of results. */
export const resultNames = {
  row: 'erp_row',
  key: 'erp_key',
  cell: (index: number): string => `erp_${index}`,
  text: (index: number): string => `erp_text_${index}`,
  amount: 'erp_amount',
  currency: 'erp_currency',
  bucket: 'erp_bucket',
  rows: 'erp_rows',
  keys: 'erp_keys',
  sum: 'erp_sum',
  lowest: 'erp_lowest',
  highest: 'erp_highest',
} as const;

const instant: Measure = { type: 'instant' };

/** A column of the user's query. @throws DatabaseError when it has none of that name. */
export function refIn(dialect: ComparisonDialect, selection: Selection, name: string): ColumnRef {
  const column = selection.columns.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (column === undefined)
    throw new DatabaseError('query', `the query has no column ${JSON.stringify(name)}`);
  return { column, sql: `q.${dialect.name(column.name)}` };
}

/** The user's query as a derived table; it may end in a comment. */
export function source({ sql }: Selection): string {
  return `(\n${sql}\n) q`;
}

/** An integer as SQL. */
export function pasted(value: bigint): string {
  return value < 0n ? `(${value})` : String(value);
}

/** A key that the server compares as a number as it stands, so that an index on it helps. */
export function comparable(dialect: ComparisonDialect, ref: ColumnRef, measure: KeyMeasure): string {
  const isNumber = ['integer', 'decimal', 'float'].includes(ref.column.type);
  return isNumber && measure.type === 'integer' ? ref.sql : dialect.key(ref, measure);
}

interface Filter {
  readonly conditions: readonly string[];
  readonly parameters: Parameters;
}

/** The conditions of a part, on the columns as they stand wherever that is possible. */
function filterOf(dialect: ComparisonDialect, selection: Selection, part: Part): Filter {
  const { key, at, changedAt } = selection;
  const ref = refIn(dialect, selection, key.column);
  const conditions = [`${ref.sql} IS NOT NULL`];
  const parameters: Record<string, Parameters[string]> = { ...selection.parameters };
  if (part.keys !== undefined) {
    const value = comparable(dialect, ref, key.measure);
    const ranges = part.keys.map(
      ({ from, to }) => `${value} >= ${pasted(from)} AND ${value} < ${pasted(to)}`,
    );
    conditions.push(ranges.length === 0 ? '1 = 0' : `(${ranges.join(' OR ')})`);
  }
  const compare = (column: string, sign: '<' | '>=', instant: Instant, name: string): void => {
    const time = refIn(dialect, selection, column);
    const literal = dialect.instant?.(time, instant);
    if (literal === undefined) parameters[name] = new Date(instant);
    conditions.push(`${time.sql} ${sign} ${literal ?? `:${name}`}`);
  };
  if (part.at !== undefined && at !== undefined) {
    compare(at, '>=', part.at.from, 'erp_at_from');
    compare(at, '<', part.at.to, 'erp_at_to');
  }
  if (part.changedFrom !== undefined && changedAt !== undefined)
    compare(changedAt, '>=', part.changedFrom, 'erp_changed_from');
  return { conditions, parameters };
}

/** The cells of a row: one per field, then the business time. */
function cellsOf(dialect: ComparisonDialect, selection: Selection): readonly CellSql[] {
  const cells = selection.fields.map(({ column, measure }) =>
    dialect.cell(refIn(dialect, selection, column), measure),
  );
  if (selection.at !== undefined) cells.push(dialect.cell(refIn(dialect, selection, selection.at), instant));
  return cells;
}

/** How the columns of `rowsSql` and `lookupSql` are to be read. */
export function layoutOf(dialect: ComparisonDialect, selection: Selection): Layout {
  const localTimes = cellsOf(dialect, selection).map(({ localTime }) => localTime);
  return { textKey: selection.key.measure.type === 'text', localTimes };
}

/** What digests the server can make of a selection, the cheapest first; none of cells that it cannot convert. */
export function digestsOf(dialect: ComparisonDialect, selection: Selection): readonly Digest[] {
  const { localTimes, textKey } = layoutOf(dialect, selection);
  const fields = localTimes.slice(0, selection.fields.length);
  // Buckets of text keys go by the time.
  const inDigest = textKey ? localTimes : fields;
  const isHidden = inDigest.includes(true) && dialect.utcCell === undefined;
  return isHidden ? [] : dialect.digests(selection);
}

/** Key and cells of a row, each in a column of its own. */
export function columnsOf(dialect: ComparisonDialect, selection: Selection): string[] {
  const ref = refIn(dialect, selection, selection.key.column);
  const cells = cellsOf(dialect, selection);
  return [
    `${dialect.key(ref, selection.key.measure)} AS ${resultNames.key}`,
    ...cells.map(({ sql }, index) => `${sql} AS ${resultNames.cell(index)}`),
  ];
}

/** The same in one column where the dialect packs them. */
function packedOf(dialect: ComparisonDialect, selection: Selection): string {
  if (dialect.pack === undefined) return columnsOf(dialect, selection).join(', ');
  const { column, measure } = selection.key;
  const key = dialect.key(refIn(dialect, selection, column), measure);
  const cells = cellsOf(dialect, selection).map(({ sql }) => sql);
  return `${dialect.pack(key, measure.type, cells)} AS ${resultNames.row}`;
}

/** Key and cells of every row of a part; in ascending order of an integer key when `ordered`. */
export function rowsSql(
  dialect: ComparisonDialect,
  selection: Selection,
  part: Part,
  ordered: boolean,
): ComparisonSql {
  const { key } = selection;
  const { conditions, parameters } = filterOf(dialect, selection, part);
  const order = comparable(dialect, refIn(dialect, selection, key.column), key.measure);
  const sql = [
    `SELECT ${packedOf(dialect, selection)}`,
    `FROM ${source(selection)}`,
    `WHERE ${conditions.join(' AND ')}`,
    ...(ordered && key.measure.type === 'integer' ? [`ORDER BY ${order}`] : []),
  ].join('\n');
  return { sql: `${sql}${dialect.suffix}`, parameters };
}

/** The inner query of the buckets: its number, the key, and the inputs of the digest. */
function bucketInputs(
  dialect: ComparisonDialect,
  selection: Selection,
  grid: Grid,
  digest: Digest,
): { columns: readonly string[]; inputs: readonly DigestInput[] } {
  const { key, fields } = selection;
  const keySql = dialect.key(refIn(dialect, selection, key.column), key.measure);
  const number =
    grid.by === 'key'
      ? dialect.bucket(keySql, grid.from, grid.width)
      : dialect.bucket(timeOf(dialect, selection).sql, BigInt(grid.from), BigInt(grid.widthMs));
  const columns = [`${number} AS ${resultNames.bucket}`, `${keySql} AS ${resultNames.key}`];
  const keyType = key.measure.type === 'text' ? 'text' : 'integer';
  const inputs: DigestInput[] = [{ sql: `s.${resultNames.key}`, type: keyType }];
  for (const [index, { column, measure }] of fields.entries()) {
    const ref = refIn(dialect, selection, column);
    const { sql, type } = inputOf(dialect, ref, measure, digest, keyType === 'integer');
    columns.push(`${sql} AS ${resultNames.cell(index)}`);
    inputs.push({ sql: `s.${resultNames.cell(index)}`, type });
  }
  return { columns, inputs };
}

/** A field as its digest wants it. */
function inputOf(
  dialect: ComparisonDialect,
  ref: ColumnRef,
  measure: Measure,
  digest: Digest,
  byInteger: boolean,
): DigestInput {
  if (measure.type === 'text') return { sql: dialect.text(ref), type: 'text' };
  // A digest that several makers must agree upon is of cells.
  const isOwn = digest.startsWith('native:') && measure.type === 'money' && byInteger;
  const decimal = isOwn ? dialect.decimal?.(ref, measure.digits) : undefined;
  if (decimal !== undefined) return { sql: decimal, type: 'decimal' };
  return { sql: serverCell(dialect, ref, measure), type: 'integer' };
}

/** The business time as a cell that buckets can go by. */
function timeOf(dialect: ComparisonDialect, selection: Selection): { sql: string; raw: string } {
  const { at } = selection;
  if (at === undefined) throw new DatabaseError('query', 'buckets by time need a column for it');
  const ref = refIn(dialect, selection, at);
  return { sql: serverCell(dialect, ref, instant), raw: ref.sql };
}

/**
 * The buckets of a part that are not empty, in ascending order. Their number is computed within the subquery: seen from
 * outside it is a column of which nothing is known, so that PostgreSQL expects few groups and hashes them; of an
 * expression over the key it expects one group a row, and sorts all rows on disk.
 */
export function bucketsSql(
  dialect: ComparisonDialect,
  selection: Selection,
  part: Part,
  grid: Grid,
  digest: Digest,
  countKeys: boolean,
): ComparisonSql {
  const { columns, inputs } = bucketInputs(dialect, selection, grid, digest);
  const { conditions, parameters } = filterOf(dialect, selection, part);
  const timed = grid.by === 'at' ? [`${timeOf(dialect, selection).raw} IS NOT NULL`] : [];
  const value = digest === 'integer' ? integerDigest(inputs) : dialect.digest(digest, inputs);
  const keys = countKeys ? `COUNT(DISTINCT s.${resultNames.key})` : 'COUNT(*)';
  const sql = `SELECT s.${resultNames.bucket}, COUNT(*) AS ${resultNames.rows}, ${keys} AS ${resultNames.keys},
  ${dialect.sum(value)} AS ${resultNames.sum}
FROM (SELECT ${columns.join(', ')}
  FROM ${source(selection)}
  WHERE ${[...conditions, ...timed].join(' AND ')}${dialect.fence ?? ''}) s
GROUP BY s.${resultNames.bucket}
ORDER BY s.${resultNames.bucket}`;
  return { sql: `${sql}${dialect.suffix}`, parameters };
}

/** Smallest and largest integer key. Their extremes are sought first, which an index on the key answers at once. */
export function keyBoundsSql(dialect: ComparisonDialect, selection: Selection): ComparisonSql {
  const { measure, column } = selection.key;
  const ref = refIn(dialect, selection, column);
  const value = comparable(dialect, ref, measure);
  const bound = (sql: string): string => (value === ref.sql ? dialect.key({ ...ref, sql }, measure) : sql);
  const sql = `SELECT ${bound('b.erp_min')} AS ${resultNames.lowest}, ${bound('b.erp_max')} AS ${resultNames.highest}
FROM (SELECT MIN(${value}) AS erp_min, MAX(${value}) AS erp_max
  FROM ${source(selection)}
  WHERE ${ref.sql} IS NOT NULL) b`;
  return { sql: `${sql}${dialect.suffix}`, parameters: selection.parameters };
}
