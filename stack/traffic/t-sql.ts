/** Rows that SQL Server takes in one `INSERT … VALUES` (error 10738 beyond 1000). */
const mostRows = 500;

/**
 * Statements that do in SQL Server what a statement of the simulation does in PostgreSQL. The demo's rows stand one to a line
 * and hold no line breaks. Texts stay as they are: in a UTF-8 database `'…'` holds any character.
 */
export function toTSql(sql: string): readonly string[] {
  const [head = '', ...rows] = sql
    // The simulation compares with no text that reads like these.
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
