import { languages } from '../../known-errors/catalogue.ts';
import type { Instant } from '../../time.ts';
import { csrfToken } from '../access/csrf.ts';
import { renderCompany } from '../pages/company.tsx';
import type { PageContext } from '../pages/context.ts';
import { renderDocument, renderDocuments } from '../pages/document.tsx';
import { renderError, renderErrors } from '../pages/errors.tsx';
import { renderLookup } from '../pages/lookup.tsx';
import { monitorPath } from '../pages/links.ts';
import { renderMonitor } from '../pages/monitor.tsx';
import { renderOverview } from '../pages/overview.tsx';
import { renderNoMonitor } from '../pages/read-again.tsx';
import type { Refusal } from '../pages/read-again.tsx';
import { recordsCsv } from '../pages/records-csv.ts';
import { queryOf, textAnswer } from '../server/http.ts';
import type { Answer, HttpRequest } from '../server/http.ts';
import { chartOf } from '../view/chart.ts';
import { errorOf, errorsOf } from '../view/errors.ts';
import { lookUp } from '../view/lookup.ts';
import { companyOf, monitorOf } from '../view/monitor.ts';
import { overviewOf } from '../view/overview.ts';
import { recordOrders } from '../view/types.ts';
import type { RecordOrder, RecordQuery } from '../view/types.ts';
import { historyViewOf, shownHistory } from './history.ts';
import { languageOf, parameter, rememberLanguage, translatorOf, viewerOf } from './visit.ts';
import type { PageVisit } from './visit.ts';

/** Records on one page of a list. */
const recordsPerPage = 50;
/** Most records of a file. */
const mostCsvRecords = 20_000;

const isOrder = (name: string): name is RecordOrder => recordOrders.some((order) => order === name);

function recordQuery(request: HttpRequest, limit: number): RecordQuery {
  const order = parameter(request, 'order');
  const offset = Number(parameter(request, 'offset'));
  return {
    search: parameter(request, 'search'),
    order: isOrder(order) ? order : 'urgency',
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
    limit,
  };
}

/** What a page is rendered with. */
export function contextOf(visit: PageVisit): PageContext {
  const { request, visitor, version, now, timezone, routePrefix, notice } = visit;
  const language = languageOf(request);
  const t = translatorOf(visit, language);
  const here = new URL(request.url ?? '/', 'http://localhost');
  const person = visitor.session === undefined ? null : { name: visitor.name, csrfToken: csrfToken(visitor) };
  const place = { prefix: routePrefix, here, languages };
  const hasTickets = visit.tickets?.() !== undefined;
  const hasRemedies = visit.remedies?.() !== undefined;
  const links = { hasTickets, hasRemedies };
  return { t, now: now(), timezone: timezone(), version, ...place, notice, person, ...links };
}

/** What is around a page. */
export function frameOf({ assets, routePrefix, snapshot }: PageVisit) {
  return { assets: assets.linksFrom(`${routePrefix}/assets`), environment: snapshot.environment };
}

/** A language that was chosen by the address is remembered. */
export function pageAnswer(visit: PageVisit, html: string | undefined): Answer {
  if (html === undefined) return textAnswer(404, 'There is no such page.');
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      Vary: 'Accept-Language, Cookie',
      ...rememberLanguage(visit),
    },
    body: html,
  };
}

/** A file that pages refer to. Its name changes with its contents, so that a browser need not ask for it again. */
export function assetAnswer({ assets, params }: PageVisit): Answer {
  const asset = assets.find(params['name'] ?? '');
  if (asset === undefined) return textAnswer(404, 'There is no such file.');
  return {
    status: 200,
    headers: { 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=31536000, immutable' },
    body: asset.body,
  };
}

export function overviewAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const view = overviewOf(visit.snapshot, viewerOf(visit.visitor), page);
  const isWall = queryOf(visit.request).has('wall');
  return pageAnswer(visit, renderOverview(page, view, { ...frameOf(visit), isWall }));
}

export function errorsAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const lines = errorsOf(visit.snapshot, viewerOf(visit.visitor), page.now);
  return pageAnswer(visit, renderErrors(page, lines, frameOf(visit)));
}

/** One class of errors. */
export function errorAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const detail = errorOf(visit.snapshot, viewerOf(visit.visitor), visit.params['error'] ?? '', page.now);
  return pageAnswer(visit, detail === undefined ? undefined : renderError(page, detail, frameOf(visit)));
}

export function lookupAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const record = parameter(visit.request, 'record');
  const view = lookUp(visit.snapshot, viewerOf(visit.visitor), record, page.now, visit.remedies?.());
  return pageAnswer(visit, renderLookup(page, view, frameOf(visit)));
}

export async function companyAnswer(visit: PageVisit): Promise<Answer> {
  const page = contextOf(visit);
  const { company = '' } = visit.params;
  const card = companyOf(visit.snapshot, viewerOf(visit.visitor), company, page.now);
  if (card === undefined) return pageAnswer(visit, undefined);
  const shown = await shownHistory(visit, { company }, page.now);
  const history = (monitor: string) => historyViewOf(shown, monitor);
  return pageAnswer(visit, renderCompany(page, card, { ...frameOf(visit), history, range: shown.range }));
}

/** As the page of the monitor has it, also where another route answers with that page. */
function monitorContext(visit: PageVisit): PageContext {
  const page = contextOf(visit);
  const here = new URL(page.here);
  const { company = '', monitor = '' } = visit.params;
  here.pathname = monitorPath(page.prefix, company, monitor);
  return { ...page, here };
}

function monitorView(visit: PageVisit, query: RecordQuery, now: Instant) {
  const { company = '', monitor = '' } = visit.params;
  const { snapshot, visitor, remedies } = visit;
  return monitorOf(snapshot, viewerOf(visitor), { company, monitor }, query, now, remedies?.());
}

/** Why what somebody asked for just now was not done: `refusal` to read a monitor again, `problem` of anything else. */
interface Refused {
  readonly refusal?: Refusal;
  readonly problem?: string;
}

/** The page of a monitor. */
export async function monitorAnswer(visit: PageVisit, { refusal, problem }: Refused = {}): Promise<Answer> {
  const page = monitorContext(visit);
  const view = monitorView(visit, recordQuery(visit.request, recordsPerPage), page.now);
  if (view === undefined) return pageAnswer(visit, undefined);
  const { company, monitor } = view.line;
  const isRunning = visit.runs.isRunning({ company, monitor });
  const shown = await shownHistory(visit, { company, monitor }, page.now);
  const history = historyViewOf(shown, monitor);
  const refresh = { isRunning, ...(refusal === undefined ? {} : { refusal }) };
  return pageAnswer(
    visit,
    renderMonitor(page, view, { ...frameOf(visit), refresh, history, range: shown.range, problem }),
  );
}

/** Says that the monitor that was to be read again is not there; `company` is named when the reader may see it. */
export function noMonitorAnswer(visit: PageVisit): Answer {
  const { company = '' } = visit.params;
  const isSeen = companyOf(visit.snapshot, viewerOf(visit.visitor), company, visit.now()) !== undefined;
  const html = renderNoMonitor(monitorContext(visit), isSeen ? company : undefined, frameOf(visit));
  return { ...pageAnswer(visit, html), status: 404 };
}

/** What the chart of a monitor shows, with what it is called in the language of the reader. */
export async function historyAnswer(visit: PageVisit): Promise<Answer> {
  const page = contextOf(visit);
  const view = monitorView(visit, { search: '', order: 'urgency', offset: 0, limit: 0 }, page.now);
  if (view === undefined) return textAnswer(404, 'There is no such monitor.');
  const { company, monitor } = view.line;
  const { points, span } = await shownHistory(visit, { company, monitor }, page.now);
  const { times, series } = chartOf(points(monitor), span.stepMs);
  const labelled = series.map((one) => ({ ...one, label: page.t.text(`chart.${one.name}`) }));
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept-Language, Cookie' },
    body: JSON.stringify({ timezone: view.card.timezone, times, series: labelled }),
  };
}

/** The records as a file for spreadsheets: all that match, from the first. */
export function recordsAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const query = { ...recordQuery(visit.request, mostCsvRecords), offset: 0 };
  const view = monitorView(visit, query, page.now);
  if (view === undefined || view.records === null) return textAnswer(404, 'There is no such file.');
  const name = `${view.line.company}-${view.line.monitor}.csv`.replaceAll(/[^\w.-]/g, '_');
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${name}"`,
    },
    body: recordsCsv(page, view.records.items),
  };
}

/** A document that the package brings: the runbook, what a setting means. */
export function documentAnswer(visit: PageVisit): Answer {
  const document = visit.documents.find(visit.params['document'] ?? '');
  const page = contextOf(visit);
  return pageAnswer(
    visit,
    document === undefined ? undefined : renderDocument(page, document, frameOf(visit)),
  );
}

/** The titles of all documents. */
export function documentsAnswer(visit: PageVisit): Answer {
  return pageAnswer(visit, renderDocuments(contextOf(visit), visit.documents.list, frameOf(visit)));
}
