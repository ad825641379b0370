import { isOneOf } from '../alert-match.ts';
import type { Labels } from '../alert-match.ts';
import type { Matcher, Route } from './route.ts';
import { nobody } from './route.ts';
import type { RoutingTree } from './routes.ts';

export type { Labels };

/** Whether labels have what a matcher asks for. */
export function holds({ label, negated, values }: Matcher, labels: Labels): boolean {
  return isOneOf(values, labels, label) !== negated;
}

function routesFor(route: Route, labels: Labels): readonly Route[] {
  if (!route.matchers.every((matcher) => holds(matcher, labels))) return [];
  const taken: Route[] = [];
  for (const child of route.routes) {
    const found = routesFor(child, labels);
    taken.push(...found);
    if (found.length > 0 && !child.continues) break;
  }
  return taken.length > 0 ? taken : [route];
}

/**
 * The routes that an alert takes, as Alertmanager decides it (`dispatch.Route.Match`): those that have a receiver, or else those that
 * have none.
 */
export function routesOf(tree: RoutingTree, labels: Labels): readonly Route[] {
  const taken = routesFor(tree.root, labels).filter(
    ({ takesAway = false, isFeed = false }) => !takesAway && !isFeed,
  );
  const reached = taken.filter(({ receiver }) => receiver !== nobody);
  if (reached.length > 0) return reached;
  return taken.length > 0 ? taken : [tree.root];
}
