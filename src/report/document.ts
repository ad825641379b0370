import type { Language } from '../known-errors/catalogue.ts';
import type { Translator } from '../texts/translator.ts';
import { remedyRows, ticketRows } from './document-acted.ts';
import { coverageLines, leadLines } from './document-coverage.ts';
import type { Line } from './document-coverage.ts';
import { amountRows, errorRows, jobRows, recordRows, syncRows } from './document-figures.ts';
import { availabilityTable, incidentRows, isKnown } from './document-flows.ts';
import type { Cell } from './document-flows.ts';
import type { CompanyReport } from './types.ts';

/** A table, or why there is none. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Below the table; instead of it where there are no rows. */
  readonly notes: readonly string[];
}

/** A report in a language, for whatever shows it. Nothing in it is escaped. */
export interface ReportDocument {
  readonly language: Language;
  readonly title: string;
  readonly period: string;
  readonly lead: readonly Line[];
  readonly sections: readonly Section[];
  readonly notCovered: { readonly title: string; readonly lines: readonly string[] };
}

/** "None" is said of a whole period only where there are data for all of it. @param needsAlerts rules must have been evaluated, too. */
function noneOf(t: Translator, { coverage, flows }: CompanyReport, needsAlerts = false): string {
  const { lastKnown, alertGaps, mixesAlerts } = coverage;
  if (lastKnown === null) return t.text('report.unknown');
  const isAlerted = alertGaps?.length === 0 && !mixesAlerts;
  const isAll = flows.every(isKnown) && (isAlerted || !needsAlerts);
  return t.text(isAll ? 'report.none' : 'report.none_seen');
}

function section(
  title: string,
  [head, rows]: readonly [readonly string[], readonly (readonly Cell[])[]],
  none: string,
  notes: readonly string[] = [],
): Section {
  return { title, head, rows, notes: rows.length === 0 ? [none] : notes };
}

/** What was done about failures; nothing is said of tickets and remedies where there are none. */
function actedSections(report: CompanyReport, t: Translator): readonly Section[] {
  const { tickets, remedies } = report;
  return [
    ...(tickets.length === 0 ? [] : [section(t.text('report.tickets'), ticketRows(report, t), '')]),
    ...(remedies.length === 0
      ? []
      : [section(t.text('report.remedies'), remedyRows(report, t), '', [t.text('report.remedies_note')])]),
  ];
}

/** Puts a report into words. */
export function documentOf(report: CompanyReport, t: Translator): ReportDocument {
  const { timezone, period, coverage } = report;
  const none = noneOf(t, report);
  const at = (instant: number) => t.minuteTime(instant, timezone);
  const incidents = coverage.mixesAlerts
    ? 'report.mixed_alerts'
    : report.flows.some((flow) => flow.incidents !== null)
      ? 'report.incidents_note'
      : 'report.no_alerts';
  return {
    language: t.language,
    title: t.text('report.title', { company: report.title }),
    period: t.text('report.period', { from: at(period.from), to: at(period.to), zone: timezone }),
    lead: leadLines(report, t),
    sections: [
      section(t.text('report.availability'), availabilityTable(report, t), none, [
        t.text('report.availability_note'),
      ]),
      section(t.text('report.incidents'), incidentRows(report, t), none, [t.text(incidents)]),
      section(t.text('report.errors'), errorRows(report, t), none),
      section(t.text('report.amounts'), amountRows(report, t), none, [t.text('report.amounts_note')]),
      section(t.text('report.records'), recordRows(report, t), none),
      section(t.text('report.jobs'), jobRows(report, t), noneOf(t, report, true)),
      section(t.text('report.syncs'), syncRows(report, t), none),
      ...actedSections(report, t),
    ],
    notCovered: { title: t.text('report.not_covered'), lines: coverageLines(report, t) },
  };
}
