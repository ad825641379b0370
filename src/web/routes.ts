import type { ConfigProblem } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Body } from '../metrics/body.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Instant } from '../time.ts';
import { textAnswer } from './server/http.ts';
import type { Answer, HttpRequest } from './server/http.ts';
import { renderOverview } from './pages/overview.ts';
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
  readonly warning: () => string;
}

/** A way into the process. There is no other: `routes` is the whole list. */
export interface Route {
  /** Below the route prefix. */
  readonly path: string;
  /** As in `Allow`; each that is not GET or HEAD changes something. */
  readonly methods: readonly string[];
  /** Whether it is there only with --web.enable-lifecycle. */
  readonly isLifecycle: boolean;
  readonly answer: (request: HttpRequest, options: RouteOptions) => Answer | Promise<Answer>;
}

const read = ['GET', 'HEAD'] as const;
const change = ['POST', 'PUT'] as const;

async function reload(_: HttpRequest, options: RouteOptions): Promise<Answer> {
  const problems = await options.reload();
  if (problems.length === 0) return textAnswer(200, 'Configuration reloaded.');
  const lines = problems.map(formatProblem).join('\n');
  return textAnswer(400, `The configuration was not reloaded, the previous one stays in force:\n${lines}`);
}

function ready(_: HttpRequest, { readiness }: RouteOptions): Answer {
  const { ready: isReady, text } = readiness();
  return textAnswer(isReady ? 200 : 503, text);
}

function quit(_: HttpRequest, options: RouteOptions): Answer {
  options.lifecycle?.quit();
  return textAnswer(200, 'erp-exporter is shutting down.');
}

function overview(_: HttpRequest, options: RouteOptions): Answer {
  const { snapshot, now, timezone, version, routePrefix, warning } = options;
  const page = renderOverview(snapshot, {
    now: now(),
    timezone: timezone(),
    version,
    routePrefix,
    warning: warning(),
  });
  return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: page.toString() };
}

/** Every route. A page and a scrape read the snapshot; nothing here touches a database. */
export const routes: readonly Route[] = [
  {
    path: '/metrics',
    methods: read,
    isLifecycle: false,
    answer: async (request, { metrics }) => metricsAnswer(request, await metrics()),
  },
  { path: '/', methods: read, isLifecycle: false, answer: overview },
  {
    path: '/-/healthy',
    methods: read,
    isLifecycle: false,
    answer: () => textAnswer(200, 'erp-exporter is healthy.'),
  },
  { path: '/-/ready', methods: read, isLifecycle: false, answer: ready },
  { path: '/-/reload', methods: change, isLifecycle: true, answer: reload },
  { path: '/-/quit', methods: change, isLifecycle: true, answer: quit },
];
