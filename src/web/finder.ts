import express from 'express';
import type { Request, Response } from 'express';
import { pathOf } from './server/http.ts';
import type { HttpRequest } from './server/http.ts';
import { routes } from './routes.ts';
import type { Route } from './routes.ts';

/** The route that a request asks for, with the parts of its path that the route names; undefined: there is none. */
export type FindRoute = (
  request: HttpRequest,
) => { readonly route: Route; readonly params: Readonly<Record<string, string>> } | undefined;

/**
 * Finds routes by express' router, which reads paths with parameters. It is asked which route it would take and answers nothing
 * itself, so that HTTP/1.1 and HTTP/2 are answered alike: express' application makes each request one of HTTP/1.1.
 *
 * @param prefix path under which all routes are, without a slash at its end.
 * @param isWanted which routes there are; absent: all.
 */
export function createFinder(prefix: string, isWanted: (route: Route) => boolean = () => true): FindRoute {
  const router = express.Router({ caseSensitive: true, strict: true });
  const found = new WeakMap<object, ReturnType<FindRoute>>();
  // Nearly all requests are scrapes: a router costs a third of the processor time of a small one.
  const wanted = routes.filter(isWanted);
  const fixed = new Map(
    wanted
      .filter(({ path }) => !path.includes(':'))
      .map((route) => [`${prefix}${route.path}`, { route, params: {} }]),
  );
  for (const route of wanted)
    router.all(`${prefix}${route.path}`, (asked: Request) => {
      found.set(asked, { route, params: { ...asked.params } as Record<string, string> });
    });
  return (request) => {
    const path = pathOf(request);
    const known = fixed.get(path);
    if (known !== undefined) return known;
    // The router reads the method and the URL alone, and calls back at once. A path that cannot be decoded is none.
    const asked: unknown = { method: 'GET', url: path === prefix ? `${prefix}/` : path };
    const unused: unknown = {};
    router(asked as Request, unused as Response, () => undefined);
    return found.get(asked as Request);
  };
}
