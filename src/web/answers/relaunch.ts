import type { WishAnswer } from '../../remedies/remedies.ts';
import { monitorPath } from '../pages/links.ts';
import { textAnswer } from '../server/http.ts';
import type { Answer } from '../server/http.ts';
import { contextOf, monitorAnswer } from './pages.ts';
import { viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

type RelaunchVisit = PageVisit & { readonly form: () => Promise<URLSearchParams> };
type Refused = WishAnswer & { readonly reason: Exclude<WishAnswer['reason'], 'ordered'> };

const isRefused = (answer: WishAnswer): answer is Refused => answer.reason !== 'ordered';

const statusOf = ({ reason, until }: Refused): number => {
  if (reason === 'unknown') return 404;
  return reason === 'limit' || until !== undefined ? 429 : 409;
};

/** What the visitor wants is ordered, or why not. Who may not see a company learns nothing of it. @throws Error when it could not be stored. */
async function relaunch(visit: RelaunchVisit): Promise<WishAnswer> {
  const { visitor, params } = visit;
  const { company = '', monitor = '' } = params;
  const board = visit.remedies?.();
  const record = (await visit.form()).get('record') ?? '';
  if (board === undefined || !viewerOf(visitor).sees(company)) return { reason: 'unknown' };
  return board.relaunch({ company, monitor, record }, visitor.name);
}

function withStatus(answer: Answer, refused: Refused, now: number): Answer {
  const { until } = refused;
  const wait =
    until === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil((until - now) / 1000))) };
  return { ...answer, status: statusOf(refused), headers: { ...answer.headers, ...wait } };
}

function reasonText(visit: RelaunchVisit, { reason, until }: Refused): string {
  const { t, timezone, now } = contextOf(visit);
  const at = until === undefined ? '' : t.time(until, timezone, now);
  const why =
    reason === 'unknown' ? t.text('relaunch.unknown') : t.text(`remedy.next.${reason}`, { at, attempts: 0 });
  return t.text('relaunch.refused', { reason: why });
}

const notStored = (error: unknown): Answer =>
  textAnswer(503, `Nothing was ordered: ${error instanceof Error ? error.message : String(error)}`);

/** Has a failed record tried at once, and leads back to the page of its monitor, which says so; a refusal is that page with the reason. */
export async function relaunchAnswer(visit: RelaunchVisit): Promise<Answer> {
  const { company = '', monitor = '' } = visit.params;
  try {
    const answer = await relaunch(visit);
    if (isRefused(answer)) {
      const page = await monitorAnswer(visit, { problem: reasonText(visit, answer) });
      return page.status === 404 ? page : withStatus(page, answer, visit.now());
    }
  } catch (error) {
    return notStored(error);
  }
  const page = monitorPath(visit.routePrefix, company, monitor);
  return { status: 303, headers: { Location: page, Vary: 'Cookie' }, body: '' };
}

/** The same for programs. */
export async function relaunchJsonAnswer(visit: RelaunchVisit): Promise<Answer> {
  try {
    const answer = await relaunch(visit);
    if (isRefused(answer)) return withStatus(textAnswer(409, reasonText(visit, answer)), answer, visit.now());
  } catch (error) {
    return notStored(error);
  }
  const headers = { 'Content-Type': 'application/json' };
  return { status: 202, headers, body: '{"outcome":"ordered"}\n' };
}
