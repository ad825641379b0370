import type { RequestListener } from 'node:http';
import express from 'express';
import type { NextFunction, Request, Response } from 'express';
import type { ConfigProblem } from '../config/config.ts';
import { formatProblem } from '../config/source/problem.ts';
import type { Body } from '../metrics/body.ts';
import type { Logger } from '../log.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import type { Instant } from '../time.ts';
import { renderOverview } from './pages/overview.ts';
import { scrapesFirst, sendMetrics } from './scrape.ts';

export interface AppOptions {
  readonly version: string;
  readonly snapshot: Snapshot;
  readonly metrics: () => Promise<Body>;
  /** Monitors that have not ended a run yet; a process that shuts down is not ready either. */
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
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const routes = express.Router();

  routes.get('/metrics', (request, response) => sendMetrics(request, response, options.metrics));
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
  const reload = async (_: Request, response: Response) => {
    const problems = await options.reload();
    response.type('text/plain');
    if (problems.length === 0) response.send('Configuration reloaded.\n');
    else
      response
        .status(400)
        .send(
          `The configuration was not reloaded, the one before stays in force:\n${problems.map(formatProblem).join('\n')}\n`,
        );
  };
  routes
    .route('/-/reload')
    .post(reload)
    .put(reload)
    .all(
      (_, response) =>
        void response.status(405).set('Allow', 'POST, PUT').type('text/plain').send('Use POST or PUT.\n'),
    );
  routes.get('/', (_, response) => {
    response
      .set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:")
      .set('X-Content-Type-Options', 'nosniff')
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(
        renderOverview(options.snapshot, {
          now: options.now(),
          timezone: options.timezone(),
          version: options.version,
          routePrefix: options.routePrefix,
        }),
      );
  });

  app.use(options.routePrefix === '' ? '/' : options.routePrefix, routes);
  app.use((request, response) => {
    response.status(404).type('text/plain').send(`There is nothing at ${request.path}.\n`);
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    options.log.error('request failed', { path: request.path, problem: String(error) });
    if (response.headersSent) next(error);
    else response.status(500).type('text/plain').send('Internal error; the log of erp-exporter says more.\n');
  });
  const { metrics, log } = options;
  return scrapesFirst(app, { path: `${options.routePrefix}/metrics`, metrics, log });
}
