import { stringify } from 'csv-stringify/sync';

/** Numbers that a spreadsheet would round, or of which it would drop zeros. */
const looksLikeNumber = /^(?:0\d+|\d{12,}|\d+[eE]\d+)$/;

/** What begins a formula, also behind white space, which some programs cut off first. */
const beginsFormula = /^\s*[=+@\t\r\uFF0B\uFF0D\uFF1D\uFF20-]/;

/** Digits of a number that every spreadsheet keeps. */
const mostDigits = 15;

/** A number, which is no formula though it begins with a minus. */
export interface Amount {
  /** A decimal number, or a text that stands in its place. */
  readonly amount: string;
}

export type Cell = string | Amount;

/** Where the language separates cells by semicolons, a comma separates the decimals: `12.50` would become a date. */
const isSemicolon = (language: string): boolean => language !== 'en';

function textCell(value: string): string {
  if (looksLikeNumber.test(value)) return `="${value}"`;
  return beginsFormula.test(value) ? `'${value}` : value;
}

function amountCell(language: string, { amount }: Amount): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(amount)) return textCell(amount);
  const text = isSemicolon(language) ? amount.replace('.', ',') : amount;
  return text.replaceAll(/\D/g, '').length > mostDigits ? `="${text}"` : text;
}

/**
 * Rows as a file that a spreadsheet opens: with a byte order mark, so that it knows the encoding, and separated as it expects in the
 * reader's language. No cell is run as a formula; a key such as 0012345 stays as it is, by the one formula that spreadsheets agree on,
 * and an amount stays a number.
 */
export function spreadsheet(
  language: string,
  titles: readonly string[],
  rows: readonly (readonly Cell[])[],
): string {
  const body = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? textCell(cell) : amountCell(language, cell))),
  );
  return stringify([[...titles], ...body], {
    bom: true,
    delimiter: isSemicolon(language) ? ';' : ',',
    record_delimiter: 'windows',
  });
}
