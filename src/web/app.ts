import type { RequestListener } from 'node:http';
import express from 'express';
import type { NextFunction, Request, Response, Router } from 'express';
import type { ConfigProblem } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Body } from '../metrics/body.ts';
import type { Logger } from '../log.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Instant } from '../time.ts';
import { Assets } from './assets.ts';
import type { Asset } from './assets.ts';
import { createPages } from './pages-router.ts';
import { scrapesFirst, sendMetrics } from './scrape.ts';
import type { Viewer } from './view/viewer.ts';

export interface AppOptions {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly metrics: () => Promise<Body>;
  /** Whether every monitor has completed a run, and the process is not shutting down; a sentence for people. */
  readonly readiness: () => { readonly ready: boolean; readonly text: string };
  /** Reads the configuration again; the problems when it is bad. */
  readonly reload: () => Promise<readonly ConfigProblem[]>;
  readonly timezone: () => string;
  readonly now: () => Instant;
  readonly log: Logger;
  /** Path under which everything lives, without a slash at its end; '' for the root. */
  readonly routePrefix: string;
}

/** The routes. A page and a scrape read the snapshot; nothing here touches a database. */
export function createApp(options: AppOptions): RequestListener {
  const { metrics, log, routePrefix } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(routePrefix === '' ? '/' : routePrefix, createRoutes(options));
  app.use((request, response) => {
    response.status(404).type('text/plain').send(`There is nothing at ${request.path}.\n`);
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    log.error('request failed', { path: request.path, problem: String(error) });
    if (response.headersSent) next(error);
    else response.status(500).type('text/plain').send('Internal error; see the log of erp-exporter.\n');
  });
  return scrapesFirst(app, { path: `${routePrefix}/metrics`, metrics, log });
}

function createRoutes(options: AppOptions): Router {
  const routes = express.Router();
  // GET and HEAD alone: a POST is no scrape.
  routes
    .route('/metrics')
    .get((request, response) => sendMetrics(request, response, options.metrics))
    .all(allowOnly('GET, HEAD'));
  routes.get('/-/healthy', (_, response) => {
    response.type('text/plain').send('erp-exporter is healthy.\n');
  });
  routes.get('/-/ready', (_, response) => {
    const { ready, text } = options.readiness();
    response
      .status(ready ? 200 : 503)
      .type('text/plain')
      .send(`${text}\n`);
  });
  const reload = reloadWith(options.reload);
  routes.route('/-/reload').post(reload).put(reload).all(allowOnly('POST, PUT'));
  const assets = new Assets();
  routes.get('/assets/:name', (request, response) => sendAsset(assets.find(request.params.name), response));
  routes.use(
    protectPages,
    createPages({
      ...options,
      assets: assets.linksFrom(`${options.routePrefix}/assets`),
      viewer: () => everything,
    }),
  );
  return routes;
}

/** Answers requests of every other method with 405. @param methods those that the route takes, as in `Allow`. */
function allowOnly(methods: string) {
  return (_: Request, response: Response): void => {
    response.status(405).set('Allow', methods).type('text/plain').send(`Use ${methods}.\n`);
  };
}

function reloadWith(reload: AppOptions['reload']) {
  return async (_: Request, response: Response): Promise<void> => {
    const problems = await reload();
    response.type('text/plain');
    if (problems.length === 0) response.send('Configuration reloaded.\n');
    else
      response
        .status(400)
        .send(
          `The configuration was not reloaded, the previous one stays in force:\n${problems.map(formatProblem).join('\n')}\n`,
        );
  };
}

/** Its name changes with its contents, so that a browser need not ask for it again. */
function sendAsset(asset: Asset | undefined, response: Response): void {
  if (asset === undefined) {
    response.status(404).type('text/plain').send('There is no such file.\n');
    return;
  }
  response
    .set('Cache-Control', 'public, max-age=31536000, immutable')
    .set('X-Content-Type-Options', 'nosniff')
    .type(asset.extension)
    .send(asset.body);
}

/** Nothing that a page shows may run, be framed, be kept or ask elsewhere. */
function protectPages(_: Request, response: Response, next: NextFunction): void {
  response
    .set(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    .set('X-Content-Type-Options', 'nosniff')
    .set('Cache-Control', 'no-store');
  next();
}

/** A reader where no access rules are configured. */
const everything: Viewer = { sees: () => true, may: () => true };
