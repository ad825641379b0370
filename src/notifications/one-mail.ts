import { isSame, outside, simplified, within } from './condition.ts';
import type { Condition } from './condition.ts';
import type { Grouping, Matcher, Route } from './route.ts';
import { isIn, nobody } from './route.ts';

/** A way by which alerts come to a receiver: the route of a rule, and what is asked in it besides. */
interface Way {
  readonly section: Route;
  readonly condition: Condition;
}

/** More routes than this to take away what is for others would be no help to anybody who reads the file. */
const mostTakenAway = 100;
/** As many conditions are looked at before they are simplified. */
const mostConditions = 1_000;

function groupingOf({ groupBy, groupWaitMs, groupIntervalMs, repeatMs }: Route): Grouping {
  return {
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(groupWaitMs === undefined ? {} : { groupWaitMs }),
    ...(groupIntervalMs === undefined ? {} : { groupIntervalMs }),
    ...(repeatMs === undefined ? {} : { repeatMs }),
  };
}

/** What is asked, within a route, for each way to a receiver. */
function asked(section: Route, receiver: string): readonly (readonly Matcher[])[] {
  if (section.receiver === receiver) return [[]];
  return section.routes.filter((route) => route.receiver === receiver).map(({ matchers }) => matchers);
}

function waysTo(receiver: string, sections: readonly Route[]): Way[] {
  return sections.flatMap((section) =>
    asked(section, receiver).flatMap((matchers): Way[] => {
      const condition = within(new Map(), [...section.matchers, ...matchers]);
      return condition === undefined ? [] : [{ section, condition }];
    }),
  );
}

/** Whether alerts of two ways can be of one company and environment, so that they come in two mails where one would do. */
function canMeet(one: Way, other: Way): boolean {
  const common = ['company', 'environment'].flatMap((label) => one.condition.get(label) ?? []);
  return within(other.condition, common) !== undefined;
}

/** What holds of every alert that comes by one of several ways: the labels that each of them limits to some values. */
function common(ways: readonly Way[]): Condition {
  const [first, ...others] = ways.map(({ condition }) => condition);
  const found = new Map<string, Matcher>();
  for (const [label, matcher] of first ?? []) {
    const all = [matcher, ...others.flatMap((condition) => condition.get(label) ?? [])];
    if (all.length === ways.length && all.every(({ negated }) => !negated))
      found.set(label, isIn(label, [...new Set(all.flatMap(({ values }) => values))]));
  }
  return found;
}

/**
 * The alerts of a condition that do not come to a receiver by any of these routes, of which the first that matches decides: as
 * conditions that exclude each other, made one by one, because rules may make more of them than anybody has use for.
 */
function* notFor(
  receiver: string,
  key: string,
  sections: readonly Route[],
  of: Condition,
): Generator<Condition> {
  const [section, ...rest] = sections;
  if (section === undefined) {
    yield of;
    return;
  }
  const inside = within(of, section.matchers);
  const ways = keyOf(section) === key ? asked(section, receiver) : [];
  yield* ways.reduce<Condition[]>(
    (parts, matchers) => parts.flatMap((part) => outside(part, matchers)),
    inside === undefined ? [] : [inside],
  );
  for (const part of outside(of, section.matchers)) yield* notFor(receiver, key, rest, part);
}

const keyOf = (section: Route): string => JSON.stringify(groupingOf(section));

/** A route that takes all that comes to a receiver by several ways of one grouping; undefined when they cannot be one. */
function merged(receiver: string, ways: readonly Way[], sections: readonly Route[]): Route | undefined {
  const [first] = ways;
  if (first === undefined) return undefined;
  const start = common(ways);
  const conditions: Condition[] = [];
  for (const condition of notFor(receiver, keyOf(first.section), sections, start)) {
    if (conditions.length === mostConditions) return undefined;
    conditions.push(condition);
  }
  const away = simplified(conditions);
  if (away.length > mostTakenAway) return undefined;
  const origin = `one mail of ${[...new Set(ways.map(({ section }) => section.origin))].join(' and ')}`;
  return {
    origin,
    receiver,
    matchers: [...start.values()],
    continues: true,
    ...groupingOf(first.section),
    routes: away.map((condition) => ({
      origin,
      receiver: nobody,
      matchers: [...condition.values()].filter((matcher) => !isSame(matcher, start.get(matcher.label))),
      continues: false,
      takesAway: true,
      routes: [],
    })),
  };
}

/** A route without the ways to a receiver. It still ends the way of what it matches. */
function without(section: Route, receiver: string): Route {
  return {
    ...section,
    receiver: section.receiver === receiver ? nobody : section.receiver,
    routes: section.routes.filter((route) => route.receiver !== receiver),
  };
}

function receiversIn({ receiver, routes }: Route): readonly string[] {
  return [receiver, ...routes.map((route) => route.receiver)].filter((name) => name !== nobody);
}

/**
 * One mail for each receiver and company, whatever rules its alerts come by. Alertmanager groups alerts within a route, so that who
 * gets alerts by two routes gets two mails in the same minute. Such receivers get a route of their own, in front of all. A route cannot
 * ask for "this or that", but it keeps what none of its children takes: the children take away what is for others.
 *
 * Rules whose repetition or digest differs stay apart: their mails come at different times.
 *
 * @param sections in their order, of which the first that matches an alert decides.
 */
export function oneMailEach(sections: readonly Route[]): readonly Route[] {
  const receivers = [...new Set(sections.flatMap(receiversIn))];
  const found: Route[] = [];
  let rest = sections;
  for (const receiver of receivers) {
    const byGrouping = Map.groupBy(waysTo(receiver, sections), ({ section }) => keyOf(section));
    for (const [key, ways] of byGrouping) {
      if (!ways.some((way, index) => ways.slice(index + 1).some((other) => canMeet(way, other)))) continue;
      const route = merged(receiver, ways, sections);
      if (route === undefined) continue;
      found.push(route);
      rest = rest.map((section) => (keyOf(section) === key ? without(section, receiver) : section));
    }
  }
  return [...found, ...rest];
}
