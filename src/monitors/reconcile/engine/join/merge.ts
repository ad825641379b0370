import type { CellBatch } from '../../../../databases/comparison/contract.ts';
import { openRows, sharesServer, withReaders, type ReadParts, type Reader } from './readers.ts';
import { cellAt, cellComparer, compareCells, isInCore, place, placeOf } from './rows.ts';
import type { MismatchKind, Side, CompareContext, TimeRange } from '../types.ts';

/** Words of a key: it is the first cell of its row. */
const keyWords = 2;

/**
 * The rows of one side around the one that is looked at. They are copied, so that the next batch can be on its way and a
 * row can be compared with the first of the batch behind it.
 */
class RowWindow {
  readonly #reader: Reader<CellBatch>;
  readonly #core: TimeRange | undefined;
  readonly #width: number;
  readonly #rowWords: number;
  words = new Int32Array(0);
  /** Index of the first word of the row that is looked at. */
  at = 0;
  #end = 0;
  #ended = false;
  /** Whether the row before had the same key. */
  repeated = false;
  #runPlace: number = place.unknown;

  constructor(reader: Reader<CellBatch>, side: Side, core: TimeRange | undefined) {
    const { fields, at } = side.selection;
    this.#reader = reader;
    this.#core = core;
    this.#width = 1 + fields.length + (at === undefined ? 0 : 1);
    this.#rowWords = 2 * this.#width;
  }

  get isEmpty(): boolean {
    return this.at === this.#end;
  }

  /** Where the row lies, or the earliest one of its key. */
  get place(): number {
    return this.repeated ? this.#runPlace : this.#rowPlace(this.at);
  }

  /**
   * Goes to the last row that has the key of this one. To know that it is the last takes the one behind it.
   * @returns false when that has not been read yet
   */
  toLastOfKey(): boolean {
    for (;;) {
      const next = this.at + this.#rowWords;
      if (next >= this.#end) return this.#ended;
      const order = compareCells(this.words, next, this.words, this.at);
      if (order > 0) return true;
      if (order < 0) throw new Error('a server sent keys out of order');
      this.#runPlace = Math.min(this.place, this.#rowPlace(next));
      this.repeated = true;
      this.at = next;
    }
  }

  pass(): void {
    this.at += this.#rowWords;
    this.repeated = false;
  }

  /** Reads on, and keeps the rows that have not been passed. */
  async fill(): Promise<void> {
    const batch = await this.#reader.next();
    if (batch === null) this.#ended = true;
    else this.#append(batch);
  }

  #append(batch: CellBatch): void {
    if (batch.width !== this.#width)
      throw new Error(`a row has ${batch.width} cells instead of ${this.#width}`);
    const rest = this.words.subarray(this.at, this.#end);
    const added = batch.words.subarray(0, batch.count * this.#rowWords);
    const end = rest.length + added.length;
    // Twice as much as is wanted, since how much of a batch is left varies: buffers that are let go are freed late.
    const words = end > this.words.length ? new Int32Array(2 * end) : this.words;
    words.set(rest);
    words.set(added, rest.length);
    this.words = words;
    this.at = 0;
    this.#end = end;
    this.#reader.prefetch();
  }

  #rowPlace(row: number): number {
    return this.#core === undefined
      ? place.core
      : placeOf(this.words, row + this.#rowWords - keyWords, this.#core);
  }
}

/** Compares as far as both windows reach. @returns the window that needs more rows; null when both sides have ended. */
function mergeWindows(left: RowWindow, right: RowWindow, visit: (order: number) => void): RowWindow | null {
  for (;;) {
    if (!left.toLastOfKey()) return left;
    if (!right.toLastOfKey()) return right;
    if (left.isEmpty && right.isEmpty) return null;
    const order = left.isEmpty
      ? 1
      : right.isEmpty
        ? -1
        : compareCells(left.words, left.at, right.words, right.at);
    visit(order);
    if (order <= 0) left.pass();
    if (order >= 0) right.pass();
  }
}

/**
 * Compares two parts row by row, both read in the order of an integer key; of each side little more than two batches are in
 * memory. Where both sides are on one server, the left part is kept in memory first.
 * @throws DatabaseError; TooManyRows on one server; Error when a server breaks the contract.
 */
export async function merge(context: CompareContext, parts: ReadParts): Promise<void> {
  const { sides, core, options, sink } = context;
  const same = cellComparer(sides.left.selection.fields.length, options.tolerancesMs);
  await withReaders(context, openRows(context, parts, { ordered: true, hold: true }), async (readers) => {
    const left = new RowWindow(readers.left, sides.left, core);
    const right = new RowWindow(readers.right, sides.right, core);
    const tell = (kind: MismatchKind, window: RowWindow, leftPlace: number, rightPlace: number): void => {
      if (isInCore(leftPlace, rightPlace)) sink({ kind, key: cellAt(window.words, window.at) });
    };
    const visit = (order: number): void => {
      if (order < 0) tell(left.repeated ? 'duplicate' : 'missing_right', left, left.place, place.unknown);
      else if (order > 0)
        tell(right.repeated ? 'duplicate' : 'missing_left', right, place.unknown, right.place);
      else if (left.repeated || right.repeated) tell('duplicate', left, left.place, right.place);
      else if (!same(left.words, left.at + keyWords, right.words, right.at + keyWords))
        tell('different', left, left.place, right.place);
    };
    readers.left.prefetch();
    if (!sharesServer(context)) readers.right.prefetch();
    for (
      let short = mergeWindows(left, right, visit);
      short !== null;
      short = mergeWindows(left, right, visit)
    )
      await short.fill();
  });
}
