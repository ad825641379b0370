import { describe, expect, it } from 'vitest';
import { awkward, failureOf, moments, rowsOf, type Scene } from './scene.ts';

const from = 'FROM contract_values WHERE';

/** What goes in. */
export function parameters(scene: Scene): void {
  const ids = async (
    sql: string,
    named: Parameters<typeof rowsOf>[2],
    timezone = 'UTC',
  ): Promise<unknown[]> =>
    scene.with({ timezone }, async (database) => (await rowsOf(database, sql, named)).map(({ id }) => id));

  describe('named parameters', () => {
    it('binds text that would break out of a literal', async () => {
      expect(await ids(`SELECT id ${from} words = :words`, { words: awkward })).toEqual([1]);
      expect(await ids(`SELECT id ${from} words = :words`, { words: "' OR '1'='1" })).toEqual([]);
    });

    it('binds one that stands twice, and leaves out one that stands nowhere', async () => {
      const sql = `SELECT id ${from} id = :id OR small = :id ORDER BY id`;
      expect(await ids(sql, { id: 3, company: 'acme' })).toEqual([3]);
      expect(
        await ids(`SELECT id ${from} id >= :low AND id <= :high AND id <> :low ORDER BY id`, {
          low: 1,
          high: 3,
        }),
      ).toEqual([2, 3]);
    });

    if (scene.facts.sql.ownParameter !== undefined)
      it('refuses a parameter of the server’s own, of which nobody says the value', async () => {
        const own = scene.facts.sql.ownParameter ?? '';
        await scene.with({}, async (database) => {
          for (const sql of [
            `SELECT id ${from} id = ${own}`,
            `SELECT id ${from} id = ${own} AND small = :small`,
          ]) {
            const error = await failureOf(rowsOf(database, sql, { small: 42 }));
            expect([error.kind, error.message]).toEqual(['query', expect.stringContaining(own)]);
            const described = database.describe(sql, { small: 42 }, new AbortController().signal);
            expect((await failureOf(described)).kind).toBe('query');
          }
        });
      });

    it('leaves strings, names and comments alone', async () => {
      await scene.with({}, async (database) => {
        const sql = `SELECT ':id' AS "a:id", id /* :id ' */ FROM contract_values -- :id '
          WHERE id = :id`;
        expect(await rowsOf(database, sql, { id: 2 })).toEqual([{ 'a:id': ':id', id: 2 }]);
      });
    });

    it('binds null, integers beyond 2^53, decimals and booleans', async () => {
      expect(await ids(`SELECT id ${from} id = :nothing`, { nothing: null })).toEqual([]);
      expect(await ids(`SELECT id ${from} big = :big`, { big: 9007199254740993n })).toEqual([1]);
      expect(await ids(`SELECT id ${from} big = :big`, { big: -9223372036854775808n })).toEqual([4]);
      expect(await ids(`SELECT id ${from} small = :small`, { small: -7 })).toEqual([3]);
      expect(await ids(`SELECT id ${from} approx < :limit`, { limit: -1.25 })).toEqual([3]);
      expect(await ids(`SELECT id ${from} truth = :truth ORDER BY id`, { truth: false })).toEqual([3, 4]);
    });

    dates(scene, ids);
  });
}

function dates(
  scene: Scene,
  ids: (sql: string, named: { at: Date }, timezone?: string) => Promise<unknown[]>,
): void {
  const { types, sql } = scene.facts;
  const columns = (['zoned', 'local'] as const).filter(
    (column) => column === 'local' || types.zoned !== undefined,
  );
  /** The comparison of a column with `:at`, as the dialect compares times. */
  const compared = (column: 'zoned' | 'local' | 'day', operator: string): string => {
    const { instant = (expression: string) => expression } = sql;
    return `${instant(column, column)} ${operator} ${instant(':at', column)}`;
  };
  const where = (condition: string): string =>
    `SELECT id FROM contract_moments WHERE ${condition} ORDER BY id`;
  const since = (at: string): number[] =>
    moments.filter(({ zoned }) => Date.parse(zoned) >= Date.parse(at)).map(({ id }) => id);
  /** Starts of days in Brussels, in winter, summer and just before and after each change, and a moment with milliseconds. */
  const instants = [
    '2026-03-27T23:00:00Z',
    '2026-03-28T23:00:00Z',
    '2026-03-29T22:00:00Z',
    '2026-06-30T22:00:00Z',
    '2026-10-24T22:00:00Z',
    '2026-10-25T23:00:00Z',
    '2026-03-29T00:59:59.123Z',
    '2026-03-29T00:59:59.124Z',
  ];

  it.each(instants)('compares the Date %s with zoned and with zone-less columns', async (text) => {
    const at = new Date(text);
    for (const column of columns)
      expect(await ids(where(compared(column, '>=')), { at }, 'Europe/Brussels')).toEqual(since(text));
  });

  it('finds a Date by equality, to the millisecond', async () => {
    for (const { id, zoned } of moments) {
      for (const column of columns)
        expect(await ids(where(compared(column, '=')), { at: new Date(zoned) }, 'Europe/Brussels')).toEqual([
          id,
        ]);
    }
  });

  it('compares a start of day with a date', async () => {
    for (const [text, found] of [
      ['2026-03-28T23:00:00Z', [2, 3, 4]],
      ['2026-10-24T22:00:00Z', [6, 7]],
      ['2026-10-25T23:00:00Z', [8]],
    ] as const)
      expect(await ids(where(compared('day', '=')), { at: new Date(text) }, 'Europe/Brussels')).toEqual(
        found,
      );
  });

  it('knows both zoned and zone-less columns in one statement', async () => {
    const at = new Date('2026-10-24T22:00:00Z');
    expect(
      await ids(
        where([...columns, 'day' as const].map((column) => compared(column, '>=')).join(' AND ')),
        { at },
        'Europe/Brussels',
      ),
    ).toEqual([6, 7, 8]);
  });
}
