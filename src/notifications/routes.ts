import type { Config, NotifyMatch, NotifyRule } from '../config/config.ts';
import { receiversOf, recipientsOf } from './recipients.ts';
import type { Receiver, Recipient } from './recipients.ts';

/** What a label must be: one of `values`, or none of them. A label that is absent is ''. */
export interface Matcher {
  readonly label: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** How alerts of a route are grouped; absent: as in its parent. */
export interface Grouping {
  readonly groupBy?: readonly string[];
  readonly groupWaitMs?: number;
  readonly groupIntervalMs?: number;
  readonly repeatMs?: number;
}

/** A node of Alertmanager's routing tree. */
export interface Route extends Grouping {
  /** What it was made from: `notify[2]`, `default`, `watchdog`. */
  readonly origin: string;
  /** Name of the receiver of what no child takes. */
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  /** Whether siblings after it are tried too. */
  readonly continues: boolean;
  readonly routes: readonly Route[];
}

export interface RoutingTree {
  readonly receivers: readonly Receiver[];
  readonly root: Route;
}

/** The receiver that gets nothing. */
export const nobody = 'nobody';
/** The alert that always fires. It is no news, so it goes only where a rule names it. */
export const watchdog = 'ErpWatchdog';

const second = 1_000;
const immediate: Readonly<Required<Grouping>> = {
  groupBy: ['company', 'monitor'],
  groupWaitMs: 15 * second,
  groupIntervalMs: 120 * second,
  repeatMs: 4 * 3_600 * second,
};

const isIn = (label: string, values: readonly string[]): Matcher => ({ label, negated: false, values });
const isNotIn = (label: string, values: readonly string[]): Matcher => ({ label, negated: true, values });

function matchersOf(match: NotifyMatch): readonly Matcher[] {
  return Object.entries(match).map(([label, values]) => isIn(label, values));
}

/** A leaf for each condition on which the recipient is notified; the conditions exclude each other, so that it is notified once. */
function leavesOf({ receiver, always, companies, responders }: Recipient, origin: string): readonly Route[] {
  const leaf = (matchers: readonly Matcher[]): Route => ({
    origin,
    receiver,
    matchers,
    continues: true,
    routes: [],
  });
  if (always) return [leaf([])];
  const byCompany = companies.length === 0 ? [] : [isIn('company', companies)];
  const otherCompany = companies.length === 0 ? [] : [isNotIn('company', companies)];
  return [
    ...(companies.length === 0 ? [] : [leaf(byCompany)]),
    ...(responders.length === 0 ? [] : [leaf([isIn('responder', responders), ...otherCompany])]),
  ];
}

function routeTo(
  recipients: readonly Recipient[],
  match: NotifyMatch,
  origin: string,
  grouping: Grouping,
): Route {
  const leaves = recipients.flatMap((recipient) => leavesOf(recipient, origin));
  const [only] = leaves;
  const isPlain = only !== undefined && leaves.length === 1 && only.matchers.length === 0;
  return {
    origin,
    receiver: isPlain ? only.receiver : nobody,
    matchers: matchersOf(match),
    continues: false,
    ...grouping,
    routes: isPlain ? [] : leaves,
  };
}

/** Critical alerts are never held for a digest: a rule with one gets a route of its own for them. */
function groupingsOf({
  match,
  repeatMs,
  digestMs,
}: NotifyRule): readonly (readonly [NotifyMatch, Grouping])[] {
  if (digestMs === undefined) return [[match, { repeatMs }]];
  const digest = { groupBy: ['company'], groupWaitMs: digestMs, groupIntervalMs: digestMs, repeatMs };
  if (match.severity?.includes('critical') === false) return [[match, digest]];
  return [
    [{ ...match, severity: ['critical'] }, { repeatMs }],
    [match, digest],
  ];
}

/** The routes of one rule. An alert for which its recipients are nobody passes them all. */
function routesOfRule(rule: NotifyRule, origin: string, config: Config): readonly Route[] {
  return recipientsOf(rule, config).flatMap(({ match, recipients }) =>
    groupingsOf({ ...rule, match }).map(([narrowed, grouping]) =>
      routeTo(recipients, narrowed, origin, grouping),
    ),
  );
}

/** What holds where `notify:` says nothing. */
function defaultRules({ responders }: Config): readonly NotifyRule[] {
  const { repeatMs } = immediate;
  const fallback = [responders.has('web_agency') ? 'web_agency' : 'company'];
  return [
    { match: { known: ['false'] }, to: fallback, repeatMs },
    { match: {}, to: ['responder'], repeatMs },
    { match: {}, to: fallback, repeatMs },
  ];
}

function receiversIn(route: Route): readonly string[] {
  return [route.receiver, ...route.routes.flatMap(receiversIn)];
}

/**
 * Who is notified of what, as Alertmanager's routing tree: the rules of `notify:` in their order, then the default ones, so that
 * nothing that goes wrong goes unnoticed because no rule covers it.
 */
export function routingTree(config: Config): RoutingTree {
  const rules = config.alerting.notify.map((rule, index) => ({ rule, origin: `notify[${index}]` }));
  const ofWatchdog = rules.filter(({ rule }) => rule.match.alertname?.includes(watchdog) === true);
  const defaults = defaultRules(config).map((rule) => ({ rule, origin: 'default' }));
  const routesOf = (list: typeof rules) =>
    list.flatMap(({ rule, origin }) => routesOfRule(rule, origin, config));
  const root: Route = {
    ...immediate,
    origin: 'default',
    receiver: nobody,
    matchers: [],
    continues: false,
    routes: [
      {
        origin: 'watchdog',
        receiver: nobody,
        matchers: [isIn('alertname', [watchdog])],
        continues: false,
        routes: routesOf(ofWatchdog),
      },
      ...routesOf([...rules, ...defaults]),
    ],
  };
  const used = new Set(receiversIn(root));
  return { root, receivers: receiversOf(config).filter(({ name }) => used.has(name)) };
}
