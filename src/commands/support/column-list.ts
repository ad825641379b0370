import type { ColumnSpec } from '../../monitors/contract.ts';

/** What a column may hold, in words. Text takes anything that can be printed. */
function holds({ types }: ColumnSpec): string {
  const may = (type: ColumnSpec['types'][number]) => types.includes(type);
  if (may('text') && may('instant') && may('boolean')) return 'text';
  if (may('instant') && may('text')) return 'time';
  if (may('boolean') && may('text')) return 'boolean';
  if (may('text')) return 'duration';
  return may('instant') ? 'number or time' : 'number';
}

function need({ required, unless = [] }: ColumnSpec): string {
  if (!required) return 'optional';
  return unless.length === 0 ? 'required' : `required unless there is ${unless.join(' or ')}`;
}

/** The columns of one query for people, a row each: name, what it holds, whether it is required, and its meaning. */
export function columnRows(columns: readonly ColumnSpec[]): (readonly [string, string, string, string])[] {
  return columns.map((column) => [column.name, holds(column), need(column), column.description]);
}
