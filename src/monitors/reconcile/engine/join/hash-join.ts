import type { CellBatch } from '../../../../databases/comparison/contract.ts';
import { openRows, sharesServer, withReaders, type ReadParts } from './readers.ts';
import { cellComparer, place, placeOf } from './rows.ts';
import { PairingTable } from './pairing-table.ts';
import type { SideName, CompareContext } from '../types.ts';

/** So many keys there may be for each one that may wait: those that have left take a tenth of the memory. */
const keysPerWaiting = 7;

/** Adds the rows of one side to a join. */
type AddBatch = (batch: CellBatch) => void;

function batchAdder(join: PairingTable, side: SideName, { sides, core }: CompareContext): AddBatch {
  const { key, fields, at } = sides[side].selection;
  const byText = key.measure.type === 'text';
  const keyCells = byText ? 0 : 1;
  const width = keyCells + fields.length + (at === undefined ? 0 : 1);
  return (batch) => {
    if (batch.width !== width) throw new Error(`a row has ${batch.width} cells instead of ${width}`);
    const { words, keys } = batch;
    for (let row = 0; row < batch.count; row += 1) {
      const start = 2 * width * row;
      const cells = start + 2 * keyCells;
      const where = core === undefined ? place.core : placeOf(words, start + 2 * width - 2, core);
      if (byText) join.addText(side, keys[row] ?? '', words, cells, where);
      else join.addInteger(side, words, cells, where);
    }
  };
}

/**
 * Compares two parts whose rows come in any order. What waits for its partner is in memory, at most `mostHeld` keys, and some
 * bytes of each key at all, of which there may be 7 times as many. Both sides are read in turns, so that where they are in
 * a similar order little waits; where they are on one server, the left side is read whole first and all of it waits.
 * Everything is reported at the end.
 * @throws DatabaseError; TooManyRows; Error when a server breaks the contract.
 */
export async function hashJoin(context: CompareContext, parts: ReadParts): Promise<void> {
  const { sides, options, mostHeld, sink } = context;
  const { fields, key } = sides.left.selection;
  const same = cellComparer(fields.length, options.tolerancesMs);
  const join = new PairingTable(fields.length, same, mostHeld, keysPerWaiting * mostHeld);
  await withReaders(context, openRows(context, parts, { ordered: false, hold: false }), async (readers) => {
    const left = { reader: readers.left, add: batchAdder(join, 'left', context), rows: 0 };
    const right = { reader: readers.right, add: batchAdder(join, 'right', context), rows: 0 };
    const oneByOne = sharesServer(context);
    const open = new Set([left, right]);
    left.reader.prefetch();
    if (!oneByOne) right.reader.prefetch();
    while (open.size > 0) {
      const isLeftNext = open.has(left) && (oneByOne || !open.has(right) || left.rows <= right.rows);
      const next = isLeftNext ? left : right;
      const batch = await next.reader.next();
      if (batch === null) open.delete(next);
      else {
        next.add(batch);
        next.rows += batch.count;
        next.reader.prefetch();
      }
    }
    join.finish(sink, key.measure.type === 'text');
  });
}
