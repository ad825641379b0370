import { timeOf } from '../api/present.ts';
import { contextOf } from './pages.ts';
import { renderStatus } from '../pages/status.tsx';
import { textAnswer } from '../server/http.ts';
import type { Answer } from '../server/http.ts';
import type { Status, StatusBoard } from '../status/board.ts';
import { statusFeed } from '../status/feed.ts';
import { languageOf, rememberLanguage, translatorOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** A request for the public view, which needs no right. */
export interface StatusVisit extends PageVisit {
  readonly status: Pick<StatusBoard, 'look'>;
}

const vary = 'Accept-Language, Cookie';

/** An answer of the public view; as for a path that leads nowhere when there is none. */
function answerFrom(visit: StatusVisit, make: (status: Status) => Answer): Answer {
  const status = visit.status.look();
  return status === undefined ? textAnswer(404, 'There is no status page.') : make(status);
}

/** GET /status */
export function statusAnswer(visit: StatusVisit): Answer {
  return answerFrom(visit, (status) => {
    // Its notice is for those who run the exporter.
    const page = { ...contextOf(visit), notice: '' };
    const assets = visit.assets.linksFrom(`${visit.routePrefix}/assets`);
    return {
      status: 200,
      headers: { 'Content-Type': 'text/html; charset=utf-8', Vary: vary, ...rememberLanguage(visit) },
      body: renderStatus(page, status, assets),
    };
  });
}

/** GET /status.json */
export function statusJsonAnswer(visit: StatusVisit): Answer {
  return answerFrom(visit, ({ title, at, companies, changes }) => ({
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: `${JSON.stringify({
      title,
      time: timeOf(at),
      companies: companies.map(({ name, flows }) => ({
        name,
        flows: flows.map((flow) => ({ ...flow, since: timeOf(flow.since) })),
      })),
      changes: changes.map((change) => ({ ...change, at: timeOf(change.at) })),
    })}\n`,
  }));
}

/** GET /status.rss */
export function statusFeedAnswer(visit: StatusVisit): Answer {
  return answerFrom(visit, (status) => ({
    status: 200,
    headers: { 'Content-Type': 'application/rss+xml; charset=utf-8', Vary: vary },
    body: statusFeed(status, translatorOf(visit, languageOf(visit.request))),
  }));
}
