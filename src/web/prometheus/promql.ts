import { stateFamily, statusFamilies } from '../../exporter-families.ts';
import type { Family } from '../../monitors/contract.ts';
import { quote, selectorOf } from '../../prometheus/quote.ts';
import type { HistorySpan } from '../view/history.ts';

/** What a chart is asked for. */
export interface HistoryWish {
  readonly company: string;
  /** Absent: every monitor of the company. */
  readonly monitor?: string;
  /** As `Config.environment`: '' for none. */
  readonly environment: string;
  /** What is counted, each with `history`. */
  readonly families: readonly Family[];
  readonly span: HistorySpan;
}

/** The label that tells the parts of an answer apart: a figure's family, or one of these. */
export const figureLabel = 'figure';
export const stateFigure = 'state';
export const durationFigure = 'duration';

/** Series are looked at as often: as the history in memory has it. */
const sampleEvery = '5m';

/** What picks the series of a wish, and no others. */
function selector(wish: HistoryWish, labels: Readonly<Record<string, string>>): string {
  const { company, monitor, environment } = wish;
  const wanted = { environment, ...labels, company, ...(monitor === undefined ? {} : { monitor }) };
  return selectorOf(wanted);
}

/** Replicas say the same of the same: the greatest of them, so that none counts twice. */
function countOf({ name, labels }: Family, picked: string): string {
  // Of counts by severity one contains the other.
  if (labels.includes('severity')) return `max by (monitor) (${name}{${picked}})`;
  return `sum by (monitor) (max by (${['monitor', ...labels].join(', ')}) (${name}{${picked}}))`;
}

const named = (figure: string, expression: string): string =>
  `label_replace(${expression}, ${quote(figureLabel)}, ${quote(figure)}, "", "")`;

/**
 * All that a chart shows, as one expression: for each step the greatest of what was so at the times that were looked at.
 *
 * @param labels what the series have besides their own labels.
 */
export function historyExpression(wish: HistoryWish, labels: Readonly<Record<string, string>>): string {
  const picked = selector(wish, labels);
  const parts = [
    named(stateFigure, `max by (monitor, state) (${stateFamily.name}{${picked}} == 1)`),
    named(durationFigure, `max by (monitor) (${statusFamilies.duration.name}{${picked}})`),
    ...wish.families.map((family) => named(family.name, countOf(family, picked))),
  ];
  return `max_over_time((${parts.join(' or ')})[${wish.span.stepMs / 60_000}m:${sampleEvery}])`;
}
