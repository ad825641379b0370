import type { Config, TicketRule } from '../config/config.ts';
import { outside, simplified, within } from './condition.ts';
import type { Condition } from './condition.ts';
import { isIn, isNotIn, ticketDesk, watchdog } from './route.ts';
import type { Grouping, Route } from './route.ts';
import { matchersOf } from './rule-routes.ts';

const second = 1_000;

/** The exporter gathers what belongs to one ticket by itself: it is to hear of a change soon, and of all of it. */
const ofTickets: Grouping = {
  groupBy: ['environment', 'company', 'flow', 'monitor', 'alertname'],
  groupWaitMs: 10 * second,
  groupIntervalMs: 60 * second,
  repeatMs: 3_600 * second,
};

/** More conditions than this for one rule, and its alerts are mailed as well: better twice than never. */
const mostConditions = 200;

/** The alerts that a rule decides about: those that it matches, and no rule before it. Undefined: there are too many parts. */
function decidedBy(rules: readonly TicketRule[], index: number): readonly Condition[] | undefined {
  const news = isNotIn('alertname', [watchdog]);
  const own = within(new Map(), [news, ...matchersOf(rules[index]?.match ?? {})]);
  let conditions = own === undefined ? [] : [own];
  for (const { match } of rules.slice(0, index)) {
    conditions = conditions.flatMap((condition) => outside(condition, matchersOf(match)));
    if (conditions.length > mostConditions) return undefined;
  }
  return simplified(conditions);
}

/** The routes of tickets, which stand before those of mails. */
export interface TicketRoutes {
  readonly routes: readonly Route[];
  /** Rules whose alerts are mailed although they say otherwise, since too many rules come before them. */
  readonly mailedToo: readonly TicketRule[];
}

/**
 * What Alertmanager sends to the exporter, which decides by the same rules what of it makes a ticket: everything, and the alert that
 * always fires too, as a sign that the way is open. What makes a ticket alone goes no further.
 */
export function ticketRoutes({ tickets }: Config): TicketRoutes {
  if (tickets === undefined) return { routes: [], mailedToo: [] };
  const { rules } = tickets;
  const alone = rules.flatMap((rule, index) =>
    rule.mails || rule.tracker === undefined ? [] : [{ rule, conditions: decidedBy(rules, index) }],
  );
  const route = { receiver: ticketDesk, continues: false, ...ofTickets, routes: [] };
  return {
    routes: [
      ...alone.flatMap(({ conditions = [] }) =>
        conditions.map((condition): Route => ({
          ...route,
          origin: 'ticket alone',
          matchers: [...condition.values()],
        })),
      ),
      {
        ...route,
        origin: 'ticket and mail',
        isFeed: true,
        continues: true,
        matchers: [],
        routes: [
          {
            ...route,
            origin: 'ticket and mail',
            isFeed: true,
            matchers: [isIn('alertname', [watchdog])],
            repeatMs: 300 * second,
          },
        ],
      },
    ],
    mailedToo: alone.flatMap(({ rule, conditions }) => (conditions === undefined ? [rule] : [])),
  };
}
