import type { ConfigProblem, Right, Visitor } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Body } from '../metrics/body.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Language } from '../known-errors/catalogue.ts';
import type { Translator } from '../texts/translator.ts';
import type { Instant } from '../time.ts';
import type { Assets } from './assets.ts';
import {
  assetAnswer,
  companyAnswer,
  errorsAnswer,
  lookupAnswer,
  monitorAnswer,
  overviewAnswer,
  recordsAnswer,
} from './page-answers.ts';
import type { PageVisit } from './page-answers.ts';
import { callbackAnswer, loginAnswer, logoutAnswer } from './sign-in-answers.ts';
import type { SignInVisit } from './sign-in-answers.ts';
import { textAnswer } from './server/http.ts';
import type { Answer, HttpRequest } from './server/http.ts';
import type { WebSettings } from './settings/load.ts';
import { metricsAnswer } from './scrape.ts';

/** What /-/reload and /-/quit need; absent: they are not enabled. */
export interface Lifecycle {
  /** Begins the end of the process, as SIGTERM does. */
  readonly quit: () => void;
}

/** What the routes show, and what they can do. */
export interface RouteOptions {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly metrics: () => Promise<Body>;
  /** Whether every monitor has completed a run, and the process is not shutting down; a sentence for people. */
  readonly readiness: () => { readonly ready: boolean; readonly text: string };
  /** Reads the configuration again; the problems when it is bad. */
  readonly reload: () => Promise<readonly ConfigProblem[]>;
  readonly lifecycle: Lifecycle | undefined;
  readonly timezone: () => string;
  readonly now: () => Instant;
  /** Path under which everything lives, without a slash at its end; '' for the root. */
  readonly routePrefix: string;
  /** What is wrong with how the page is served, for people; '' when nothing is. */
  readonly warning: (settings: WebSettings) => string;
  readonly assets: Assets;
  readonly translators: ReadonlyMap<Language, Translator>;
  /** People who sign in. */
  readonly signIn: SignInVisit['signIn'];
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
  readonly answer: (visit: Visit) => Answer | Promise<Answer>;
}

const read = ['GET', 'HEAD'] as const;
const change = ['POST', 'PUT'] as const;

async function reload(visit: Visit): Promise<Answer> {
  const problems = await visit.reload();
  if (problems.length === 0) return textAnswer(200, 'Configuration reloaded.');
  const lines = problems.map(formatProblem).join('\n');
  return textAnswer(400, `The configuration was not reloaded, the previous one stays in force:\n${lines}`);
}

function ready({ readiness }: Visit): Answer {
  const { ready: isReady, text } = readiness();
  return textAnswer(isReady ? 200 : 503, text);
}

function quit({ lifecycle }: Visit): Answer {
  lifecycle?.quit();
  return textAnswer(200, 'erp-exporter is shutting down.');
}

/** A page for people, which shows what its visitor may see. */
function page(path: string, answer: (visit: PageVisit) => Answer): Route {
  return {
    path,
    methods: read,
    right: 'page',
    isLifecycle: false,
    answer: (visit) => answer({ ...visit, notice: visit.warning(visit.settings) }),
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

/** Every route. A page and a scrape read the snapshot; nothing here touches a database. */
export const routes: readonly Route[] = [
  {
    path: '/metrics',
    methods: read,
    right: 'metrics',
    isLifecycle: false,
    answer: ({ request, visitor, metrics }) => metricsAnswer(request, visitor, metrics),
  },
  page('/', overviewAnswer),
  page('/errors', errorsAnswer),
  page('/lookup', lookupAnswer),
  page('/companies/:company', companyAnswer),
  page('/companies/:company/:monitor', monitorAnswer),
  { ...page('/companies/:company/:monitor/records.csv', recordsAnswer), right: 'records' },
  // It says nothing of anybody; a page asks for it without a token.
  { ...page('/assets/:name', assetAnswer), right: undefined },
  signInRoute('/login', read, loginAnswer),
  signInRoute('/login/callback', read, callbackAnswer),
  signInRoute('/logout', [...read, 'POST'], logoutAnswer),
  {
    path: '/-/healthy',
    methods: read,
    right: undefined,
    isLifecycle: false,
    answer: () => textAnswer(200, 'erp-exporter is healthy.'),
  },
  { path: '/-/ready', methods: read, right: undefined, isLifecycle: false, answer: ready },
  { path: '/-/reload', methods: change, right: 'reload', isLifecycle: true, answer: reload },
  { path: '/-/quit', methods: change, right: 'reload', isLifecycle: true, answer: quit },
];
