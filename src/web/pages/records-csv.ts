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
];

/** Numbers that a spreadsheet would round, or of which it would drop zeros. */
const looksLikeNumber = /^(?:0\d+|\d{12,}|\d+[eE]\d+)$/;

function cellsOf(page: PageContext, record: RecordLine): string[] {
  const { since, money } = record;
  return [
    record.record,
    recordState(page, record),
    since === null || Number.isNaN(new Date(since).getTime()) ? '' : new Date(since).toISOString(),
    money?.amount ?? '',
    money?.currency ?? '',
    record.call,
    record.code,
    record.error,
    translated(page, record.meaning),
    actionText(page, record),
    record.responder === '' ? '' : responderName(page, record.responder),
  ];
}

/**
 * Records as a file that a spreadsheet opens: with a byte order mark, so that it knows the encoding, and separated as it expects in the
 * reader's language. No cell is run as a formula; a key such as 0012345 stays as it is, by the one formula that spreadsheets agree on.
 */
export function recordsCsv(page: PageContext, records: readonly RecordLine[]): string {
  return stringify(
    [columns.map((name) => page.t.text(name)), ...records.map((record) => cellsOf(page, record))],
    {
      bom: true,
      delimiter: page.t.language === 'en' ? ',' : ';',
      record_delimiter: 'windows',
      cast: {
        string: (value) =>
          looksLikeNumber.test(value)
            ? { value: `="${value}"`, escape_formulas: false }
            : { value, escape_formulas: true },
      },
    },
  );
}
