import { describe, expect, it } from 'vitest';
import { liveBytes } from '../../helpers/memory.ts';
import { failureOf, options, rowsOf, timeOf, type Scene } from './scene.ts';

const million = 1_000_000;
const endless = 1_000_000_000;

/** Rows as they come. */
export function streaming(scene: Scene): void {
  const { sql } = scene.facts;

  describe('streaming', () => {
    it('hands out a million rows in order, with flat memory', { timeout: 120_000 }, async () => {
      await scene.with({}, async (database) => {
        const before = liveBytes();
        let rows = 0;
        let most = 0;
        for await (const row of database.query(
          sql.series(million),
          {},
          options({ maxRows: 2 * million, timeoutMs: 100_000 }),
        )) {
          rows += 1;
          if (Number(row['n']) !== rows) throw new Error(`row ${rows} says ${String(row['n'])}`);
          if (rows % 200_000 === 100_000) most = Math.max(most, liveBytes() - before);
        }
        expect(rows).toBe(million);
        expect(most).toBeLessThan(24 * 1024 * 1024);
      });
    });

    it('does not run ahead of a slow reader', { timeout: 60_000 }, async () => {
      const marker = scene.marker();
      await scene.with({}, async (database) => {
        const before = liveBytes();
        let rows = 0;
        for await (const row of database.query(
          `${sql.series(million)} /* ${marker} */`,
          {},
          options({ maxRows: million }),
        )) {
          rows += 1;
          if (rows === 10) {
            await new Promise((resolve) => setTimeout(resolve, 1500));
            expect(liveBytes() - before).toBeLessThan(24 * 1024 * 1024);
            expect(row['n']).toBe(10);
            break;
          }
        }
      });
    });

    it('stops at maxRows and ends the statement', async () => {
      const marker = scene.marker();
      const rows = scene.facts.capabilities.cancel ? endless : 10_000;
      await scene.with({ connections: 1 }, async (database) => {
        const seen = await rowsOf(database, `${sql.series(rows)} /* ${marker} */`, {}, { maxRows: 100 });
        expect(seen.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
        await scene.expectGone(marker);
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('hands out exactly maxRows when there are as many, and none of none', async () => {
      await scene.with({}, async (database) => {
        expect(await rowsOf(database, sql.series(3), {}, { maxRows: 3 })).toHaveLength(3);
        expect(await rowsOf(database, 'SELECT id FROM contract_values WHERE id = 99')).toEqual([]);
      });
    });

    it('frees the session when the loop is left early', async () => {
      const marker = scene.marker();
      const rows = scene.facts.capabilities.cancel ? endless : 10_000;
      await scene.with({ connections: 1 }, async (database) => {
        const statement = `${sql.series(rows)} /* ${marker} */`;
        const took = await timeOf(async () => {
          for await (const row of database.query(statement, {}, options({ maxRows: endless })))
            if (row['n'] === 5) break;
        });
        expect(took).toBeLessThan(5000);
        await scene.expectGone(marker);
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('frees the session when the loop throws', async () => {
      await scene.with({ connections: 1 }, async (database) => {
        const loop = async (): Promise<void> => {
          for await (const row of database.query(sql.series(10_000), {}, options()))
            throw new Error(`row ${String(row['n'])}`);
        };
        await expect(loop()).rejects.toThrow('row 1');
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('cuts a long cell and says so', async () => {
      const seen: unknown[] = [];
      const observer = {
        columns: (names: readonly string[]) => void seen.push(names),
        oddCell: (column: string, fault: string) => void seen.push([column, fault]),
      };
      await scene.with({}, async (database) => {
        const statement = `SELECT 1 AS n, ${sql.repeat('x', 3_000_000)} AS words, ${sql.repeat('y', 1_000_000)} AS whole`;
        const [row] = await rowsOf(database, statement, {}, { observer });
        expect(row).toEqual({ n: 1, words: 'x'.repeat(1_048_576), whole: 'y'.repeat(1_000_000) });
      });
      expect(seen).toEqual([
        ['n', 'words', 'whole'],
        ['words', 'cut'],
      ]);
    });

    it('tells the names of the columns when there is no row, and one that is there twice', async () => {
      const seen: unknown[] = [];
      const observer = {
        columns: (names: readonly string[]) => void seen.push(names),
        oddCell: () => undefined,
      };
      await scene.with({}, async (database) => {
        const statement = 'SELECT id, small, id FROM contract_values WHERE id = ';
        expect(await rowsOf(database, `${statement}99`, {}, { observer })).toEqual([]);
        expect(await rowsOf(database, `${statement}1`, {}, { observer })).toEqual([{ id: 1, small: 42 }]);
      });
      expect(seen).toEqual([
        ['id', 'small', 'id'],
        ['id', 'small', 'id'],
      ]);
    });

    it('refuses a row of 36 MB, behind others too, and goes on', async () => {
      await scene.with({ connections: 1 }, async (database) => {
        const cells = ['a', 'b', 'c'].map((name) => `${sql.repeat('x', 12_000_000)} AS ${name}`).join(', ');
        for (const statement of [
          `SELECT ${cells}`,
          `SELECT 'a' AS a, 'b' AS b, 'c' AS c UNION ALL SELECT ${cells}`,
        ]) {
          const error = await failureOf(rowsOf(database, statement));
          expect([error.kind, error.message]).toEqual(['query', expect.stringContaining('16 MiB')]);
        }
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });

    it('holds few long rows for a slow reader', { timeout: 60_000 }, async () => {
      await scene.with({ connections: 1 }, async (database) => {
        const before = process.memoryUsage().rss;
        let [rows, most] = [0, 0];
        const statement = sql.series(60, 6_000_000);
        for await (const row of database.query(statement, {}, options({ timeoutMs: 60_000 }))) {
          rows += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
          most = Math.max(most, process.memoryUsage().rss - before);
          expect(String(row['filler']).length).toBe(1_048_576);
        }
        expect(rows).toBe(60);
        expect(most).toBeLessThan(200 * 1024 * 1024);
      });
    });

    it('streams several statements at once', async () => {
      await scene.with({}, async (database) => {
        const counts = await Promise.all(
          [500, 700, 900].map(async (rows) => (await rowsOf(database, sql.series(rows))).length),
        );
        expect(counts).toEqual([500, 700, 900]);
      });
    });

    it('refuses a statement that makes no sense and goes on', async () => {
      await scene.with({ connections: 1 }, async (database) => {
        for (const broken of [
          'SELEC 1',
          'SELECT id FROM contract_no_such_table',
          'SELECT no_such_column FROM contract_values',
        ]) {
          const error = await failureOf(rowsOf(database, broken));
          expect(error.kind).toBe('query');
          expect(error.message).not.toBe('');
          expect(error.code).toMatch(/^\w+:\w+$/);
        }
        expect(await rowsOf(database, sql.series(2))).toHaveLength(2);
      });
    });
  });
}
