import express from 'express';
import type { Request, Response, Router } from 'express';
import { languages } from '../known-errors/catalogue.ts';
import type { Language } from '../known-errors/catalogue.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import { createTranslators } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import type { AssetLinks } from './assets.ts';
import { renderCompany } from './pages/company.tsx';
import type { PageContext } from './pages/context.ts';
import { renderErrors } from './pages/errors.tsx';
import { renderLookup } from './pages/lookup.tsx';
import { renderMonitor } from './pages/monitor.tsx';
import { renderOverview } from './pages/overview.tsx';
import { recordsCsv } from './pages/records-csv.ts';
import { errorsOf } from './view/errors.ts';
import { lookUp } from './view/lookup.ts';
import { companyOf, monitorOf } from './view/monitor.ts';
import { overviewOf } from './view/overview.ts';
import { recordOrders } from './view/types.ts';
import type { RecordOrder, RecordQuery } from './view/types.ts';
import type { Viewer } from './view/viewer.ts';

export interface PagesOptions {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly timezone: () => string;
  readonly now: () => Instant;
  readonly routePrefix: string;
  readonly assets: AssetLinks;
  /** What the sender of a request may see. */
  readonly viewer: (request: Request) => Viewer;
}

/** Records on one page of a list. */
const recordsPerPage = 50;
/** Longest text that is searched for. */
const mostSearchCharacters = 200;
/** Most records of a file. */
const mostCsvRecords = 20_000;

const languageCookie = 'erp-exporter-language';
const secondsOfAYear = 31_536_000;

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, mostSearchCharacters) : '';
}

const isLanguage = (name: string): name is Language => languages.some((language) => language === name);
const isOrder = (name: string): name is RecordOrder => recordOrders.some((order) => order === name);

/** The language of a page: what its address says, else what was chosen before, else what the browser prefers. */
function languageOf(request: Request): Language {
  const asked = text(request.query['lang']);
  if (isLanguage(asked)) return asked;
  const cookies = (request.headers.cookie ?? '').split(/;\s*/);
  const chosen = cookies.find((cookie) => cookie.startsWith(`${languageCookie}=`))?.split('=')[1] ?? '';
  if (isLanguage(chosen)) return chosen;
  const preferred = request.acceptsLanguages([...languages]);
  return preferred !== false && isLanguage(preferred) ? preferred : 'en';
}

function recordQuery({ query }: Request, limit: number): RecordQuery {
  const order = text(query['order']);
  const offset = Number(text(query['offset']));
  return {
    search: text(query['search']),
    order: isOrder(order) ? order : 'urgency',
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset : 0,
    limit,
  };
}

/** Answers the requests for pages: what they show is computed by `view/`, of the snapshot and for the reader alone. */
class Pages {
  readonly #options: PagesOptions;
  readonly #translators = createTranslators();

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  overview(request: Request, response: Response): void {
    const { snapshot, assets } = this.#options;
    const page = this.#context(request, response);
    const view = overviewOf(snapshot, this.#viewer(request), page);
    send(response, renderOverview(page, view, { assets, isWall: request.query['wall'] !== undefined }));
  }

  errors(request: Request, response: Response): void {
    const page = this.#context(request, response);
    const lines = errorsOf(this.#options.snapshot, this.#viewer(request), page.now);
    send(response, renderErrors(page, lines, this.#frame()));
  }

  lookup(request: Request, response: Response): void {
    const page = this.#context(request, response);
    const record = text(request.query['record']);
    const view = lookUp(this.#options.snapshot, this.#viewer(request), record, page.now);
    send(response, renderLookup(page, view, this.#frame()));
  }

  company(request: Request<{ company: string }>, response: Response): void {
    const page = this.#context(request, response);
    const { snapshot } = this.#options;
    const card = companyOf(snapshot, this.#viewer(request), request.params.company, page.now);
    send(response, card === undefined ? undefined : renderCompany(page, card, this.#frame()));
  }

  monitor(request: MonitorRequest, response: Response): void {
    const { snapshot, assets } = this.#options;
    const page = this.#context(request, response);
    const query = recordQuery(request, recordsPerPage);
    const view = monitorOf(snapshot, this.#viewer(request), request.params, query, page.now);
    send(response, view === undefined ? undefined : renderMonitor(page, view, { assets }));
  }

  /** The records as a file for spreadsheets: all that match, from the first. */
  records(request: MonitorRequest, response: Response): void {
    const page = this.#context(request, response);
    const { company, monitor } = request.params;
    const query = { ...recordQuery(request, mostCsvRecords), offset: 0 };
    const view = monitorOf(this.#options.snapshot, this.#viewer(request), request.params, query, page.now);
    if (view === undefined || view.records === null) {
      send(response, undefined);
      return;
    }
    response.attachment(`${company}-${monitor}.csv`);
    response.type('text/csv').send(recordsCsv(page, view.records.items));
  }

  #viewer(request: Request): Viewer {
    return this.#options.viewer(request);
  }

  #frame() {
    return { assets: this.#options.assets, environment: this.#options.snapshot.environment };
  }

  /** What a page is rendered with. A language that was chosen by the address is remembered. */
  #context(request: Request, response: Response): PageContext {
    const { routePrefix, version, now, timezone } = this.#options;
    const language = languageOf(request);
    if (request.query['lang'] !== undefined)
      response.cookie(languageCookie, language, {
        maxAge: secondsOfAYear * 1000,
        sameSite: 'lax',
        httpOnly: true,
        path: `${routePrefix}/`,
      });
    const t = this.#translators.get(language);
    if (t === undefined) throw new Error(`no translator for ${language}`);
    const here = new URL(request.originalUrl, 'http://localhost');
    return { t, now: now(), timezone: timezone(), version, prefix: routePrefix, here, languages };
  }
}

type MonitorRequest = Request<{ company: string; monitor: string }>;

function send(response: Response, page: string | undefined): void {
  if (page === undefined) response.status(404).type('text/plain').send('There is no such page.\n');
  else response.type('html').send(page);
}

/** The routes of the pages for people. */
export function createPages(options: PagesOptions): Router {
  const pages = new Pages(options);
  const router = express.Router();
  router.get('/', (request, response) => pages.overview(request, response));
  router.get('/errors', (request, response) => pages.errors(request, response));
  router.get('/lookup', (request, response) => pages.lookup(request, response));
  router.get('/companies/:company', (request, response) => pages.company(request, response));
  router.get('/companies/:company/:monitor', (request, response) => pages.monitor(request, response));
  router.get('/companies/:company/:monitor/records.csv', (request, response) =>
    pages.records(request, response),
  );
  return router;
}
