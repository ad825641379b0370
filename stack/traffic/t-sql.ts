/** Maximum number of rows of one `INSERT … VALUES` in SQL Server (error 10738 above 1000). */
const mostRows = 500;

/**
 * Translates a statement of the simulation from PostgreSQL to SQL Server. The demo's rows are on one line each, without line
 * breaks. Texts are left as they are: in a UTF-8 database `'…'` can contain any character.
 */
export function toTSql(sql: string): readonly string[] {
  const [head = '', ...rows] = sql
    // No text of the simulation contains these.
    .replace(/ OFFSET (\d+) LIMIT 1\)$/, ' OFFSET $1 ROWS FETCH NEXT 1 ROWS ONLY)')
    .replaceAll(/ WHERE true (AND|ORDER)/g, ' WHERE 1 = 1 $1')
    .split('\n');
  if (!head.startsWith('INSERT INTO ')) return [[head, ...rows].join('\n')];
  const values = rows.map((row) => row.replace(/,$/, '').replace(/, (true|false)\)$/, toBit));
  const statements: string[] = [];
  for (let first = 0; first < values.length; first += mostRows)
    statements.push(`${head}\n${values.slice(first, first + mostRows).join(',\n')}`);
  return statements;
}

const toBit = (_: string, flag: string): string => `, ${flag === 'true' ? 1 : 0})`;
