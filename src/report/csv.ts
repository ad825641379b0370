import { spreadsheet } from '../spreadsheet.ts';
import type { Cell } from '../spreadsheet.ts';
import type { Translator } from '../texts/translator.ts';
import { availabilityOf } from './conditions.ts';
import { errorTitle } from './document-figures.ts';
import { isKnownAt } from './document-acted.ts';
import type {
  CompanyReport,
  FlowFigures,
  JobFigures,
  RemedyFigures,
  Spread,
  Stretch,
  SyncFigures,
  TicketFigures,
} from './types.ts';

/** What a file has besides its company and period: one figure a line. A figure that nobody knows is empty. */
interface Line {
  /** Stable names in English, for programs: the same in every language. */
  readonly section: string;
  readonly flow: string;
  /** What of the flow it is about: a monitor, a job, an error. */
  readonly item: string;
  readonly figure: string;
  readonly value: number | null;
  /** `s`, `ratio`, a currency, or '' for a count. */
  readonly unit: string;
  readonly note: string;
}

/** Digits that mean something. */
const mostDecimals = 6;

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

function decimal(value: number): string {
  return value.toFixed(mostDecimals).replace(/\.?0+$/, '');
}

const atLeast = (isLeast: boolean): string => (isLeast ? 'at least' : '');

function spreadLines(flow: string, name: string, spread: Spread | null): readonly Line[] {
  return (['median', 'longest'] as const).map((which) => {
    const value = seconds(spread?.[which] ?? null);
    return { section: 'incidents', flow, item: '', figure: `${name}_${which}`, value, unit: 's', note: '' };
  });
}

/** @param isLeast no rules were evaluated for some time, so that there may have been more incidents. */
function flowLines({ flow, times, ...figures }: FlowFigures, isLeast: boolean): readonly Line[] {
  const line = (section: string, figure: string, value: number | null, unit = '', note = ''): Line => {
    return { section, flow, item: '', figure, value, unit, note };
  };
  const { incidents } = figures;
  const availability = availabilityOf(times);
  const share = availability.known ? availability.share : null;
  const note = atLeast(availability.known && availability.isLeast);
  return [
    line('availability', 'availability', share, 'ratio', note),
    ...Object.entries(times).map(([figure, ms]) => line('availability', figure, seconds(ms), 's')),
    line('availability', 'down_in_business_hours', seconds(figures.downOpenMs), 's'),
    line('incidents', 'incidents', incidents?.count ?? null, '', atLeast(incidents !== null && isLeast)),
    line('incidents', 'not_over', incidents?.open ?? null),
    ...spreadLines(flow, 'noticed_after', incidents?.noticed ?? null),
    ...spreadLines(flow, 'over_after', incidents?.recovered ?? null),
    line('records', 'failed_at_worst', figures.failed),
    line('records', 'late_at_worst', figures.late),
    line('records', 'repaired', figures.cleared, '', atLeast(figures.cleared !== null)),
  ];
}

function gapLines(
  figure: string,
  gaps: readonly (Stretch & { readonly monitor?: string })[],
): readonly Line[] {
  return gaps.map(({ from, to, monitor = '' }) => ({
    section: 'not_covered',
    flow: '',
    item: monitor,
    figure,
    value: seconds(to - from),
    unit: 's',
    note: `${new Date(from).toISOString()}/${new Date(to).toISOString()}`,
  }));
}

function jobLines({ flow, job, failed, missing, late }: JobFigures): readonly Line[] {
  const base = { section: 'jobs', flow, item: job, unit: '', note: '' };
  return Object.entries({ failed, missing, late }).map(([figure, value]) => ({ ...base, figure, value }));
}

function syncLines({ flow, monitor, count, longestPauseMs }: SyncFigures): readonly Line[] {
  const base = { section: 'syncs', flow, item: monitor };
  return [
    { ...base, figure: 'count', value: count, unit: '', note: atLeast(count !== null) },
    { ...base, figure: 'longest_pause', value: seconds(longestPauseMs), unit: 's', note: '' },
  ];
}

/** Figures of tickets or remedies. */
function actedLines(
  section: string,
  { flow, ...counts }: TicketFigures | RemedyFigures,
  isLeast: boolean,
): readonly Line[] {
  const base = { section, flow, item: '', unit: '', note: atLeast(isLeast) };
  return Object.entries(counts).map(([figure, value]) => ({ ...base, figure, value }));
}

function otherLines({ errors, amounts, jobs, syncs }: CompanyReport, t: Translator): readonly Line[] {
  return [
    ...errors.map((error): Line => {
      const { flow, error: item, atWorst: value } = error;
      const note = `${errorTitle(error, t)}${error.action === null ? '' : `: ${error.action[t.language]}`}`;
      return { section: 'errors', flow, item, figure: 'at_worst', value, unit: '', note };
    }),
    ...amounts.map(({ flow, about, currency, amount }): Line => ({
      section: 'amounts',
      flow,
      item: '',
      figure: about,
      value: amount,
      unit: currency,
      note: '',
    })),
    ...jobs.flatMap(jobLines),
    ...syncs.flatMap(syncLines),
  ];
}

function linesOf(report: CompanyReport, t: Translator): readonly Line[] {
  const { share, first, gaps, monitorGaps, unread, alertGaps, truncated, mixesAlerts } = report.coverage;
  const alerting = mixesAlerts ? 'report.mixed_alerts' : 'report.no_alerts';
  const covered = { section: 'not_covered', flow: '', item: '', unit: 'ratio' };
  return [
    {
      ...covered,
      figure: 'covered',
      value: share,
      note: first === null ? '' : new Date(first).toISOString(),
    },
    ...gapLines('no_data', gaps),
    ...gapLines('no_data_of_monitor', monitorGaps),
    ...gapLines('not_read_by_monitor', unread),
    ...(alertGaps === null || mixesAlerts
      ? [{ ...covered, figure: 'alerting', value: null, note: t.text(alerting) }]
      : gapLines('no_alerting', alertGaps)),
    ...truncated.map((monitor) => ({
      ...covered,
      item: monitor,
      figure: 'truncated',
      value: null,
      note: t.text('report.truncated', { monitor }),
    })),
    ...report.flows.flatMap((flow) => flowLines(flow, alertGaps === null || alertGaps.length > 0)),
    ...otherLines(report, t),
    ...report.tickets.flatMap((counts) => actedLines('tickets', counts, !isKnownAt(report, counts.flow))),
    ...report.remedies.flatMap((counts) => actedLines('remedies', counts, !isKnownAt(report, counts.flow))),
  ];
}

/** Reports as one file for a spreadsheet. @param t its language decides how numbers and cells are separated. */
export function reportCsv(reports: readonly CompanyReport[], t: Translator): string {
  const titles = ['company', 'from', 'to', 'section', 'flow', 'item', 'figure', 'value', 'unit', 'note'];
  const rows = reports.flatMap((report) =>
    linesOf(report, t).map(({ section, flow, item, figure, value, unit, note }): Cell[] => [
      report.name,
      new Date(report.period.from).toISOString(),
      new Date(report.period.to).toISOString(),
      section,
      flow,
      item,
      figure,
      value === null ? '' : { amount: decimal(value) },
      unit,
      note,
    ]),
  );
  return spreadsheet(t.language, titles, rows);
}
