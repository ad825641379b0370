import type { Translator } from '../texts/translator.ts';
import { availabilityOf } from './conditions.ts';
import type { Tone } from './document-coverage.ts';
import type { CompanyReport, FlowFigures, Spread, Times } from './types.ts';

/** A text in a table. */
export interface Cell {
  readonly text: string;
  /** A figure, which stands at the right. */
  readonly isFigure?: true;
  readonly tone?: Tone;
}

export type Table = readonly [head: readonly string[], rows: readonly (readonly Cell[])[]];

export const plain = (text: string): Cell => ({ text });
export const figure = (text: string, tone: Tone = 'plain'): Cell => ({ text, isFigure: true, tone });

/** Whether it is known all the time how a flow stood: of any other, what was counted may be too little. */
export function isKnown({ times }: FlowFigures): boolean {
  return times.no_data + times.no_samples === 0;
}

/** A figure, or that it is that at least. */
export function least(text: string, isExact: boolean, t: Translator): string {
  return isExact ? text : t.text('report.at_least', { given: text });
}

/** A count, or that nobody knows it. */
export function countCell(count: number | null, t: Translator): Cell {
  return figure(count === null ? t.text('report.unknown') : t.number(count));
}

/** The availability of a flow in words. */
export function availabilityText(times: Times, t: Translator): string {
  const availability = availabilityOf(times);
  if (!availability.known) return availability.isOff ? '–' : t.text('report.unknown');
  const share = t.text('report.share', { share: availability.share });
  return availability.isLeast ? t.text('report.at_least', { given: share }) : share;
}

function availabilityTone(times: Times): Tone {
  const availability = availabilityOf(times);
  if (!availability.known) return availability.isOff ? 'plain' : 'critical';
  if (availability.isLeast) return 'warning';
  return availability.share === 1 ? 'ok' : 'plain';
}

function durationText(ms: number, t: Translator): string {
  return ms === 0 ? '–' : t.duration(ms);
}

/** How each flow stood, for how long. */
export function availabilityTable({ flows }: CompanyReport, t: Translator): Table {
  const head = [
    t.text('report.flow'),
    t.text('report.availability'),
    t.text('state.ok'),
    t.text('state.warning'),
    t.text('state.critical'),
    t.text('state.no_data'),
    t.text('report.no_samples'),
    t.text('state.maintenance'),
    t.text('state.closed'),
    t.text('report.down_open'),
  ];
  const down = (flow: FlowFigures) => {
    const { downOpenMs: ms } = flow;
    if (ms === null) return t.text('report.unknown');
    return isKnown(flow) ? durationText(ms, t) : least(t.duration(ms), false, t);
  };
  const rows = flows.map((figures) => {
    const { flow, times } = figures;
    const lasted = (ms: number, tone: Tone = 'plain') =>
      figure(durationText(ms, t), ms === 0 ? 'plain' : tone);
    return [
      plain(flow),
      figure(availabilityText(times, t), availabilityTone(times)),
      lasted(times.ok),
      lasted(times.warning, 'warning'),
      lasted(times.critical, 'critical'),
      lasted(times.no_data, 'warning'),
      lasted(times.no_samples, 'warning'),
      lasted(times.maintenance),
      lasted(times.closed),
      figure(down(figures)),
    ];
  });
  return [head, rows];
}

function spanText(ms: number, t: Translator): string {
  return ms < 60_000 ? t.text('report.less_than_minute') : t.duration(ms);
}

/** The median and the longest; unknown where no incident tells, "–" where there is none. */
export function spreadText(spread: Spread | null, of: number, t: Translator): string {
  if (of === 0) return '–';
  if (spread === null) return t.text('report.unknown');
  if (of === 1) return spanText(spread.longest, t);
  return t.text('report.spread', {
    median: spanText(spread.median, t),
    longest: spanText(spread.longest, t),
    count: spread.count,
    partial: String(spread.count < of),
  });
}

function incidentCells({ flow, incidents }: FlowFigures, isLeast: boolean, t: Translator): readonly Cell[] {
  if (incidents === null) {
    const unknown = t.text('report.unknown');
    return [plain(flow), figure(unknown), figure(unknown), plain(unknown), plain(unknown)];
  }
  const { count, open, noticed, recovered } = incidents;
  const number = t.number(count);
  return [
    plain(flow),
    figure(least(number, !isLeast, t)),
    figure(t.number(open), open > 0 ? 'critical' : 'plain'),
    plain(spreadText(noticed, count, t)),
    plain(spreadText(recovered, count - open, t)),
  ];
}

/** Incidents of each flow. While no rules were evaluated there may have been more. */
export function incidentRows({ flows, coverage }: CompanyReport, t: Translator): Table {
  const isLeast = coverage.alertGaps === null || coverage.alertGaps.length > 0;
  const head = [
    t.text('report.flow'),
    t.text('report.incidents'),
    t.text('report.still_open'),
    t.text('report.noticed'),
    t.text('report.recovered'),
  ];
  return [head, flows.map((flow) => incidentCells(flow, isLeast, t))];
}
