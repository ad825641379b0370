import type { SignDesk, SignLine } from '../../mails/desk.ts';
import { renderSigns } from '../pages/mails/signs-of-life.tsx';
import { textAnswer } from '../server/http.ts';
import type { Answer } from '../server/http.ts';
import { contextOf, frameOf, pageAnswer } from './pages.ts';
import { viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** What the page of signs of life needs besides. */
export interface SignVisit extends PageVisit {
  /** Absent or undefined: there are none. */
  readonly signs?: (() => SignDesk | undefined) | undefined;
  readonly form: () => Promise<URLSearchParams>;
}

/** Those of which a visitor sees every company. */
async function seenBy({ visitor, signs }: SignVisit): Promise<readonly SignLine[]> {
  const viewer = viewerOf(visitor);
  return ((await signs?.()?.lines()) ?? []).filter(({ companies }) =>
    companies.every((company) => viewer.sees(company)),
  );
}

/** GET /signs-of-life */
export async function signsAnswer(visit: SignVisit): Promise<Answer> {
  const titles = new Map(visit.snapshot.companies.map(({ name, title }) => [name, title]));
  const shown = (await seenBy(visit)).map((sign) => ({
    ...sign,
    titles: sign.companies.map((name) => titles.get(name) ?? name),
  }));
  return pageAnswer(visit, renderSigns(contextOf(visit), shown, frameOf(visit)));
}

/** POST /signs-of-life/confirm: somebody got the mail of the field `sign`. */
export async function confirmSignAnswer(visit: SignVisit): Promise<Answer> {
  const name = (await visit.form()).get('sign') ?? '';
  if (name === '') return textAnswer(400, 'sign is missing: the name of a sign of life.');
  const desk = visit.signs?.();
  const isSeen = (await seenBy(visit)).some((sign) => sign.name === name);
  if (desk === undefined || !isSeen)
    return textAnswer(404, 'There is no such sign of life, or none that you may see.');
  try {
    await desk.confirm(name, visit.visitor.name.slice(0, 100).toWellFormed());
  } catch (error) {
    return textAnswer(503, `Nothing was stored: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { status: 303, headers: { Location: `${visit.routePrefix}/signs-of-life` }, body: '' };
}
