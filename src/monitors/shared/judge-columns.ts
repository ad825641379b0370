import type { Column } from '../../databases/values.ts';
import type { ColumnSpec } from '../contract.ts';
import { cutText } from './samples.ts';

/** Longest list of column names in a message. */
const mostListed = 300;

function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function missing(
  { name, description }: ColumnSpec,
  columns: readonly Column[],
  specs: readonly ColumnSpec[],
): string {
  const names = cutText(columns.map((column) => column.name).join(', '), mostListed);
  const returned = columns.length === 0 ? 'no column' : names;
  const others = specs.filter(({ required }) => !required).map((spec) => spec.name);
  const optional = others.length === 0 ? '' : cutText(`; optional: ${others.join(', ')}`, mostListed);
  return `returns no column "${name}" (${description}); add it with AS ${name}; it returns ${returned}${optional}`;
}

function isNeeded({ required, unless = [] }: ColumnSpec, columns: readonly Column[]): boolean {
  return required && !columns.some(({ name }) => unless.includes(name.toLowerCase()));
}

/** What turns bytes into text; a CAST would take them for letters on some servers. */
export const bytesAdvice = `turn it into text with encode(…, 'hex'), HEX(…) or CONVERT(varchar(max), …, 2), whichever the server has`;

function mistyped({ types }: ColumnSpec, { name, type, native }: Column): string {
  const wanted = listOf(types.filter((candidate) => candidate !== 'unknown'));
  const advice = type === 'bytes' && types.includes('text') ? bytesAdvice : 'CAST it';
  return `its column "${name}" is ${type} (${native}), but must be ${wanted}; ${advice}`;
}

/** By whom and how the columns of a query are read. */
export interface ColumnReading {
  /** One run serves several companies: only a column `company` tells them apart. */
  readonly shared: boolean;
  /** Each value is read by itself: of a column of text the values tell whether they are numbers or times. */
  readonly byValue: boolean;
}

/**
 * What is wrong with the columns that a query returns, measured by those that its monitor reads: the one judgement of
 * `check`, `try` and each run. Names compare without case, as some servers change it. A column whose type is known from
 * its values alone is not judged.
 */
export function columnProblems(
  columns: readonly Column[],
  specs: readonly ColumnSpec[],
  { shared, byValue }: ColumnReading,
): readonly string[] {
  const fits = ({ types }: ColumnSpec, { type }: Column) =>
    type === 'unknown' || types.includes(type) || (byValue && type === 'text');
  return specs.flatMap((spec) => {
    const [found, ...others] = columns.filter(({ name }) => name.toLowerCase() === spec.name.toLowerCase());
    const twice =
      others.length > 0
        ? [`returns the column "${spec.name}" ${others.length + 1} times; name each otherwise with AS`]
        : [];
    if (found !== undefined) return fits(spec, found) ? twice : [...twice, mistyped(spec, found)];
    if (spec.name === 'company' && shared)
      return [
        'serves several companies in one run, but returns no column "company"; add it, or use :company to run once for each',
      ];
    return isNeeded(spec, columns) ? [missing(spec, columns, specs)] : [];
  });
}
