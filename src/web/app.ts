import type { Logger } from '../log.ts';
import { routes } from './routes.ts';
import type { RouteOptions } from './routes.ts';
import { checkHost, checkOrigin } from './server/guards.ts';
import type { HostRules } from './server/guards.ts';
import { pathOf, send, textAnswer } from './server/http.ts';
import type { Answer, HttpHandler, HttpRequest } from './server/http.ts';

export interface AppOptions extends RouteOptions {
  readonly log: Logger;
  readonly hosts: HostRules;
  /** Where users reach the page, such as `https://monitor.example`; undefined: nobody said. */
  readonly externalOrigin: string | undefined;
}

/** Answers every request: guards first, then the one route that it asks for. */
export function createApp(options: AppOptions): HttpHandler {
  return (request, response) => {
    answer(request, options)
      .catch((error: unknown) => {
        options.log.error('request failed', { path: pathOf(request), problem: String(error) });
        return textAnswer(500, 'Internal error; see the log of erp-exporter.');
      })
      .then((found) => send(request, response, found, {}))
      // The client has gone, or its stream has been reset.
      .catch((error: unknown) => options.log.debug('answer not sent', { problem: String(error) }));
  };
}

async function answer(request: HttpRequest, options: AppOptions): Promise<Answer> {
  return checkHost(request, options.hosts) ?? (await answerRoute(request, options));
}

async function answerRoute(request: HttpRequest, options: AppOptions): Promise<Answer> {
  const path = pathOf(request);
  const { routePrefix } = options;
  const local =
    path === routePrefix ? '/' : path.startsWith(`${routePrefix}/`) ? path.slice(routePrefix.length) : '';
  const route = routes.find((candidate) => candidate.path === local);
  if (route === undefined) return textAnswer(404, `There is nothing at ${path}.`);
  const { method = '' } = request;
  if (!route.methods.includes(method)) {
    const methods = route.methods.join(', ');
    return textAnswer(405, `Use ${methods}.`, { Allow: methods });
  }
  if (route.isLifecycle && options.lifecycle === undefined)
    return textAnswer(
      403,
      'The lifecycle API is not enabled: start erp-exporter with --web.enable-lifecycle.',
    );
  const isChange = method !== 'GET' && method !== 'HEAD';
  const refused = isChange ? checkOrigin(request, options.externalOrigin) : undefined;
  return refused ?? route.answer(request, options);
}
