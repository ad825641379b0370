import type { Translator } from '../texts/translator.ts';
import { countCell, figure, isKnown, least, plain } from './document-flows.ts';
import type { Cell, Table } from './document-flows.ts';
import type { CompanyReport, ErrorFigures } from './types.ts';

/** Classes of errors that are told. */
const mostErrors = 20;

/** What an error is called. */
export function errorTitle({ title, error }: ErrorFigures, t: Translator): string {
  if (title !== null) return title[t.language];
  return error === 'other' ? t.text('report.other_errors') : t.text('report.unknown_error', { given: error });
}

/** The largest classes of errors, what they are and what to do. */
export function errorRows({ errors }: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.error'),
    t.text('report.at_worst'),
    t.text('label.action'),
  ];
  const rows = errors
    .slice(0, mostErrors)
    .map((error) => [
      plain(error.flow),
      plain(errorTitle(error, t)),
      figure(t.number(error.atWorst)),
      plain(error.action?.[t.language] ?? '–'),
    ]);
  return [head, rows];
}

/** The largest amounts, each in its currency. */
export function amountRows({ amounts }: CompanyReport, t: Translator): Table {
  const head = [t.text('report.flow'), t.text('report.about'), t.text('report.most')];
  const rows = amounts.map(({ flow, about, currency, amount }) => [
    plain(flow),
    plain(t.text(`report.${about}`)),
    figure(t.money(String(amount), currency)),
  ]);
  return [head, rows];
}

/** Flows that have records. What is repaired is counted among those that were listed. */
export function recordRows({ flows }: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.failed'),
    t.text('report.late'),
    t.text('report.cleared'),
  ];
  const cleared = (count: number | null): Cell =>
    count === null || count === 0
      ? countCell(count, t)
      : figure(t.text('report.at_least', { given: t.number(count) }));
  const seen = (count: number | null, isExact: boolean): Cell =>
    figure(count === null ? '–' : least(t.number(count), isExact, t));
  const rows = flows
    .filter(({ failed, late }) => failed !== null || late !== null)
    .map((flow) => [
      plain(flow.flow),
      seen(flow.failed, isKnown(flow)),
      seen(flow.late, isKnown(flow)),
      flow.failed === null ? figure('–') : cleared(flow.cleared),
    ]);
  return [head, rows];
}

/** Jobs with which something was wrong. */
export function jobRows({ jobs }: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.job'),
    t.text('report.job_failed'),
    t.text('report.job_missing'),
    t.text('report.job_late'),
  ];
  const times = (count: number | null) =>
    figure(count === null ? t.text('report.unknown') : count === 0 ? '–' : t.text('report.times', { count }));
  const rows = jobs.map(({ flow, job, failed, missing, late }) => [
    plain(flow),
    plain(job),
    times(failed),
    times(missing),
    times(late),
  ]);
  return [head, rows];
}

/** Synchronisations. */
export function syncRows({ syncs }: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.monitor'),
    t.text('report.count'),
    t.text('report.longest_pause'),
  ];
  const unknown = t.text('report.unknown');
  const rows = syncs.map(({ flow, monitor, count, longestPauseMs }) => [
    plain(flow),
    plain(monitor),
    figure(count === null ? unknown : t.text('report.at_least', { given: t.number(count) })),
    figure(longestPauseMs === null ? unknown : t.duration(longestPauseMs)),
  ]);
  return [head, rows];
}
