import type { RunNow } from '../../poll/run-now.ts';
import type { TaskStatus } from '../../poll/task-status.ts';
import { presentRefresh } from '../api/present.ts';
import { monitorAnswer, noMonitorAnswer } from './pages.ts';
import { monitorPath } from '../pages/links.ts';
import type { Refusal } from '../pages/read-again.tsx';
import { textAnswer } from '../server/http.ts';
import type { Answer } from '../server/http.ts';
import { shownTask } from '../view/lines.ts';
import { viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** How long an answer waits for the end of a run; then it says that it goes on. */
const patienceMs = 8_000;

/** What became of the wish: read to the end, still being read, or not. */
type Refreshed = Begun | Refusal;
interface Begun {
  readonly reason: 'read' | 'running';
}

const isBegun = (refreshed: Refreshed): refreshed is Begun =>
  refreshed.reason === 'read' || refreshed.reason === 'running';

const statuses: Readonly<Record<Refreshed['reason'], number>> = {
  read: 200,
  running: 202,
  limited_monitor: 429,
  limited_all: 429,
  stopping: 503,
  replaced: 409,
  unknown: 404,
};

/** In English, for programs. */
const texts: Readonly<Record<Refusal['reason'], string>> = {
  limited_monitor: 'This monitor was read a moment ago; wait as long as Retry-After says.',
  limited_all: 'Too many monitors were read by hand within a minute; wait as long as Retry-After says.',
  stopping: 'erp-exporter is shutting down.',
  replaced: 'The configuration was loaded again before the run ended: ask again.',
  unknown: 'There is no such monitor at that company, or you may not see it.',
};

/** The task that serves a monitor at a company, as the visitor may see it. */
function taskOf({ snapshot, visitor, params }: PageVisit): TaskStatus | undefined {
  const viewer = viewerOf(visitor);
  const { company = '', monitor = '' } = params;
  const found = [...snapshot.tasks.values()].find(
    (task) => task.monitor.name === monitor && task.companies.includes(company),
  );
  return found === undefined ? undefined : shownTask(found, (name) => viewer.sees(name));
}

/** The end of a run, or `running` when it has not come in time. */
async function endOf(ended: Promise<boolean>): Promise<Refreshed> {
  const late = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => late.resolve('late'), patienceMs);
  try {
    const end = await Promise.race([ended, late.promise]);
    if (end === 'late') return { reason: 'running' };
    return { reason: end ? 'read' : 'replaced' };
  } finally {
    clearTimeout(timer);
  }
}

async function refresh(visit: PageVisit): Promise<Refreshed> {
  const { company = '', monitor = '' } = visit.params;
  // Who may not see a company learns nothing of it, not even that it is there.
  if (!viewerOf(visit.visitor).sees(company)) return { reason: 'unknown' };
  const run: RunNow = visit.runs.runNow({ company, monitor });
  if (run.outcome === 'running') return endOf(run.ended);
  if (run.outcome !== 'limited') return { reason: run.outcome };
  return {
    reason: run.limit === 'monitor' ? 'limited_monitor' : 'limited_all',
    retryAfterSeconds: Math.ceil(run.retryAfterMs / 1000),
  };
}

/** With `Retry-After` where it says when to ask again. */
function withStatus(answer: Answer, refreshed: Refreshed): Answer {
  const wait =
    'retryAfterSeconds' in refreshed ? { 'Retry-After': String(refreshed.retryAfterSeconds) } : undefined;
  return { ...answer, status: statuses[refreshed.reason], headers: { ...answer.headers, ...wait } };
}

/**
 * Has a monitor read again, and leads to its page, which shows what became of it. A browser without scripts and htmx follow alike;
 * a refusal is the page itself with the reason.
 */
export async function refreshAnswer(visit: PageVisit): Promise<Answer> {
  const refreshed = await refresh(visit);
  if (refreshed.reason === 'unknown') return noMonitorAnswer(visit);
  if (!isBegun(refreshed)) {
    const answer = await monitorAnswer(visit, { refusal: refreshed });
    // A reload may have taken it away while it ran.
    return answer.status === 404 ? noMonitorAnswer(visit) : withStatus(answer, refreshed);
  }
  const { company = '', monitor = '' } = visit.params;
  const query = new URL(visit.request.url ?? '/', 'http://localhost').search;
  const page = `${monitorPath(visit.routePrefix, company, monitor)}${query}`;
  return { status: 303, headers: { Location: page, Vary: 'Cookie' }, body: '' };
}

/** The same for programs: what became of it, and how the last run went; a refusal is a sentence. */
export async function refreshJsonAnswer(visit: PageVisit): Promise<Answer> {
  const refreshed = await refresh(visit);
  if (!isBegun(refreshed)) return withStatus(textAnswer(200, texts[refreshed.reason]), refreshed);
  const document = presentRefresh(refreshed.reason, taskOf(visit));
  const headers = { 'Content-Type': 'application/json' };
  return withStatus({ status: 200, headers, body: `${JSON.stringify(document)}\n` }, refreshed);
}
