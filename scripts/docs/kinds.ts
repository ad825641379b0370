import type { MonitorKind } from '../../src/monitors/contract.ts';

const begin = '<!-- kinds: generated with npm run generate; do not edit -->';
const end = '<!-- /kinds -->';

function padded(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
}

/** Which kind answers which question, as a table of Markdown. */
export function kindsTable(kinds: readonly MonitorKind[]): string {
  const [head = '', ...body] = padded([
    ['your question', 'kind'],
    ...kinds.map(({ kind, question }) => [question.replaceAll('|', '\\|'), `\`${kind}\``]),
  ]);
  return [head, head.replaceAll(/[^|]/g, '-').replaceAll('|-', '| ').replaceAll('-|', ' |'), ...body].join(
    '\n',
  );
}

/**
 * A page with the table of kinds between its two marks.
 *
 * @throws Error when the page lacks the marks.
 */
export function withKindsTable(page: string, kinds: readonly MonitorKind[]): string {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no ${begin} … ${end}`);
  return `${page.slice(0, from)}${begin}\n\n${kindsTable(kinds)}\n\n${page.slice(to)}`;
}
