import type { Translator } from '../texts/translator.ts';
import { figure, isKnown, least, plain } from './document-flows.ts';
import type { Cell, Table } from './document-flows.ts';
import type { CompanyReport } from './types.ts';

/** Whether it is known all the time how a flow stood, or with '' all of them: what was done while nothing was scraped is not counted. */
export function isKnownAt({ flows }: CompanyReport, flow: string): boolean {
  const about = flows.filter((each) => flow === '' || each.flow === flow);
  return about.length > 0 && about.every(isKnown);
}

function counted(count: number, flow: string, report: CompanyReport, t: Translator): Cell {
  return figure(least(t.number(count), isKnownAt(report, flow), t));
}

const named = (flow: string): Cell => plain(flow === '' ? '–' : flow);

/** What was done to tickets. */
export function ticketRows(report: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.opened'),
    t.text('report.commented'),
    t.text('report.closed'),
    t.text('report.reopened'),
  ];
  const rows = report.tickets.map(({ flow, opened, commented, closed, reopened }) => [
    named(flow),
    ...[opened, commented, closed, reopened].map((count) => counted(count, flow, report, t)),
  ]);
  return [head, rows];
}

/** What remedies tried, and what came of it. */
export function remedyRows(report: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.tried'),
    t.text('report.worked'),
    t.text('report.not_worked'),
    t.text('report.exhausted'),
  ];
  const rows = report.remedies.map(({ flow, sent, worked, failed, exhausted }) => [
    named(flow),
    ...[sent, worked, failed, exhausted].map((count) => counted(count, flow, report, t)),
  ]);
  return [head, rows];
}
