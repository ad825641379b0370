import type { Config } from '../config/config.ts';
import { AddressBook } from './address-book.ts';
import type { Receiver } from './address-book.ts';
import { oneMailEach } from './one-mail.ts';
import type { RoutingRule } from './recipients.ts';
import { isIn, nobody, watchdog } from './route.ts';
import type { Grouping, Route } from './route.ts';
import { routesOfRule } from './rule-routes.ts';
import { ticketRoutes } from './ticket-routes.ts';

export interface RoutingTree {
  readonly receivers: readonly Receiver[];
  readonly root: Route;
  /** The same as the rules have it, before what one receiver gets by several of them was gathered in one route. */
  readonly byRule: Route;
}

const second = 1_000;
/** One mail for a receiver, environment and company: a cause and what it holds up come within `groupWaitMs` of each other. */
const immediate: Readonly<Required<Grouping>> = {
  groupBy: ['environment', 'company'],
  groupWaitMs: 30 * second,
  groupIntervalMs: 300 * second,
  repeatMs: 4 * 3_600 * second,
};

/** What holds where `notify:` says nothing, and for those whom it does not reach. */
function defaultRules(book: AddressBook): readonly RoutingRule[] {
  const { repeatMs } = immediate;
  const agency = 'web_agency';
  const without = book.scopes.filter((scope) => book.responder(agency, scope) === undefined);
  const scopes = book.scopes.filter((scope) => !without.includes(scope));
  const company = without.filter((scope) => scope !== undefined);
  return [
    { match: {}, scopes, to: ['responder'], leavesTo: agency, repeatMs },
    { match: {}, scopes: without, to: ['responder'], repeatMs },
    { match: {}, to: [agency], repeatMs },
    { match: { company }, to: ['company'], repeatMs },
  ];
}

function receiversIn(route: Route): readonly string[] {
  return [route.receiver, ...route.routes.flatMap(receiversIn)];
}

function rootOf(routes: readonly Route[]): Route {
  return { ...immediate, origin: 'default', receiver: nobody, matchers: [], continues: false, routes };
}

/**
 * Who is notified of what, as Alertmanager's routing tree: the rules of `notify:` in their order, then the default ones, so that
 * nothing that goes wrong goes unnoticed because no rule covers it.
 */
export function routingTree(config: Config): RoutingTree {
  const book = new AddressBook(config);
  const rules = config.alerting.notify.map((rule: RoutingRule, index) => ({
    rule,
    origin: `notify[${index}]`,
  }));
  const ofWatchdog = rules.filter(({ rule }) => rule.match.alertname?.includes(watchdog) === true);
  const defaults = defaultRules(book).map((rule) => ({ rule, origin: 'default' }));
  const routesOf = (list: typeof rules) =>
    list.flatMap(({ rule, origin }) => routesOfRule(rule, origin, book));
  const watchdogs: Route = {
    origin: 'watchdog',
    receiver: nobody,
    matchers: [isIn('alertname', [watchdog])],
    continues: false,
    routes: routesOf(ofWatchdog),
  };
  const sections = routesOf([...rules, ...defaults]);
  const { routes: tickets } = ticketRoutes(config);
  const byRule = rootOf([watchdogs, ...sections]);
  const used = new Set(receiversIn(byRule));
  return {
    root: rootOf([...tickets, watchdogs, ...oneMailEach(sections)]),
    byRule,
    receivers: book.receivers.filter(({ name }) => used.has(name)),
  };
}
