import type { Config } from '../config/config.ts';
import { routesOf } from './matching.ts';
import type { Labels } from './matching.ts';
import type { Matcher, Route } from './route.ts';
import type { RoutingTree } from './routes.ts';
import { nobody, watchdog } from './route.ts';

/** An alert that proves routes, with the receivers that it should reach. */
export interface TestAlert {
  readonly labels: Labels;
  readonly receivers: readonly string[];
  /** How long until the last of them is notified at the latest, in milliseconds. */
  readonly delayMs: number;
}

export interface TestPlan {
  readonly alerts: readonly TestAlert[];
  /** Origins of routes that no alert can take, as those before them take everything. */
  readonly unreachable: readonly string[];
}

export const testAlertName = 'ErpTestAlert';

/** More combinations of labels than this are not tried for one route. */
const patience = 20_000;

/** A route with a receiver, and the way to it from the root. */
interface Leaf {
  readonly route: Route;
  readonly way: readonly Route[];
}

function leavesBelow(route: Route, above: readonly Route[] = []): readonly Leaf[] {
  const way = [...above, route];
  const own = route.receiver === nobody ? [] : [{ route, way }];
  return [...own, ...route.routes.flatMap((child) => leavesBelow(child, way))];
}

function matchersIn(route: Route): readonly Matcher[] {
  return [...route.matchers, ...route.routes.flatMap(matchersIn)];
}

/** The values of each label that make a difference to the tree; '' stands for its absence. */
function universe(
  tree: RoutingTree,
  { companies, environment }: Config,
): Readonly<Record<string, readonly string[]>> {
  const matchers = matchersIn(tree.byRule);
  const named = (label: string): readonly string[] =>
    matchers.flatMap((matcher) => (matcher.label === label ? matcher.values : []));
  const unique = (values: readonly string[]) => [...new Set(values)];
  const [company = ''] = companies.keys();
  return {
    alertname: [testAlertName],
    environment: unique([environment, ...named('environment'), '']),
    severity: ['warning', 'critical'],
    known: unique(['', ...named('known')]),
    responder: unique(['', ...named('responder')]),
    company: unique([company, ...named('company'), '']),
    flow: unique(['', ...named('flow')]),
    monitor: unique(['', ...named('monitor')]),
  };
}

/** What each label can be on the way to a leaf, the likeliest first. */
function candidates(way: readonly Route[], all: Readonly<Record<string, readonly string[]>>) {
  const matchers = way.flatMap((route) => route.matchers);
  const labels = new Set([...Object.keys(all), ...matchers.map(({ label }) => label)]);
  return [...labels].map((label): readonly [string, readonly string[]] => {
    const own = matchers.filter((matcher) => matcher.label === label);
    const [first, ...others] = own.filter(({ negated }) => !negated);
    const values = first === undefined ? (all[label] ?? ['']) : first.values;
    const isAllowed = (value: string) =>
      others.every((matcher) => matcher.values.includes(value)) &&
      own.every(({ negated, values: excluded }) => !negated || !excluded.includes(value));
    return [label, values.filter(isAllowed)];
  });
}

function* combinations(choices: readonly (readonly [string, readonly string[]])[]): Generator<Labels> {
  const [head, ...rest] = choices;
  if (head === undefined) {
    yield {};
    return;
  }
  const [label, values] = head;
  for (const others of combinations(rest))
    for (const value of values) yield value === '' ? others : { [label]: value, ...others };
}

function labelsFor({ route, way }: Leaf, tree: RoutingTree, config: Config): Labels | undefined {
  let tried = 0;
  for (const labels of combinations(candidates(way, universe(tree, config)))) {
    if (routesOf({ ...tree, root: tree.byRule }, labels).includes(route)) return labels;
    tried += 1;
    if (tried === patience) return undefined;
  }
  return undefined;
}

/** How long Alertmanager groups at most before it notifies by these routes. */
function waitMs(tree: RoutingTree, taken: readonly Route[]): number {
  const ways = leavesBelow(tree.root).flatMap(({ route, way }) => (taken.includes(route) ? [way] : []));
  const last = (way: readonly Route[], key: 'groupWaitMs' | 'groupIntervalMs') =>
    way.reduce((found, route) => route[key] ?? found, 0);
  return Math.max(0, ...ways.flatMap((way) => [last(way, 'groupWaitMs'), last(way, 'groupIntervalMs')]));
}

function isForWatchdog({ way }: Leaf): boolean {
  return way.some(({ matchers }) =>
    matchers.some(
      ({ label, values }) => label === 'alertname' && values.every((value) => value === watchdog),
    ),
  );
}

/**
 * Alerts that together take every route of a tree that has a receiver. The label `record` makes them distinct, so that none
 * inhibits another. Routes of ErpWatchdog have no share in it, as the real one is always there.
 *
 * @param run makes this test distinct from earlier ones: Alertmanager mails only what is new.
 */
export function planTest(tree: RoutingTree, config: Config, run: string): TestPlan {
  const alerts: TestAlert[] = [];
  const covered = new Set<Route>();
  const unreachable: string[] = [];
  for (const leaf of leavesBelow(tree.byRule)) {
    if (isForWatchdog(leaf) || covered.has(leaf.route)) continue;
    const labels = labelsFor(leaf, tree, config);
    if (labels === undefined) {
      unreachable.push(`${leaf.route.origin} to ${leaf.route.receiver}`);
      continue;
    }
    const taken = routesOf(tree, labels);
    for (const route of routesOf({ ...tree, root: tree.byRule }, labels)) covered.add(route);
    alerts.push({
      labels: { ...labels, record: `TEST-${run}-${alerts.length + 1}` },
      receivers: [...new Set(taken.map(({ receiver }) => receiver))].sort(),
      delayMs: waitMs(tree, taken),
    });
  }
  return { alerts, unreachable };
}
