import type { ConfigProblem, Right, Visitor } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Body } from '../metrics/body.ts';
import type { History } from '../poll/history.ts';
import type { RunsNow } from '../poll/run-now.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Language } from '../known-errors/catalogue.ts';
import type { RemedyBoard } from '../remedies/remedies.ts';
import type { Translator } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import type { Assets } from './assets.ts';
import type { Json } from './api/openapi.ts';
import type { Documents } from './documents.ts';
import type { PageCache } from './page-cache.ts';
import {
  apiCompanies,
  apiCompany,
  apiError,
  apiErrors,
  apiLookup,
  apiMonitor,
  apiOverview,
  openApiAnswer,
} from './answers/api.ts';
import {
  assetAnswer,
  companyAnswer,
  documentAnswer,
  documentsAnswer,
  errorAnswer,
  errorsAnswer,
  historyAnswer,
  lookupAnswer,
  monitorAnswer,
  overviewAnswer,
  recordsAnswer,
} from './answers/pages.ts';
import type { LongHistory } from './prometheus/long-history.ts';
import { compressed } from './compression.ts';
import { refreshAnswer, refreshJsonAnswer } from './answers/refresh.ts';
import { alertmanagerAnswer, noTickets } from './answers/alertmanager.ts';
import { changeTicketAnswer, ticketAnswer, ticketsAnswer } from './answers/tickets.ts';
import type { TicketDesk } from '../tickets/desk.ts';
import { relaunchAnswer, relaunchJsonAnswer } from './answers/relaunch.ts';
import { remediesAnswer, remediesJsonAnswer, remediesChangeAnswer } from './answers/remedies.ts';
import { confirmSignAnswer, signsAnswer } from './answers/signs-of-life.ts';
import type { SignVisit } from './answers/signs-of-life.ts';
import { callbackAnswer, loginAnswer, logoutAnswer } from './answers/sign-in.ts';
import type { SignInVisit } from './answers/sign-in.ts';
import { textAnswer } from './server/http.ts';
import type { Answer, HttpRequest } from './server/http.ts';
import type { WebSettings } from './settings/load.ts';
import type { StatusBoard } from './status/board.ts';
import { statusAnswer, statusFeedAnswer, statusJsonAnswer } from './answers/status.ts';
import type { StatusVisit } from './answers/status.ts';
import { metricsAnswer } from './answers/scrape.ts';
import type { PageVisit } from './answers/visit.ts';

/** What /-/reload and /-/quit need; absent: they are not enabled. */
export interface Lifecycle {
  /** Begins the end of the process, as SIGTERM does. */
  readonly quit: () => void;
}

/** What the routes show, and what they can do. */
export interface RouteOptions extends Pick<SignVisit, 'signs'> {
  readonly version: string;
  readonly snapshot: Snapshot;
  /** What people may have read at once. */
  readonly runs: RunsNow;
  /** What the last 24 hours looked like. */
  readonly history: Pick<History, 'of'>;
  /** What more than that looked like, where a Prometheus can tell. */
  readonly longHistory: Pick<LongHistory, 'isConfigured' | 'of'>;
  /** Pages of the last seconds. */
  readonly pages: Pick<PageCache, 'get' | 'clear'>;
  readonly metrics: () => Promise<Body>;
  /** Whether every monitor has completed a run, and the process is not shutting down; a sentence for people. */
  readonly readiness: () => { readonly ready: boolean; readonly text: string };
  /** Reads the configuration again; the problems when it is bad. */
  readonly reload: () => Promise<readonly ConfigProblem[]>;
  readonly lifecycle: Lifecycle | undefined;
  /** What mends records; absent: nothing does. */
  readonly remedies?: () => RemedyBoard | undefined;
  /** The public view. */
  readonly status: StatusBoard;
  readonly timezone: () => string;
  readonly now: () => Instant;
  /** Path under which everything lives, without a slash at its end; '' for the root. */
  readonly routePrefix: string;
  /** What is wrong with how the page is served, for people; '' when nothing is. */
  readonly warning: (settings: WebSettings) => string;
  readonly assets: Assets;
  readonly documents: Documents;
  /** The OpenAPI document, made once. */
  readonly apiDocument: Json;
  readonly translators: ReadonlyMap<Language, Translator>;
  /** People who sign in. */
  readonly signIn: SignInVisit['signIn'];
  /** Tickets; undefined: none are configured. */
  readonly tickets: () => TicketDesk | undefined;
}

/** A request of a visitor who has the right to the route. */
export interface Visit extends RouteOptions {
  readonly request: HttpRequest;
  readonly visitor: Visitor;
  readonly settings: WebSettings;
  /** The parts of the path that the route names. */
  readonly params: Readonly<Record<string, string>>;
  /** Reads the fields of a form that was sent. */
  readonly form: () => Promise<URLSearchParams>;
}

/** A way into the process. There is no other: `routes` is the whole list. */
export interface Route {
  /** Below the route prefix, as express writes paths: `/companies/:company`. */
  readonly path: string;
  /** As in `Allow`; each that is not GET or HEAD changes something. */
  readonly methods: readonly string[];
  /** What a visitor needs to be answered; undefined: nothing, since it says nothing of any company. */
  readonly right: Right | undefined;
  /** Whether it is there only with --web.enable-lifecycle. */
  readonly isLifecycle: boolean;
  /** Whether it is also there at the status page's own address, where everybody comes. */
  readonly isPublic?: true;
  /** Whether it is there only with `tickets:`. */
  readonly needsTickets?: true;
  readonly answer: (visit: Visit) => Answer | Promise<Answer>;
}

export { noTickets };

/** Where the API is: its refusals and failures are for programs. */
export const apiPath = '/api/v1/';

const read = ['GET', 'HEAD'] as const;
const change = ['POST', 'PUT'] as const;

async function reload(visit: Visit): Promise<Answer> {
  const problems = await visit.reload();
  visit.pages.clear();
  if (problems.length === 0) return textAnswer(200, 'Configuration reloaded.');
  const lines = problems.map(formatProblem).join('\n');
  return textAnswer(400, `The configuration was not reloaded, the previous one stays in force:\n${lines}`);
}

const healthy = (): Answer => textAnswer(200, 'erp-exporter is healthy.');

function ready({ readiness }: Visit): Answer {
  const { ready: isReady, text } = readiness();
  return textAnswer(isReady ? 200 : 503, text);
}

function quit({ lifecycle }: Visit): Answer {
  lifecycle?.quit();
  return textAnswer(200, 'erp-exporter is shutting down.');
}

/** A page for people, which shows what its visitor may see. */
function page(path: string, answer: (visit: Visit & PageVisit) => Answer | Promise<Answer>): Route {
  return {
    path,
    methods: read,
    right: 'page',
    isLifecycle: false,
    answer: async (visit) =>
      compressed(visit, await answer({ ...visit, notice: visit.warning(visit.settings) })),
  };
}

/** A page that many may have open at once: its readers share what was rendered in the last seconds. */
function sharedPage(path: string, answer: (visit: PageVisit) => Answer | Promise<Answer>): Route {
  const own = page(path, answer);
  return {
    ...own,
    answer: async (visit) => {
      const { request, visitor, settings, params, runs, pages } = visit;
      const { company = '', monitor = '' } = params;
      // Who waits for a run is to see its end.
      if (monitor !== '' && runs.isRunning({ company, monitor })) return own.answer(visit);
      const reader = { request, visitor, notice: visit.warning(settings) };
      return pages.get(reader, async () => own.answer(visit));
    },
  };
}

/** A call by which somebody changes what pages show, and who then asks for one. */
function refreshing(route: Route): Route {
  return {
    ...route,
    methods: ['POST'],
    right: 'refresh',
    answer: async (visit) => {
      const answer = await route.answer(visit);
      visit.pages.clear();
      return answer;
    },
  };
}

/** Somebody stops remedies, lets them go on, or has one try a record at once. */
function remedyChange(path: string, answer: (visit: Visit & PageVisit) => Promise<Answer>): Route {
  return { ...refreshing(page(path, answer)), right: 'remedies' };
}

/** A part of the public view: it needs no right, since it shows what the configuration says everybody may see. */
function publicView(path: string, answer: (visit: StatusVisit) => Answer): Route {
  return {
    path,
    methods: read,
    right: undefined,
    isLifecycle: false,
    isPublic: true,
    answer: (visit) => answer({ ...visit, notice: '' }),
  };
}

/** It opens nothing: it finds out who somebody is. */
function signInRoute(
  path: string,
  methods: readonly string[],
  answer: (visit: SignInVisit) => Promise<Answer>,
): Route {
  return {
    path,
    methods,
    right: undefined,
    isLifecycle: false,
    answer: (visit) => answer({ ...visit, notice: '' }),
  };
}

/** A page of the built-in tracker. */
function ticketPage(path: string, answer: (visit: Visit & PageVisit) => Promise<Answer>): Route {
  return { ...page(path, answer), needsTickets: true };
}

/** Every route. A page and a scrape read the snapshot; a refresh asks the poller; nothing here touches a database itself. */
export const routes: readonly Route[] = [
  {
    path: '/metrics',
    methods: read,
    right: 'metrics',
    isLifecycle: false,
    answer: ({ request, visitor, metrics }) => metricsAnswer(request, visitor, metrics),
  },
  sharedPage('/', overviewAnswer),
  sharedPage('/errors', errorsAnswer),
  page('/errors/:error', errorAnswer),
  page('/lookup', lookupAnswer),
  page('/docs/', documentsAnswer),
  page('/docs/:document', documentAnswer),
  sharedPage('/companies/:company', companyAnswer),
  sharedPage('/companies/:company/:monitor', (visit) => monitorAnswer(visit)),
  { ...page('/companies/:company/:monitor/records.csv', recordsAnswer), right: 'records' },
  page('/companies/:company/:monitor/history.json', historyAnswer),
  refreshing(page('/companies/:company/:monitor/refresh', refreshAnswer)),
  refreshing(page('/api/v1/companies/:company/monitors/:monitor/refresh', refreshJsonAnswer)),
  page(`${apiPath}overview`, apiOverview),
  page(`${apiPath}companies`, apiCompanies),
  page(`${apiPath}companies/:company`, apiCompany),
  page(`${apiPath}companies/:company/monitors/:monitor`, apiMonitor),
  page(`${apiPath}errors`, apiErrors),
  page(`${apiPath}errors/:error`, apiError),
  { ...page(`${apiPath}lookup`, apiLookup), right: 'records' },
  // It describes the API, and says nothing of anybody.
  { ...page(`${apiPath}openapi.json`, openApiAnswer), right: undefined },
  ticketPage('/tickets', ticketsAnswer),
  ticketPage('/tickets/:ticket', ticketAnswer),
  { ...ticketPage('/tickets/:ticket/change', changeTicketAnswer), methods: ['POST'], right: 'tickets' },
  {
    path: `${apiPath}alertmanager`,
    methods: ['POST'],
    right: 'alerts',
    isLifecycle: false,
    needsTickets: true,
    answer: ({ request, tickets }) => alertmanagerAnswer(request, tickets()),
  },
  page('/remedies', remediesAnswer),
  remedyChange('/remedies/pause', (visit) => remediesChangeAnswer(visit, 'pause')),
  remedyChange('/remedies/resume', (visit) => remediesChangeAnswer(visit, 'resume')),
  remedyChange('/companies/:company/:monitor/relaunch', relaunchAnswer),
  remedyChange(`${apiPath}companies/:company/monitors/:monitor/relaunch`, relaunchJsonAnswer),
  page(`${apiPath}remedies`, remediesJsonAnswer),
  page('/signs-of-life', signsAnswer),
  { ...page('/signs-of-life/confirm', confirmSignAnswer), methods: ['POST'] },
  publicView('/status', statusAnswer),
  publicView('/status.json', statusJsonAnswer),
  publicView('/status.rss', statusFeedAnswer),
  // It says nothing of anybody; a page asks for it without a token.
  { ...page('/assets/:name', assetAnswer), right: undefined, isPublic: true },
  signInRoute('/login', read, loginAnswer),
  signInRoute('/login/callback', read, callbackAnswer),
  signInRoute('/logout', [...read, 'POST'], logoutAnswer),
  { path: '/-/healthy', methods: read, right: undefined, isLifecycle: false, answer: healthy },
  { path: '/-/ready', methods: read, right: undefined, isLifecycle: false, answer: ready },
  { path: '/-/reload', methods: change, right: 'reload', isLifecycle: true, answer: reload },
  { path: '/-/quit', methods: change, right: 'reload', isLifecycle: true, answer: quit },
];
