import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DatabaseError } from '../../../src/databases/contract.ts';
import { options, type Scene } from './scene.ts';

/** The same few each time; in the nightly suite many, others each time. */
const runs = process.env['NIGHTLY'] === '1' ? { numRuns: 3000 } : { numRuns: 40, seed: 11 };
const secret = 'geheim-in-a-row';

/** Texts that drivers are known to stumble over. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(
    '',
    "'",
    '\\',
    ':company',
    '?',
    '$1',
    '\u{FFFD}',
    '漢😀',
    '0000-00-00',
    'NaN',
    'x'.repeat(70_000),
  ),
);
const cell = fc.oneof(
  { arbitrary: text.map((value) => ({ value, sql: 'text' as const })), weight: 3 },
  { arbitrary: fc.maxSafeInteger().map((value) => ({ value, sql: 'integer' as const })), weight: 2 },
  { arbitrary: fc.constant({ value: null, sql: 'null' as const }), weight: 1 },
);
/** Rows of the same columns: the type of each is that of the first row. */
const table = fc.array(cell, { minLength: 1, maxLength: 6 }).chain((first) =>
  fc
    .array(
      fc.tuple(
        ...first.map(({ sql }) =>
          sql === 'text' ? text : sql === 'integer' ? fc.maxSafeInteger() : fc.constant(null),
        ),
      ),
      { maxLength: 4 },
    )
    .map((rest) => ({
      types: first.map(({ sql }) => sql),
      rows: [first.map(({ value }) => value), ...rest],
    })),
);

/** Rows of any values, and statements that are none. */
export function fuzzing(scene: Scene): void {
  const { sql, types } = scene.facts;
  const literal = (value: string | number | null, type: 'text' | 'integer' | 'null'): string => {
    if (value === null || type === 'null') return 'NULL';
    return typeof value === 'number' ? `CAST(${value} AS ${sql.castInteger ?? types.big})` : sql.text(value);
  };

  describe('any rows', () => {
    it('come out as they are, in order', { timeout: 600_000 }, async () => {
      await scene.with({ connections: 1 }, async (database) => {
        await fc.assert(
          fc.asyncProperty(table, async ({ types: kinds, rows }) => {
            const selects = rows.map(
              (row, at) =>
                `SELECT ${at} AS n, ${row.map((value, column) => `${literal(value ?? null, kinds[column] ?? 'null')} AS c${column}`).join(', ')}`,
            );
            const statement = `${selects.join(' UNION ALL ')} ORDER BY n`;
            // NUL is no character of PostgreSQL; a name of a parameter in a literal is none.
            if (statement.includes('\0')) return;
            const seen = await Array.fromAsync(database.query(statement, { company: 'acme' }, options()));
            expect(seen).toEqual(
              rows.map((row, n) => ({
                n,
                ...Object.fromEntries(row.map((value, column) => [`c${column}`, value])),
              })),
            );
          }),
          runs,
        );
      });
    });

    it(
      'are refused as an error of the query when they are none, which shows no secret',
      { timeout: 600_000 },
      async () => {
        await scene.with({ connections: 1 }, async (database) => {
          await fc.assert(
            fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (noise) => {
              try {
                await Array.fromAsync(
                  database.query(`SELECT ${noise}`, { company: secret }, options({ timeoutMs: 5000 })),
                );
              } catch (error) {
                expect(error).toBeInstanceOf(DatabaseError);
                const { kind, message } = error as DatabaseError;
                expect(kind).toMatch(/^(query|permission)$/);
                expect(message).not.toContain(secret);
              }
            }),
            runs,
          );
          expect(await Array.fromAsync(database.query(sql.series(2), {}, options()))).toHaveLength(2);
        });
      },
    );
  });
}
