import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { driverNames, driverOf } from '../../../src/databases/drivers.ts';
import { parametersOf, parseSql, parseStatement } from '../../../src/databases/shared/named-parameters.ts';

const known = new Set(['company', 'now', 'since', 'today', 'text']);
const namesOf = (sql: string, driver: string): readonly string[] =>
  parseSql(sql, driverOf(driver).quoting, known).names;

/** What stands in a quote or comment of the dialect, written as its manual says. */
const quotes: Readonly<Record<string, readonly ((text: string) => string)[]>> = {
  postgres: [
    (text) => `'${text.replaceAll("'", "''")}'`,
    (text) => `"${text.replaceAll('"', '""')}"`,
    (text) => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    (text) => `$body$${text.replaceAll('$', '')}$body$`,
    (text) => `$$${text.replaceAll('$', '')}$$`,
    (text) => `-- ${text.replaceAll(/[\r\n]/g, ' ')}\n`,
    (text) => `/* ${text.replaceAll(/[*/]/g, ' ')} /* inner */ :company */`,
  ],
  mssql: [
    (text) => `N'${text.replaceAll("'", "''")}'`,
    (text) => `"${text.replaceAll('"', '""')}"`,
    (text) => `[${text.replaceAll(']', ']]')}]`,
    (text) => `-- ${text.replaceAll(/[\r\n]/g, ' ')}\r\n`,
    (text) => `/* ${text.replaceAll(/[*/]/g, ' ')} /* inner */ :company */`,
  ],
  sqlite: [
    (text) => `'${text.replaceAll("'", "''")}'`,
    (text) => `"${text.replaceAll('"', '""')}"`,
    (text) => `\`${text.replaceAll('`', '``')}\``,
    (text) => `[${text.replaceAll(']', '')}]`,
    (text) => `-- ${text.replaceAll(/[\r\n]/g, ' ')}\n`,
    (text) => `/* ${text.replaceAll(/[*/]/g, ' ')} /* inner */`,
  ],
  mysql: [
    (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`,
    (text) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    (text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`,
    (text) => `\`${text.replaceAll('`', '``')}\``,
    (text) => `-- ${text.replaceAll(/[\r\n]/g, ' ')}\n`,
    (text) => `# ${text.replaceAll(/[\r\n]/g, ' ')}\n`,
    (text) => `/* ${text.replaceAll(/[*/]/g, ' ')} */`,
  ],
};

/** Text full of what has a meaning somewhere. */
const nasty = fc
  .array(
    fc.constantFrom(':company', ':now', "'", '"', '`', '\\', '[', ']', '--', '#', '$', '\n', ' ', 'é😀', 'x'),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('parseSql', () => {
  it.each([
    ['postgres', 'SELECT :company, $1', '$1'],
    ['postgres', 'SELECT a FROM t WHERE id=$12', '$12'],
    ['mysql', 'SELECT a FROM t WHERE id IN (?, :company)', '?'],
    ['sqlite', 'SELECT ?1, :company', '?1'],
    ['sqlite', 'SELECT a FROM t WHERE id = @id', '@id'],
    ['sqlite', 'SELECT a FROM t WHERE id = $id', '$id'],
    ['sqlite', 'SELECT a FROM t WHERE id = :id AND c = :company', ':id'],
  ])('refuses a parameter of %s’s own: %s', (driver, sql, parameter) => {
    expect(() => parseStatement(sql, driverOf(driver).quoting, known)).toThrow(
      `no value is bound to the parameter ${parameter} of the statement; those that can be used: :company, :now`,
    );
    expect([...parametersOf(sql, driverOf(driver).quoting, known)].every((name) => known.has(name))).toBe(
      true,
    );
  });

  it.each([
    ['postgres', `SELECT a$1, '$1', "$1", $$ $1 $$, data ? 'key', a[1:n] -- $1`],
    ['mysql', 'SELECT "?", \'?\', `?` -- ? '],
    ['sqlite', `SELECT a$b, '?', "@a", [$c] -- :id`],
    ['mssql', `DECLARE @n int = 1; SELECT @n, @@VERSION, '$1'`],
  ])('lets pass what is no parameter of %s: %s', (driver, sql) => {
    expect(parseStatement(sql, driverOf(driver).quoting, known).names).toEqual([]);
  });

  it('refuses a name within a comment that MySQL runs, and no other', () => {
    for (const sql of [
      'SELECT 1 /*! WHERE c = :company */',
      'SELECT 1 /*!50000 AND :now */',
      'SELECT /*M!100100 :company */ 1',
    ])
      expect(() => parseStatement(sql, driverOf('mysql').quoting, known)).toThrow(
        'stands in a comment that only some servers run',
      );
    for (const [sql, driver] of [
      ['SELECT /*! STRAIGHT_JOIN */ 1 /* :company */ /*! ::x :y */', 'mysql'],
      ['SELECT 1 /*! :company */', 'postgres'],
    ] as const)
      expect(parseStatement(sql, driverOf(driver).quoting, known).names).toEqual([]);
  });

  it('finds parameters in the order in which they stand, twice where they stand twice', () => {
    const sql = 'SELECT a FROM t WHERE c=:company AND (d >= :since OR e < :since)';
    for (const dialect of driverNames) {
      expect(parseSql(sql, driverOf(dialect).quoting, known)).toEqual({
        texts: ['SELECT a FROM t WHERE c=', ' AND (d >= ', ' OR e < ', ')'],
        names: ['company', 'since', 'since'],
      });
      expect(parametersOf(sql, driverOf(dialect).quoting, known)).toEqual(new Set(['company', 'since']));
    }
  });

  it('takes the whole name, and none that it does not know', () => {
    for (const dialect of driverNames) {
      expect(namesOf('SELECT :company_name, :companyx, :Company, :other, :company', dialect)).toEqual([
        'company',
      ]);
    }
  });

  it.each<[string, string]>([
    ['postgres', 'SELECT a::text, b :: text, c[1:text], d[i:now]'],
    ['postgres', `SELECT 'a\\', ':company', E'it\\'s :company', e'\\\\' ':now'`],
    ['postgres', 'SELECT $fn$ :company $x$ :now $fn$, $$:company$$'],
    ['postgres', 'SELECT 1 -- :company\r/* :now /* :now */ :now */'],
    ['mssql', 'SELECT [a]]:company], "b:now", geometry::text'],
    ['mysql', 'SELECT `a:company`, "b\\":now", \'c\\\':now\', @x:=1 # :now'],
    ['postgres', "SELECT ':company"],
    ['mssql', 'SELECT 1 /* :company'],
    ['mysql', 'SELECT 1 --'],
  ])('finds none in the %s statement %s', (dialect, sql) => {
    expect(parseSql(sql, driverOf(dialect).quoting, known)).toEqual({ texts: [sql], names: [] });
  });

  it.each<[string, string]>([
    ['postgres', 'SELECT $1$, a$b$ || :company || $x'],
    ['postgres', "SELECT 'a\\' || :company || 'b'"],
    ['postgres', '/* a */ SELECT :company /* b */'],
    ['mssql', "SELECT 'a\\' + :company + 'b'"],
    ['mysql', 'SELECT 1 --\n + :company'],
    ['mysql', 'SELECT 5--:company'],
    ['mysql', '/* /* */ SELECT :company'],
    ['mysql', "SELECT 1 # it's\n + :company"],
  ])('finds the one in the %s statement %s', (dialect, sql) => {
    expect(namesOf(sql, dialect)).toEqual(['company']);
  });

  it.each(driverNames)('loses nothing of any text (%s)', (dialect) => {
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (sql) => {
        const { texts, names } = parseSql(sql, driverOf(dialect).quoting, known);
        expect(texts).toHaveLength(names.length + 1);
        expect(
          texts.map((text, at) => text + (names[at] === undefined ? '' : `:${names[at]}`)).join(''),
        ).toBe(sql);
      }),
    );
  });

  it.each(driverNames)('finds exactly what stands outside of quotes and comments (%s)', (dialect) => {
    const parameter = fc.constantFrom(...known).map((name) => ({ sql: `:${name}`, name }));
    const quoted = fc
      .tuple(fc.constantFrom(...(quotes[dialect] ?? [])), nasty)
      .map(([quote, text]) => ({ sql: quote(text), name: undefined }));
    const plain = fc
      .constantFrom('SELECT', '=', 'a.b', '(', '1.5', ',')
      .map((sql) => ({ sql, name: undefined }));
    fc.assert(
      fc.property(fc.array(fc.oneof(parameter, quoted, plain)), (parts) => {
        const expected = parts.flatMap(({ name }) => (name === undefined ? [] : [name]));
        expect(namesOf(parts.map(({ sql }) => sql).join(' '), dialect)).toEqual(expected);
      }),
    );
  });
});
