import { describe, expect, it } from 'vitest';
import { nullCell, type Measure, type Selection } from '../../../src/databases/comparison/contract.ts';
import { cents, textKey, type ComparisonScene } from './comparison-scene.ts';
import { golden, md5, statusMeasure } from './golden.ts';
import { requireComparison } from '../../../src/databases/contract.ts';

const rowsOfGolden = 'SELECT * FROM golden';

/** Cells and keys in the form in which all servers agree. */
export function canonical(get: () => ComparisonScene): void {
  const cellsOf = async (column: string, measure: Measure): Promise<(bigint | undefined)[]> => {
    const selection = await get().select(rowsOfGolden, { fields: { [column]: measure } });
    return (await get().rows(selection)).map(({ cells }) => cells[0]);
  };
  const selected = (key: Selection['key']): Promise<Selection> => get().select(rowsOfGolden, { key });

  describe('canonical rows', () => {
    it('have integer keys in ascending order, those past 2^53 exact, and no NULL', async () => {
      const selection = await get().select(`${rowsOfGolden} -- all of them`);
      expect(await get().keys(selection)).toEqual(golden.map(({ row }) => row.id));
    });

    it('have amounts in minor units, rounded half away from zero', async () => {
      expect(await cellsOf('amount', cents)).toEqual(golden.map(({ cells }) => cells.cents));
    });

    it('have amounts of other currencies', async () => {
      const three = await cellsOf('amount', { type: 'money', digits: 3 });
      expect(three.slice(0, 5)).toEqual([-12340n, 0n, nullCell, 1005n, -5n]);
      const none = await cellsOf('amount', { type: 'money', digits: 0 });
      expect(none.slice(0, 5)).toEqual([-12n, 0n, nullCell, 1n, 0n]);
    });

    it('have amounts of floats that are far from a rounding edge', async () => {
      const found = await cellsOf('approx', { type: 'money', digits: 3 });
      expect(found.slice(0, 8)).toEqual([-12340n, 0n, nullCell, 1005n, -5n, 1500n, 1500n, -1005n]);
    });

    it('have integers', async () => {
      expect(await cellsOf('id', { type: 'integer' })).toEqual(golden.map(({ row }) => row.id));
    });

    it('have codes for states, case by case, whatever the collation', async () => {
      expect(await cellsOf('status', statusMeasure)).toEqual(golden.map(({ cells }) => cells.status));
      const empty: Measure = { type: 'status', codes: {}, other: -4 };
      expect(await cellsOf('status', empty)).toEqual(
        golden.map(({ row }) => (row.status === null ? nullCell : -4n)),
      );
    });

    it('have the md5 of texts', async () => {
      expect(await cellsOf('note', { type: 'text' })).toEqual(
        golden.map(({ cells }) => (cells.note === null ? nullCell : md5(cells.note))),
      );
    });

    it('have instants in UTC, of columns with a zone and without', async () => {
      const instant: Measure = { type: 'instant' };
      expect(await cellsOf('zoned', instant)).toEqual(golden.map(({ cells }) => cells.zoned));
      expect(await cellsOf('local', instant)).toEqual(golden.map(({ cells }) => cells.local));
    });

    it('have the business time as their last cell', async () => {
      const selection = await get().select(rowsOfGolden, {
        fields: { amount: cents, status: statusMeasure },
        extras: { at: 'ZONED' },
      });
      expect((await get().rows(selection)).map(({ cells }) => cells)).toEqual(
        golden.map(({ cells }) => [cells.cents, cells.status, cells.zoned]),
      );
    });

    it('have text keys without the spaces at their end, and trimmed and folded on demand', async () => {
      const sorted = (values: readonly (string | bigint)[]): string[] => values.map(String).sort();
      const keysBy = async (measure: Selection['key']['measure']): Promise<string[]> =>
        sorted(await get().keys(await selected({ column: 'ref', measure })));
      const rest = ['d', 'e', 'f', 'g', 'h', 'i'];
      expect(await keysBy(textKey())).toEqual(sorted(['a-1', 'A-1', 'b', ' c', ...rest]));
      expect(await keysBy(textKey({ trim: true }))).toEqual(sorted(['a-1', 'A-1', 'b', 'c', ...rest]));
      expect(await keysBy(textKey({ fold: true }))).toEqual(sorted(['a-1', 'a-1', 'b', ' c', ...rest]));
    });

    it('have GUIDs in lower case, without braces', async () => {
      const { types } = get().facts;
      const guid = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';
      const values = [`'{${guid.toUpperCase()}}'`, `'${guid}'`];
      await get().table('guids', 'id varchar(40)', values);
      const key = { column: 'id', measure: textKey({ guid: true }) };
      expect(await get().keys(await get().select('SELECT id FROM guids', { key }))).toEqual([guid, guid]);
      if (types.guid === undefined) return;
      await get().table('native_guids', `id ${types.guid}`, [`'${guid.toUpperCase()}'`]);
      const native = await get().select('SELECT id FROM native_guids', { key });
      expect(await get().keys(native)).toEqual([guid]);
      const comparison = requireComparison(get().database);
      const options = { signal: new AbortController().signal, timeoutMs: 5000 };
      const found = await comparison.lookup(native, [guid, 'not a guid'], options);
      expect(found.map(({ key: found }) => found)).toEqual([guid]);
      expect(await comparison.lookup(native, ['not a guid'], options)).toEqual([]);
    });

    it('have text keys with anything that Unicode has', async () => {
      // The row without an `id` has a note.
      const wanted = [...golden.map(({ cells }) => cells.note), 'x'].filter((note) => note !== null);
      const selection = await selected({ column: 'note', measure: textKey() });
      expect((await get().keys(selection)).map(String).sort()).toEqual([...wanted].sort());
    });

    it('cannot be had of a column that is not there', async () => {
      const selection = await get().select(rowsOfGolden, { fields: { missing: cents } });
      await expect(get().rows(selection)).rejects.toMatchObject({ name: 'DatabaseError', kind: 'query' });
    });
  });
}
