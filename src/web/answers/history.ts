import type { Family } from '../../monitors/contract.ts';
import type { Place } from '../../poll/run-now.ts';
import type { Instant } from '../../time.ts';
import type { Range } from '../pages/ranges.tsx';
import { historyDays, historyOf, spanOf } from '../view/history.ts';
import type { HistoryDays, HistorySpan, HistoryView, ShownPoint } from '../view/history.ts';
import { parameter } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** What the charts of a page show. */
export interface ShownHistory {
  /** Undefined where there is nothing to choose from. */
  readonly range: Range | undefined;
  readonly span: HistorySpan;
  /** Of a monitor, the oldest first. */
  readonly points: (monitor: string) => readonly ShownPoint[];
}

/** How many days a page is asked for. */
function wantedDays({ request, longHistory }: PageVisit): HistoryDays {
  const asked = parameter(request, 'days');
  const found = historyDays.find((days) => String(days) === asked);
  return longHistory.isConfigured && found !== undefined ? found : 1;
}

/** What the history of monitors at a company counts. */
function countedFamilies({ snapshot }: PageVisit, { company, monitor }: Partial<Place>): Family[] {
  const families = [...snapshot.tasks.values()]
    .filter((task) => task.companies.includes(company ?? ''))
    .filter((task) => monitor === undefined || task.monitor.name === monitor)
    .flatMap((task) => task.monitor.kind.families)
    .filter((family) => family.history !== undefined);
  return [...new Map(families.map((family) => [family.name, family])).values()];
}

/**
 * The history that a request asks for: the last 24 hours from memory, or more from Prometheus; where that fails, the last 24 hours and
 * why. Who may see the company must be settled before.
 *
 * @param place without a monitor: all those of the company.
 */
export async function shownHistory(
  visit: PageVisit,
  place: { readonly company: string; readonly monitor?: string },
  now: Instant,
): Promise<ShownHistory> {
  const { longHistory, history, snapshot } = visit;
  const { company } = place;
  const lastDay = (range: Range | undefined): ShownHistory => ({
    range,
    span: spanOf(1, now),
    points: (monitor) => history.of({ company, monitor }, now),
  });
  if (!longHistory.isConfigured) return lastDay(undefined);
  const days = wantedDays(visit);
  if (days === 1) return lastDay({ days });
  const span = spanOf(days, now);
  const families = countedFamilies(visit, place);
  const found = await longHistory.of({ ...place, environment: snapshot.environment, families, span });
  if (!found.ok) return lastDay({ days: 1, problem: found.problem });
  return { range: { days }, span, points: (monitor) => found.points.get(monitor) ?? [] };
}

/** The history of a monitor as pages draw it; undefined where nothing was seen. */
export function historyViewOf({ points, span }: ShownHistory, monitor: string): HistoryView | undefined {
  return historyOf(points(monitor), span);
}
