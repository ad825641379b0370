import { nullCell } from '../../../../src/databases/comparison/contract.ts';
import type {
  Access,
  Comparison,
  ComparisonOptions,
  FoundRow,
  Part,
  Selection,
} from '../../../../src/databases/comparison/contract.ts';
import { DatabaseError } from '../../../../src/databases/contract.ts';
import type { CycleSettings } from '../../../../src/monitors/reconcile/engine/cycle-types.ts';
import type { Key, Pair, Side, SideName } from '../../../../src/monitors/reconcile/engine/types.ts';
import { createMonitorStates } from '../../../../src/state/monitor-states.ts';
import { MemoryComparison, memorySelection } from './memory-comparison.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
/** A multiple of the width of a slice. */
export const start = Date.UTC(2026, 10, 21, 10);

/** A record on one side. */
export interface WorldRow {
  readonly key: Key;
  readonly cells: readonly bigint[];
  /** Of fields that are texts or codes. */
  readonly texts?: readonly (string | null)[];
  readonly at: number | null;
  readonly changedAt?: number;
  readonly amount?: string;
  readonly currency?: string;
}

/** A statement that is about to run. */
export interface Statement {
  readonly side: SideName;
  readonly name: 'rows' | 'buckets' | 'keyBounds' | 'lookup' | 'now';
  /** Of `rows` and `buckets`. */
  readonly part?: Part;
  /** Of `lookup`. */
  readonly keys?: readonly Key[];
}

const sizes = [3, 0, 50];
const wellIndexed: Access = { indexed: true, scannedRows: 0, text: 'Index Scan using at_idx' };

/** A server of a world. What a statement sees is what is there when it begins. */
class WorldComparison implements Comparison {
  readonly #world: World;
  readonly #side: SideName;
  readonly #unread = new MemoryComparison([], sizes);

  constructor(world: World, side: SideName) {
    this.#world = world;
    this.#side = side;
  }

  digests(selection: Selection): ReturnType<Comparison['digests']> {
    return this.#unread.digests(selection);
  }

  async *rows(...[selection, part, ordered, options]: Parameters<Comparison['rows']>) {
    const memory = this.#memory(this.#begin({ name: 'rows', part }, options), part);
    yield* this.#stream(memory.rows(selection, part, ordered, options), options);
  }

  async *buckets(...[selection, part, grid, digest, countKeys, options]: Parameters<Comparison['buckets']>) {
    const memory = this.#memory(this.#begin({ name: 'buckets', part }, options), part);
    yield* this.#stream(memory.buckets(selection, part, grid, digest, countKeys, options), options);
  }

  async keyBounds(...[, options]: Parameters<Comparison['keyBounds']>) {
    await Promise.resolve();
    const keys = this.#begin({ name: 'keyBounds' }, options)
      .map(({ key }) => BigInt(key))
      .sort((one, other) => (one < other ? -1 : 1));
    const [lowest] = keys;
    return lowest === undefined ? null : { lowest, highest: keys.at(-1) ?? lowest };
  }

  async lookup(...[selection, keys, options]: Parameters<Comparison['lookup']>): Promise<FoundRow[]> {
    await Promise.resolve();
    const wanted = new Set(keys);
    return this.#begin({ name: 'lookup', keys }, options)
      .filter(({ key }) => wanted.has(key))
      .map(({ key, cells, texts = cells.map(() => null), at, amount = null, currency = '' }) => ({
        key,
        texts,
        cells: [...cells, ...(selection.at === undefined ? [] : [at === null ? nullCell : BigInt(at)])],
        amount,
        currency,
      }));
  }

  async now(options: ComparisonOptions): Promise<number> {
    await Promise.resolve();
    this.#begin({ name: 'now' }, options);
    return this.#world.now + this.#world.skew[this.#side];
  }

  access(): Promise<Access> {
    return Promise.resolve(this.#world.access[this.#side]);
  }

  #begin(statement: Omit<Statement, 'side'>, { signal }: ComparisonOptions): readonly WorldRow[] {
    this.#world.onStatement({ side: this.#side, ...statement });
    if (signal.aborted) throw this.#world.aborted();
    return this.#world.tables[this.#side];
  }

  #memory(rows: readonly WorldRow[], { changedFrom }: Part): MemoryComparison {
    const seen = rows.filter(
      ({ changedAt }) => changedFrom === undefined || (changedAt !== undefined && changedAt >= changedFrom),
    );
    return new MemoryComparison(seen, sizes);
  }

  /** Throws what a driver throws when the signal fires. */
  async *#stream<Item>(items: AsyncIterable<Item>, { signal }: ComparisonOptions) {
    try {
      yield* items;
    } catch (error) {
      throw signal.aborted ? this.#world.aborted() : error;
    }
  }
}

/** Two servers, their rows and their clock, all of which a test moves by hand. */
export class World {
  now = start;
  /** By how much each server's clock is ahead. */
  readonly skew: Record<SideName, number> = { left: 0, right: 0 };
  readonly tables: Record<SideName, readonly WorldRow[]> = { left: [], right: [] };
  readonly sides: Pair<Side>;
  /** What the servers say of their indexes. */
  readonly access: Record<SideName, Access> = { left: wellIndexed, right: wellIndexed };
  /** Called before each statement: it may change rows, move clocks, abort or throw. */
  onStatement: (statement: Statement) => void = () => undefined;
  /** What a driver throws whose signal has fired. */
  aborted: () => Error = () => new DatabaseError('aborted', 'the statement was cancelled');

  constructor(
    key: 'integer' | 'text',
    { hasAt = true, hasChanged = false }: { hasAt?: boolean; hasChanged?: boolean } = {},
  ) {
    const selection: Selection = {
      ...memorySelection(key, 1, hasAt),
      amount: 'amount',
      currency: 'currency',
      ...(hasChanged ? { changedAt: 'changed_at' } : {}),
    };
    this.sides = {
      left: { comparison: new WorldComparison(this, 'left'), selection },
      right: { comparison: new WorldComparison(this, 'right'), selection },
    };
  }

  /** Adds a record that came to be now, worth 10 EUR, unless `change` says otherwise. */
  insert(side: SideName, key: Key, change: Partial<WorldRow> = {}): void {
    const row = { key, cells: [1n], at: this.now, changedAt: this.now, amount: '10.00', currency: 'EUR' };
    this.tables[side] = [...this.tables[side], { ...row, ...change }];
  }

  insertBoth(key: Key, change: Partial<WorldRow> = {}): void {
    this.insert('left', key, change);
    this.insert('right', key, change);
  }

  remove(side: SideName, key: Key): void {
    this.tables[side] = this.tables[side].filter((row) => row.key !== key);
  }

  /** Changes the rows of a key, as of now. */
  update(side: SideName, key: Key, change: Partial<WorldRow>): void {
    this.tables[side] = this.tables[side].map((row) =>
      row.key === key ? { ...row, changedAt: this.now, ...change } : row,
    );
  }

  /** Copies what the left side has of a key, with its times. */
  copy(key: Key): void {
    this.remove('right', key);
    this.tables.right = [...this.tables.right, ...this.tables.left.filter((row) => row.key === key)];
  }
}

/** A state that ends with the test. */
export function newState(): CycleSettings['state'] {
  return createMonitorStates(undefined, () => undefined).open('scope', 'definition', start);
}

/** A window of 6 hours, settle of 5 minutes, margin of 10; everything audited within a day. */
export function settingsOf(world: World, state: CycleSettings['state']): CycleSettings {
  return {
    sides: world.sides,
    tolerancesMs: [0],
    windowMs: 6 * hour,
    marginMs: 10 * minute,
    rules: {
      settleMs: 5 * minute,
      graceMs: { missing_left: 0, missing_right: 0, different: 0, duplicate: 0 },
      limit: 100,
    },
    intervalMs: 5 * minute,
    fullAuditMs: 24 * hour,
    auditBudgetMs: 60_000,
    presentable: (text) => text,
    wanted: 'auto',
    uniqueKeys: false,
    mostSkewMs: minute,
    state,
    signal: new AbortController().signal,
    deadline: new AbortController().signal,
    timeoutMs: 1_000,
  };
}

/** Whether a statement reads a part of a table. */
export const isScan = ({ name }: Statement): boolean => name === 'rows' || name === 'buckets';

/** Six hours with a record on both sides every minute, but for those of `lost`, which the right side lacks. */
export function busy(lost: readonly number[], key: 'integer' | 'text' = 'text'): World {
  const world = new World(key);
  for (let index = 0; index < 360; index += 1) {
    const id = key === 'text' ? `r${index}` : BigInt(index);
    const at = start - (index + 6) * minute;
    world.insert('left', id, { at });
    if (!lost.includes(index)) world.insert('right', id, { at });
  }
  return world;
}
