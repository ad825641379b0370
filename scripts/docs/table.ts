/** A table of Markdown with columns as wide as their longest cell, as Prettier writes it. The first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

/**
 * A page with `text` between its two marks, `<!-- name: … -->` and `<!-- /name -->`.
 *
 * @throws Error when the page lacks the marks.
 */
export function withGenerated(page: string, name: string, text: string): string {
  const begin = `<!-- ${name}: generated with npm run generate; do not edit -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf(`<!-- /${name} -->`);
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … <!-- /${name} -->`);
  return `${page.slice(0, from)}${begin}\n\n${text}\n\n${page.slice(to)}`;
}
