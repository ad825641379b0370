import type { Visitor } from '../config/config.ts';
import type { Logger } from '../log.ts';
import { unauthorized } from './access/entrance.ts';
import type { Entrance } from './access/entrance.ts';
import { checkCsrf } from './access/csrf.ts';
import { apiPath, noTickets } from './routes.ts';
import type { Route, RouteOptions, Visit } from './routes.ts';
import { refusalAnswer } from './answers/sign-in.ts';
import { createFinder } from './finder.ts';
import type { FindRoute } from './finder.ts';
import { checkHost, checkOrigin } from './server/guards.ts';
import type { HostRules } from './server/guards.ts';
import { formOf } from './server/form.ts';
import { pathOf, send, textAnswer } from './server/http.ts';
import type { Answer, Client, HttpHandler, HttpRequest } from './server/http.ts';
import { asProblem } from './server/problem.ts';
import type { WebSettings } from './settings/load.ts';

export interface AppOptions extends RouteOptions {
  readonly log: Logger;
  /** Whether nothing is answered but the public view. */
  readonly isPublicOnly?: boolean;
  readonly hosts: HostRules;
  /** Where users reach the page, such as `https://monitor.example`; undefined: nobody said. */
  readonly externalOrigin: string | undefined;
  /** What the web configuration file says now. */
  readonly settings: () => Promise<WebSettings>;
  readonly entrance: Pick<Entrance, 'admit'>;
}

interface Answering extends AppOptions {
  readonly find: FindRoute;
}

/** Answers every request: guards first, then the one route that it asks for. */
export function createApp(options: AppOptions): HttpHandler {
  const isWanted = ({ isPublic }: Route): boolean => options.isPublicOnly !== true || isPublic === true;
  const answering = { ...options, find: createFinder(options.routePrefix, isWanted) };
  return (request, response, client) => {
    const respond = async (): Promise<void> => {
      const settings = await options.settings();
      const answer = await answerSafely(request, client, settings, answering);
      const isApi = pathOf(request).startsWith(`${options.routePrefix}${apiPath}`);
      send(request, response, isApi ? asProblem(answer) : answer, settings.headers);
    };
    // Nobody is there any more to be answered.
    respond().catch((error: unknown) => options.log.debug('answer not sent', { problem: String(error) }));
  };
}

async function answerSafely(
  request: HttpRequest,
  client: Client,
  settings: WebSettings,
  options: Answering,
): Promise<Answer> {
  try {
    // Alertmanager comes by whatever name it was given; no page of a browser has its token.
    const isOfAlerts = options.find(request)?.route.right === 'alerts';
    const foreign = isOfAlerts ? undefined : checkHost(request, options.hosts);
    if (foreign !== undefined) return foreign;
    const admission = await options.entrance.admit(request, client, settings);
    return 'refusal' in admission
      ? admission.refusal
      : await answerVisitor(request, admission.visitor, settings, options);
  } catch (error) {
    options.log.error('request failed', { path: pathOf(request), problem: String(error) });
    return textAnswer(500, 'Internal error; see the log of erp-exporter.');
  }
}

async function answerVisitor(
  request: HttpRequest,
  visitor: Visitor,
  settings: WebSettings,
  options: Answering,
): Promise<Answer> {
  const found = options.find(request);
  if (found === undefined) return textAnswer(404, `There is nothing at ${pathOf(request)}.`);
  const { route, params } = found;
  const visit: Visit = { ...options, request, visitor, settings, params, form: formOf(request) };
  return (
    checkThere(route, options) ??
    checkMethod(request, route, options) ??
    checkRight(route, visit) ??
    (await checkChange(visit)) ??
    route.answer(visit)
  );
}

function checkThere({ needsTickets }: Route, { tickets }: AppOptions): Answer | undefined {
  return needsTickets === true && tickets() === undefined ? textAnswer(404, noTickets) : undefined;
}

function checkMethod(
  request: HttpRequest,
  { methods, isLifecycle }: Route,
  { lifecycle, externalOrigin }: AppOptions,
): Answer | undefined {
  const { method = '' } = request;
  if (!methods.includes(method))
    return textAnswer(405, `Use ${methods.join(', ')}.`, { Allow: methods.join(', ') });
  if (isLifecycle && lifecycle === undefined)
    return textAnswer(
      403,
      'The lifecycle API is not enabled: start erp-exporter with --web.enable-lifecycle.',
    );
  return isChange(request) ? checkOrigin(request, externalOrigin) : undefined;
}

const isChange = ({ method }: HttpRequest): boolean => method !== 'GET' && method !== 'HEAD';

/** What comes by a cookie may have been sent by any page: a change must prove that one of ours did it. */
async function checkChange({ request, visitor, form }: Visit): Promise<Answer | undefined> {
  return isChange(request) ? checkCsrf(request, visitor, form) : undefined;
}

function checkRight({ right }: Route, visit: Visit): Answer | undefined {
  if (right === undefined || visit.visitor.rights.has(right)) return undefined;
  // Whoever has not said who it is may do so now.
  return refusalAnswer({ ...visit, notice: '' }, right, unauthorized(visit.settings.users));
}
