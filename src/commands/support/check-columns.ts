import { nearest } from '../../config/source/nearest.ts';
import type { Column } from '../../databases/values.ts';
import type { ColumnSpec } from '../../monitors/contract.ts';
import { columnProblems } from '../../monitors/shared/judge-columns.ts';
import type { ColumnReading } from '../../monitors/shared/judge-columns.ts';

export interface ColumnFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** A column of text that holds numbers or times: one value that is none fails the whole run. */
function doubtful(spec: ColumnSpec, { name, type, native }: Column): string[] {
  if (type !== 'text') return [];
  const isTime = spec.types.includes('instant') && !spec.types.includes('boolean');
  const isAmount = !spec.types.includes('text');
  if (!isTime && !isAmount) return [];
  const wanted = isTime
    ? 'a time with its offset, such as 2026-11-21T10:00:00Z'
    : 'a number with a decimal point and without thousands separators';
  return [
    `its column "${name}" is text (${native}): a run fails when one value is not ${wanted}; CAST it to be sure`,
  ];
}

/** What `columnProblems` finds, and what may be meant otherwise. */
export function compareColumns(
  columns: readonly Column[],
  specs: readonly ColumnSpec[],
  reading: ColumnReading,
): ColumnFindings {
  const problems = columnProblems(columns, specs, reading);
  const isThere = ({ name }: ColumnSpec) =>
    columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  // What is required and missing is a problem already.
  const isOptional = ({ name, required }: ColumnSpec) => !required && !(name === 'company' && reading.shared);
  const absent = specs.filter((spec) => isOptional(spec) && !isThere(spec)).map(({ name }) => name);
  const warnings = columns.flatMap((column) => {
    const spec = specs.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
    if (spec !== undefined) return reading.byValue ? doubtful(spec, column) : [];
    const meant = nearest(column.name, absent);
    return meant === undefined ? [] : [`its column "${column.name}" is not read; did you mean "${meant}"?`];
  });
  return { problems, warnings };
}
