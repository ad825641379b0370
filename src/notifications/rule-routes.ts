import type { NotifyMatch } from '../config/config.ts';
import type { AddressBook, Scope } from './address-book.ts';
import type { ByLabel, Recipients, RoutingRule } from './recipients.ts';
import { recipientsOf } from './recipients.ts';
import type { Grouping, Matcher, Route } from './route.ts';
import { isIn, isNotIn, nobody } from './route.ts';

/** A receiver, and when it is notified: of alerts of these scopes that have these labels. */
interface Leaf {
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  readonly scopes: readonly Scope[];
}

/** The part of a rule that one route is for: alerts of which each has a recipient. */
interface Section {
  readonly match: NotifyMatch;
  /** What it does not take besides. */
  readonly except: readonly Matcher[];
  readonly scopes: readonly Scope[];
  readonly leaves: readonly Leaf[];
}

/** The matchers of a rule. */
export function matchersOf(match: NotifyMatch): readonly Matcher[] {
  return Object.entries(match).map(([label, values]) => isIn(label, values));
}

/** The condition on the label `company` for some of all scopes; none when they are all. */
function scopeMatchers(scopes: readonly Scope[], all: readonly Scope[]): readonly Matcher[] {
  const known = (list: readonly Scope[]) => list.filter((scope) => scope !== undefined);
  if (!scopes.includes(undefined)) return [isIn('company', known(scopes))];
  const excluded = known(all.filter((scope) => !scopes.includes(scope)));
  return excluded.length === 0 ? [] : [isNotIn('company', excluded)];
}

/** Leaves that differ in their scope alone, as one. */
function merge(leaves: readonly Leaf[]): readonly Leaf[] {
  const found = new Map<string, Leaf>();
  for (const leaf of leaves) {
    const key = JSON.stringify([leaf.receiver, leaf.matchers]);
    const scopes = [...(found.get(key)?.scopes ?? []), ...leaf.scopes];
    found.set(key, { ...leaf, scopes });
  }
  return [...found.values()];
}

function leavesBy(label: string, receivers: ByLabel, scope: Scope, more: readonly Matcher[] = []) {
  return [...receivers].map(([receiver, values]): Leaf => ({
    receiver,
    matchers: [isIn(label, values), ...more],
    scopes: [scope],
  }));
}

/** A section for the scopes in which the rule names someone whatever the responder is. */
function sectionOfAll(match: NotifyMatch, all: readonly Recipients[]): readonly Section[] {
  if (all.length === 0) return [];
  const leaves = all.flatMap(({ scope, always, byResponder, byMonitor, addressed }) => [
    ...always.map((receiver): Leaf => ({ receiver, matchers: [], scopes: [scope] })),
    ...leavesBy('responder', byResponder, scope),
    ...leavesBy('monitor', byMonitor, scope, addressed.length === 0 ? [] : [isNotIn('responder', addressed)]),
  ]);
  return [{ match, except: [], scopes: all.map(({ scope }) => scope), leaves: merge(leaves) }];
}

/** Sections for the scopes in which the rule names only those whom the alert names: one for each set of values of the label. */
function sectionsBy(
  label: 'monitor' | 'responder',
  match: NotifyMatch,
  scoped: readonly {
    readonly scope: Scope;
    readonly receivers: ByLabel;
    readonly except: readonly Matcher[];
  }[],
): readonly Section[] {
  const found = new Map<string, Section>();
  for (const { scope, receivers, except } of scoped) {
    const values = [...receivers.values()].flat().sort();
    if (values.length === 0) continue;
    const key = JSON.stringify([values, except]);
    const old = found.get(key) ?? { match: { ...match, [label]: values }, except, scopes: [], leaves: [] };
    found.set(key, {
      ...old,
      scopes: [...old.scopes, scope],
      leaves: merge([...old.leaves, ...leavesBy(label, receivers, scope)]),
    });
  }
  return [...found.values()];
}

/** What a rule does, in the order in which it is tried. Alerts for which it has nobody are in none of them. */
function sectionsOf(rule: RoutingRule, book: AddressBook): readonly Section[] {
  const { company: wanted, ...match } = rule.match;
  const scopes = (rule.scopes ?? book.scopes).filter(
    (scope) => wanted === undefined || (scope !== undefined && wanted.includes(scope)),
  );
  const left = rule.leavesTo === undefined ? [] : [isNotIn('known', ['false'])];
  const recipients = scopes.map((scope) => recipientsOf(rule, scope, book));
  const others = recipients.filter(({ always }) => always.length === 0);
  return [
    ...sectionOfAll(
      match,
      recipients.filter(({ always }) => always.length > 0),
    ),
    ...sectionsBy(
      'responder',
      match,
      others.map(({ scope, byResponder }) => ({ scope, receivers: byResponder, except: left })),
    ),
    // What remains names a responder without an address, unless the rule leaves some to a later one.
    ...sectionsBy(
      'monitor',
      match,
      others.map(({ scope, byMonitor, addressed }) => ({
        scope,
        receivers: byMonitor,
        except: left.length === 0 ? [] : [...left, isNotIn('responder', addressed)],
      })),
    ),
  ];
}

/** Critical alerts are never held for a digest: a rule with one gets a route of its own for them. */
function groupingsOf(match: NotifyMatch, { repeatMs, digestMs }: RoutingRule) {
  if (digestMs === undefined) return [[match, { repeatMs }]] as const;
  const digest = {
    groupBy: ['environment', 'company'],
    groupWaitMs: digestMs,
    groupIntervalMs: digestMs,
    repeatMs,
  };
  if (match.severity?.includes('critical') === false) return [[match, digest]] as const;
  return [
    [{ ...match, severity: ['critical'] }, { repeatMs }],
    [match, digest],
  ] as const;
}

/** A matcher of a leaf that its route has already says nothing new. */
function isImplied(matcher: Matcher, above: readonly Matcher[]): boolean {
  return above.some((other) => JSON.stringify(other) === JSON.stringify(matcher));
}

function routeTo(
  { scopes, leaves, except }: Section,
  match: NotifyMatch,
  all: readonly Scope[],
  { origin, grouping }: { readonly origin: string; readonly grouping: Grouping },
): Route {
  const matchers = [...matchersOf(match), ...except, ...scopeMatchers(scopes, all)];
  const routes = leaves.map((leaf): Route => {
    const own = [...leaf.matchers, ...scopeMatchers(leaf.scopes, all)];
    return {
      origin,
      receiver: leaf.receiver,
      matchers: own.filter((matcher) => !isImplied(matcher, matchers)),
      continues: true,
      routes: [],
    };
  });
  const [only] = routes;
  const isPlain = only !== undefined && routes.length === 1 && only.matchers.length === 0;
  return {
    origin,
    receiver: isPlain ? only.receiver : nobody,
    matchers,
    continues: false,
    ...grouping,
    routes: isPlain ? [] : routes,
  };
}

/** The routes of one rule. An alert for which its recipients are nobody passes them all, unless the rule names nobody at all. */
export function routesOfRule(rule: RoutingRule, origin: string, book: AddressBook): readonly Route[] {
  if (rule.to.length === 0)
    return [{ origin, receiver: nobody, matchers: matchersOf(rule.match), continues: false, routes: [] }];
  return sectionsOf(rule, book).flatMap((section) =>
    groupingsOf(section.match, rule).map(([match, grouping]) =>
      routeTo(section, match, book.scopes, { origin, grouping }),
    ),
  );
}
