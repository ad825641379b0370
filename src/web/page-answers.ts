import type { Visitor } from '../config/config.ts';
import { languages } from '../known-errors/catalogue.ts';
import type { Language } from '../known-errors/catalogue.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Translator } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import { csrfToken } from './access/csrf.ts';
import { preferredLanguage } from './accept-language.ts';
import type { Assets } from './assets.ts';
import { renderCompany } from './pages/company.tsx';
import type { PageContext } from './pages/context.ts';
import { renderErrors } from './pages/errors.tsx';
import { renderLookup } from './pages/lookup.tsx';
import { renderMonitor } from './pages/monitor.tsx';
import { renderOverview } from './pages/overview.tsx';
import { recordsCsv } from './pages/records-csv.ts';
import { queryOf, textAnswer } from './server/http.ts';
import type { Answer, HttpRequest } from './server/http.ts';
import { errorsOf } from './view/errors.ts';
import { lookUp } from './view/lookup.ts';
import { companyOf, monitorOf } from './view/monitor.ts';
import { overviewOf } from './view/overview.ts';
import { recordOrders } from './view/types.ts';
import type { RecordOrder, RecordQuery } from './view/types.ts';
import type { Viewer } from './view/viewer.ts';

/** What pages are made of, for a visitor who has the right to them. */
export interface PageVisit {
  readonly request: HttpRequest;
  readonly visitor: Visitor;
  /** The parts of the path that its route names. */
  readonly params: Readonly<Record<string, string>>;
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly timezone: () => string;
  readonly now: () => Instant;
  readonly routePrefix: string;
  readonly assets: Assets;
  readonly translators: ReadonlyMap<Language, Translator>;
  /** What is wrong with how the page is served, for people; '' when nothing is. */
  readonly notice: string;
}

/** Records on one page of a list. */
const recordsPerPage = 50;
/** Longest text that is searched for. */
const mostSearchCharacters = 200;
/** Most records of a file. */
const mostCsvRecords = 20_000;

const languageCookie = 'erp-exporter-language';
const secondsOfAYear = 31_536_000;

const isLanguage = (name: string): name is Language => languages.some((language) => language === name);
const isOrder = (name: string): name is RecordOrder => recordOrders.some((order) => order === name);

function parameter(request: HttpRequest, name: string): string {
  return (queryOf(request).get(name) ?? '').slice(0, mostSearchCharacters);
}

/** The language of a page: what its address says, else what was chosen before, else what the browser prefers. */
function languageOf(request: HttpRequest): Language {
  const asked = parameter(request, 'lang');
  if (isLanguage(asked)) return asked;
  const cookies = (request.headers.cookie ?? '').split(/;\s*/);
  const chosen = cookies.find((cookie) => cookie.startsWith(`${languageCookie}=`))?.split('=')[1] ?? '';
  return isLanguage(chosen) ? chosen : preferredLanguage(request.headers['accept-language'] ?? '', languages);
}

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

/** What a visitor may see, as views ask for it. */
function viewerOf({ companies, rights }: Visitor): Viewer {
  return {
    sees: (company) => companies === 'all' || companies.has(company),
    may: (right) => rights.has(right),
  };
}

/** What a page is rendered with. */
export function contextOf(visit: PageVisit): PageContext {
  const { request, visitor, version, now, timezone, routePrefix, translators, notice } = visit;
  const language = languageOf(request);
  const t = translators.get(language);
  if (t === undefined) throw new Error(`no translator for ${language}`);
  const here = new URL(request.url ?? '/', 'http://localhost');
  const person = visitor.session === undefined ? null : { name: visitor.name, csrfToken: csrfToken(visitor) };
  const place = { prefix: routePrefix, here, languages };
  return { t, now: now(), timezone: timezone(), version, ...place, notice, person };
}

/** What is around a page. */
export function frameOf({ assets, routePrefix, snapshot }: PageVisit) {
  return { assets: assets.linksFrom(`${routePrefix}/assets`), environment: snapshot.environment };
}

/** A language that was chosen by the address is remembered. */
function pageAnswer({ request, routePrefix }: PageVisit, html: string | undefined): Answer {
  if (html === undefined) return textAnswer(404, 'There is no such page.');
  const asked = parameter(request, 'lang');
  return {
    status: 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      Vary: 'Accept-Language, Cookie',
      ...(isLanguage(asked)
        ? {
            'Set-Cookie': `${languageCookie}=${asked}; Path=${routePrefix}/; Max-Age=${secondsOfAYear}; HttpOnly; SameSite=Lax`,
          }
        : {}),
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

export function lookupAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const record = parameter(visit.request, 'record');
  const view = lookUp(visit.snapshot, viewerOf(visit.visitor), record, page.now);
  return pageAnswer(visit, renderLookup(page, view, frameOf(visit)));
}

export function companyAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const card = companyOf(visit.snapshot, viewerOf(visit.visitor), visit.params['company'] ?? '', page.now);
  return pageAnswer(visit, card === undefined ? undefined : renderCompany(page, card, frameOf(visit)));
}

function monitorView(visit: PageVisit, query: RecordQuery, now: Instant) {
  const { company = '', monitor = '' } = visit.params;
  return monitorOf(visit.snapshot, viewerOf(visit.visitor), { company, monitor }, query, now);
}

export function monitorAnswer(visit: PageVisit): Answer {
  const page = contextOf(visit);
  const view = monitorView(visit, recordQuery(visit.request, recordsPerPage), page.now);
  return pageAnswer(visit, view === undefined ? undefined : renderMonitor(page, view, frameOf(visit)));
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
