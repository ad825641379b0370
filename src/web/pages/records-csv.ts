import { spreadsheet } from '../../spreadsheet.ts';
import type { Cell } from '../../spreadsheet.ts';
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

/** Records as a file that a spreadsheet opens: see `spreadsheet`. */
export function recordsCsv(page: PageContext, records: readonly RecordLine[]): string {
  const titles = columns.map((name) => page.t.text(name));
  return spreadsheet(
    page.t.language,
    titles,
    records.map((record) => cellsOf(page, record)),
  );
}
