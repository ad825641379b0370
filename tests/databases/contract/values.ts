import { describe, expect, it } from 'vitest';
import { awkward, moments, rowsOf, type Scene } from './scene.ts';

/** What comes out of the columns of every type. */
export function values(scene: Scene): void {
  const one = async (columns: string, id: number): Promise<unknown> =>
    scene.with({}, async (database) => {
      const rows = await rowsOf(database, `SELECT ${columns} FROM contract_values WHERE id = ${id}`);
      expect(rows).toHaveLength(1);
      return rows[0];
    });

  describe('values', () => {
    it('hands out numbers: safe integers as number, others as bigint, decimals as exact text', async () => {
      const numbers = 'small, big, exact, approx';
      expect(await one(numbers, 1)).toEqual({
        small: 42,
        big: 9007199254740993n,
        exact: '12345678901234.5600',
        approx: 0.1,
      });
      expect(await one(numbers, 3)).toEqual({
        small: -7,
        big: -9007199254740991,
        exact: '-0.1000',
        approx: -1.5e300,
      });
      expect(await one(numbers, 4)).toEqual({
        small: 0,
        big: -9223372036854775808n,
        exact: '0.0000',
        approx: 0,
      });
    });

    it('hands out booleans, text and bytes', async () => {
      expect(await one('truth, words, raw', 1)).toEqual({
        truth: true,
        words: awkward,
        raw: expect.objectContaining({ length: 3 }) as unknown,
      });
      const { raw } = (await one('raw', 1)) as { raw: unknown };
      expect(raw).toBeInstanceOf(Uint8Array);
      expect(Buffer.from(raw as Uint8Array).toString('hex')).toBe('00ff10');
      expect(await one('truth', 3)).toEqual({ truth: false });
      expect(await one('words', 4)).toEqual({ words: '' });
    });

    it('hands out NULL as null in every type', async () => {
      expect(await one('small, big, exact, truth, approx, words, raw', 2)).toEqual({
        small: null,
        big: null,
        exact: null,
        truth: null,
        approx: null,
        words: null,
        raw: null,
      });
    });

    it('hands out a text of 1 MB whole', async () => {
      expect(await one('words', 3)).toEqual({ words: 'x'.repeat(1_000_000) });
    });

    if (scene.facts.types.guid !== undefined)
      it('hands out a GUID in lower case', async () => {
        expect(await one('guid', 1)).toEqual({ guid: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11' });
        expect(await one('guid', 2)).toEqual({ guid: null });
      });

    instants(scene);
  });
}

function instants(scene: Scene): void {
  const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = ['Europe/Brussels', 'America/New_York'];

  it('is tested in a zone that is not the process’s', () => {
    expect(zones.some((zone) => zone !== ownZone)).toBe(true);
  });

  const withZone = scene.facts.types.zoned === undefined ? [] : ['UTC', ...zones];
  it.each(withZone)('hands out zoned instants as they are, with the database in %s', async (timezone) => {
    await scene.with({ timezone }, async (database) => {
      const rows = await rowsOf(database, 'SELECT zoned FROM contract_moments ORDER BY id');
      expect(rows).toEqual(moments.map(({ zoned }) => ({ zoned: new Date(zoned) })));
    });
  });

  it('reads zone-less instants and dates in the zone of the database, across changes of DST', async () => {
    await scene.with({ timezone: 'Europe/Brussels' }, async (database) => {
      const rows = await rowsOf(database, 'SELECT local FROM contract_moments ORDER BY id');
      expect(rows).toEqual(moments.map(({ zoned }) => ({ local: new Date(zoned) })));
      const days = await rowsOf(
        database,
        'SELECT day FROM contract_moments WHERE id IN (3, 5, 6, 8) ORDER BY id',
      );
      expect(days).toEqual(
        ['2026-03-28T23:00Z', '2026-06-30T22:00Z', '2026-10-24T22:00Z', '2026-10-25T23:00Z'].map((day) => ({
          day: new Date(day),
        })),
      );
    });
    await scene.with({ timezone: 'America/New_York' }, async (database) => {
      const rows = await rowsOf(
        database,
        'SELECT local, day FROM contract_moments WHERE id IN (4, 5) ORDER BY id',
      );
      expect(rows).toEqual([
        { local: new Date('2026-03-29T07:00Z'), day: new Date('2026-03-29T04:00Z') },
        { local: new Date('2026-07-01T16:00Z'), day: new Date('2026-07-01T04:00Z') },
      ]);
    });
  });
}
