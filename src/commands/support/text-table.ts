import type { Row, Value } from '../../databases/values.ts';

/** Longest text of a cell, in characters. */
const cellWidth = 60;

function cellText(value: Value): string {
  if (value === null) return 'NULL';
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString('hex')}`;
  return String(value).replaceAll(/\s+/g, ' ');
}

const cut = (text: string): string => (text.length > cellWidth ? `${text.slice(0, cellWidth - 1)}…` : text);

/** Rows as a table of text: a line of column names, a rule, a line per row; no line when there is no row. */
export function textTable(rows: readonly Row[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const lines = [names, ...rows.map((row) => names.map((name) => cut(cellText(row[name] ?? null))))];
  const widths = names.map((_, index) => Math.max(...lines.map((line) => (line[index] ?? '').length)));
  const format = (line: readonly string[]) =>
    line
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = lines;
  return [format(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(format)];
}
