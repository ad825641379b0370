import { nearest } from '../../config/source/nearest.ts';
import type { Column } from '../../databases/values.ts';
import type { ColumnSpec } from '../../monitors/contract.ts';

export interface ColumnFindings {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function missing(
  { name, description }: ColumnSpec,
  columns: readonly Column[],
  specs: readonly ColumnSpec[],
): string {
  const returned = columns.length === 0 ? 'no column' : columns.map((column) => column.name).join(', ');
  const others = specs.filter(({ required }) => !required).map((spec) => spec.name);
  const optional = others.length === 0 ? '' : `; optional: ${others.join(', ')}`;
  return `returns no column "${name}" (${description}); add it with AS ${name}; it returns ${returned}${optional}`;
}

function isNeeded({ required, unless = [] }: ColumnSpec, columns: readonly Column[]): boolean {
  return required && !columns.some(({ name }) => unless.includes(name.toLowerCase()));
}

/** A CAST would take bytes for letters on some servers. */
const ofBytes = `turn it into text with encode(…, 'hex'), HEX(…) or CONVERT(varchar(max), …, 2), whichever the server has`;

function mistyped({ types }: ColumnSpec, { name, type, native }: Column): string {
  const wanted = listOf(types.filter((candidate) => candidate !== 'unknown'));
  const advice = type === 'bytes' && types.includes('text') ? ofBytes : 'CAST it';
  return `its column "${name}" is ${type} (${native}), but must be ${wanted}; ${advice}`;
}

/**
 * What is wrong with the columns that a query returns, measured by those that its monitor reads. Names compare without
 * case, as some servers change it. A column whose type is known from its values alone is not checked.
 *
 * @param isShared one run serves several companies: only a column `company` tells them apart.
 */
export function compareColumns(
  columns: readonly Column[],
  specs: readonly ColumnSpec[],
  isShared: boolean,
): ColumnFindings {
  const problems: string[] = [];
  const absent: string[] = [];
  for (const spec of specs) {
    const [found, ...others] = columns.filter(({ name }) => name.toLowerCase() === spec.name.toLowerCase());
    if (others.length > 0)
      problems.push(
        `returns the column "${spec.name}" ${others.length + 1} times; name each otherwise with AS`,
      );
    if (found !== undefined) {
      if (found.type !== 'unknown' && !spec.types.includes(found.type)) problems.push(mistyped(spec, found));
    } else if (spec.name === 'company' && isShared)
      problems.push(
        'serves several companies in one run, but returns no column "company"; add it, or use :company to run once for each',
      );
    else if (isNeeded(spec, columns)) problems.push(missing(spec, columns, specs));
    else absent.push(spec.name);
  }
  const known = new Set(specs.map(({ name }) => name.toLowerCase()));
  const warnings = columns.flatMap(({ name }) => {
    const meant = known.has(name.toLowerCase()) ? undefined : nearest(name, absent);
    return meant === undefined ? [] : [`its column "${name}" is not read; did you mean "${meant}"?`];
  });
  return { problems, warnings };
}
