import { stringify } from 'csv-stringify/sync';
import type { MessageKey } from '../../texts/messages.ts';
import type { RecordLine } from '../view/types.ts';
import type { PageContext } from './context.ts';
import { responderName, translated } from './parts.tsx';
import { actionText, recordState } from './records.tsx';

const columns: readonly MessageKey[] = [
  'label.record',
  'label.state',
  'label.since',
  'label.amount',
  'label.currency',
  'label.call',
  'label.code',
  'label.message',
  'label.meaning',
  'label.action',
  'label.first_responder',
  'label.trace',
];

/** Numbers that a spreadsheet would round, or of which it would drop zeros. */
const looksLikeNumber = /^(?:0\d+|\d{12,}|\d+[eE]\d+)$/;

/** What begins a formula, also behind white space, which some programs cut off first. */
const beginsFormula = /^\s*[=+@\t\r\uFF0B\uFF0D\uFF1D\uFF20-]/;

/** Digits of a number that every spreadsheet keeps. */
const mostDigits = 15;

/** Where the language separates cells by semicolons, a comma separates the decimals: `12.50` would become a date. */
const isSemicolon = (page: PageContext): boolean => page.t.language !== 'en';

/** A number, which is no formula though it begins with a minus. */
interface Amount {
  readonly amount: string;
}

type Cell = string | Amount;

function textCell(value: string): string {
  if (looksLikeNumber.test(value)) return `="${value}"`;
  return beginsFormula.test(value) ? `'${value}` : value;
}

function amountCell(page: PageContext, { amount }: Amount): string {
  if (!/^-?\d+(?:\.\d+)?$/.test(amount)) return textCell(amount);
  const text = isSemicolon(page) ? amount.replace('.', ',') : amount;
  return text.replaceAll(/\D/g, '').length > mostDigits ? `="${text}"` : text;
}

function cellsOf(page: PageContext, record: RecordLine): Cell[] {
  const { since, money } = record;
  return [
    record.record,
    recordState(page, record),
    since === null || Number.isNaN(new Date(since).getTime()) ? '' : new Date(since).toISOString(),
    { amount: money?.amount ?? '' },
    money?.currency ?? '',
    record.call,
    record.code,
    record.error,
    translated(page, record.meaning),
    actionText(page, record),
    record.responder === '' ? '' : responderName(page, record.responder),
    record.trace,
  ];
}

/**
 * Records as a file that a spreadsheet opens: with a byte order mark, so that it knows the encoding, and separated as it expects in the
 * reader's language. No cell is run as a formula; a key such as 0012345 stays as it is, by the one formula that spreadsheets agree on,
 * and an amount stays a number.
 */
export function recordsCsv(page: PageContext, records: readonly RecordLine[]): string {
  const rows = records.map((record) =>
    cellsOf(page, record).map((cell) => (typeof cell === 'string' ? textCell(cell) : amountCell(page, cell))),
  );
  return stringify([columns.map((name) => page.t.text(name)), ...rows], {
    bom: true,
    delimiter: isSemicolon(page) ? ';' : ',',
    record_delimiter: 'windows',
  });
}
