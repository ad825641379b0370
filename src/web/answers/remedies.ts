import { renderRemedies } from '../pages/remedies.tsx';
import { textAnswer } from '../server/http.ts';
import type { Answer } from '../server/http.ts';
import { remediesOf } from '../view/remedies.ts';
import { contextOf, frameOf, pageAnswer } from './pages.ts';
import { viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

const viewFor = ({ remedies, visitor }: PageVisit) =>
  remediesOf(remedies?.(), viewerOf(visitor), visitor.companies === 'all');

/** The page of remedies. */
export async function remediesAnswer(visit: PageVisit): Promise<Answer> {
  const view = await viewFor(visit);
  return pageAnswer(visit, renderRemedies(contextOf(visit), view, frameOf(visit)));
}

/** The same for programs. */
export async function remediesJsonAnswer(visit: PageVisit): Promise<Answer> {
  const { lines, problem, attempts } = await viewFor(visit);
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ remedies: lines, problem, attempts: attempts ?? [] }),
  };
}

/** Stops remedies, or lets them go on: that of the field `remedy`, or all of them. A person is sent back to the page. */
export async function remediesChangeAnswer(
  visit: PageVisit & { readonly form: () => Promise<URLSearchParams> },
  what: 'pause' | 'resume',
): Promise<Answer> {
  const { visitor, routePrefix } = visit;
  const board = visit.remedies?.();
  const remedy = (await visit.form()).get('remedy') ?? undefined;
  if (board === undefined) return textAnswer(404, 'No remedies are configured.');
  if (remedy !== undefined && !board.lines().some(({ name }) => name === remedy))
    return textAnswer(404, 'There is no such remedy.');
  // It concerns every company.
  if (visitor.companies !== 'all') return textAnswer(403, 'Only who sees all companies may stop remedies.');
  try {
    await board[what](remedy, visitor.name);
  } catch (error) {
    return textAnswer(503, `Nothing was changed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { status: 303, headers: { Location: `${routePrefix}/remedies` }, body: '' };
}
