import type { Inhibition } from '../../src/notifications/inhibitions.ts';
import { holds, routesOf } from '../../src/notifications/matching.ts';
import type { Labels } from '../../src/notifications/matching.ts';
import { nobody } from '../../src/notifications/route.ts';
import type { Grouping, Matcher, Route } from '../../src/notifications/route.ts';
import type { RoutingTree } from '../../src/notifications/routes.ts';

/** A stretch in which an alert fires, in milliseconds of any one clock; it is resolved at `to`. */
export interface Firing {
  readonly labels: Labels;
  readonly from: number;
  readonly to: number;
}

/** A notification that leaves: to which receiver, when, and of which alerts. */
export interface Notification {
  readonly at: number;
  readonly receiver: string;
  readonly firing: readonly Labels[];
  readonly resolved: readonly Labels[];
}

/** What alerts are notified by: the routing tree and the inhibitions of a configuration. */
export interface Dispatching {
  readonly tree: RoutingTree;
  readonly inhibitions: readonly Inhibition[];
}

/** An alert with all the stretches in which it fires, the first one first. */
interface Alert {
  readonly key: string;
  readonly labels: Labels;
  readonly firings: readonly Firing[];
}

/** A group of one route, and what it was last notified of (Alertmanager's notification log). */
interface Group {
  readonly receiver: string;
  readonly grouping: Required<Grouping>;
  readonly alerts: readonly Alert[];
}

function inherited(route: Route, above: Grouping): Route {
  const grouping = {
    groupBy: route.groupBy ?? above.groupBy,
    groupWaitMs: route.groupWaitMs ?? above.groupWaitMs,
    groupIntervalMs: route.groupIntervalMs ?? above.groupIntervalMs,
    repeatMs: route.repeatMs ?? above.repeatMs,
  } as Grouping;
  return { ...route, ...grouping, routes: route.routes.map((child) => inherited(child, grouping)) };
}

function alertsOf(firings: readonly Firing[]): readonly Alert[] {
  const found = Map.groupBy(firings, ({ labels }) => JSON.stringify(Object.entries(labels).sort()));
  return [...found].map(([key, list]) => ({
    key,
    labels: list[0]?.labels ?? {},
    firings: list.toSorted((one, other) => one.from - other.from),
  }));
}

function groupsOf(alerts: readonly Alert[], root: Route): readonly Group[] {
  const tree: RoutingTree = { root, byRule: root, receivers: [] };
  const found = new Map<Route, Map<string, Alert[]>>();
  for (const alert of alerts)
    for (const route of routesOf(tree, alert.labels)) {
      const groups = found.get(route) ?? new Map<string, Alert[]>();
      const key = JSON.stringify((route.groupBy ?? []).map((label) => alert.labels[label] ?? ''));
      found.set(route, groups.set(key, [...(groups.get(key) ?? []), alert]));
    }
  return [...found].flatMap(([route, groups]) =>
    [...groups.values()].map((members) => ({
      receiver: route.receiver,
      grouping: route as Required<Grouping>,
      alerts: members,
    })),
  );
}

const firesAt = ({ firings }: Alert, at: number) => firings.some(({ from, to }) => from <= at && at < to);

const hold = (matchers: readonly Matcher[], labels: Labels) => matchers.every((each) => holds(each, labels));

/** Whether an alert is inhibited; one that is both cause and effect of a rule does not inhibit itself, as in Alertmanager. */
function isMuted(alert: Alert, at: number, alerts: readonly Alert[], inhibitions: readonly Inhibition[]) {
  return inhibitions.some(
    ({ source, target, equal }) =>
      hold(target, alert.labels) &&
      alerts.some(
        (cause) =>
          firesAt(cause, at) &&
          hold(source, cause.labels) &&
          !(hold(target, cause.labels) && hold(source, alert.labels)) &&
          equal.every((label) => (cause.labels[label] ?? '') === (alert.labels[label] ?? '')),
      ),
  );
}

/** What a receiver knows of a group. */
interface Logged {
  readonly at: number;
  readonly firing: ReadonlySet<string>;
  readonly resolved: ReadonlySet<string>;
}

const isWithin = (keys: ReadonlySet<string>, others: ReadonlySet<string>) =>
  [...keys].every((key) => others.has(key));
const keysOf = (alerts: readonly Alert[]) => new Set(alerts.map(({ key }) => key));

/** Alertmanager's `DedupStage.needsUpdate`, for receivers that are notified of the end too. */
function isNews(last: Logged | undefined, { at, firing, resolved }: Logged, repeatMs: number): boolean {
  if (last === undefined) return firing.size > 0;
  if (!isWithin(firing, last.firing)) return true;
  if (firing.size === 0) return last.firing.size > 0;
  return !isWithin(resolved, last.resolved) || last.at < at - repeatMs;
}

/** Goes through the flushes of one group: first after group_wait, then at each group_interval while it has alerts. */
class GroupRun {
  readonly sent: Notification[] = [];
  #last: Logged | undefined;
  #flushedAt = -Infinity;
  readonly #group: Group;
  readonly #mutes: (alert: Alert, at: number) => boolean;

  constructor(group: Group, mutes: (alert: Alert, at: number) => boolean) {
    this.#group = group;
    this.#mutes = mutes;
  }

  run(end: number): readonly Notification[] {
    const { alerts, grouping } = this.#group;
    const arrivals = alerts.flatMap(({ firings }) => firings.map(({ from }) => from)).sort((a, b) => a - b);
    for (const arrival of arrivals) {
      if (arrival <= this.#flushedAt) continue;
      let at = arrival + grouping.groupWaitMs;
      while (at <= end && this.#flush(at)) at += grouping.groupIntervalMs;
    }
    return this.sent;
  }

  /** @returns whether alerts remain. One that was resolved before the last flush left the group with it. */
  #flush(at: number): boolean {
    const since = this.#flushedAt;
    const endedSince = ({ firings }: Alert) => firings.some(({ to }) => since < to && to <= at);
    const members = this.#group.alerts.filter((alert) => firesAt(alert, at) || endedSince(alert));
    const heard = members.filter((alert) => !this.#mutes(alert, at));
    if (heard.length > 0) this.#notify(heard, at);
    this.#flushedAt = at;
    return members.some((alert) => firesAt(alert, at));
  }

  #notify(heard: readonly Alert[], at: number): void {
    const firing = heard.filter((alert) => firesAt(alert, at));
    const resolved = heard.filter((alert) => !firesAt(alert, at));
    const now: Logged = { at, firing: keysOf(firing), resolved: keysOf(resolved) };
    if (!isNews(this.#last, now, this.#group.grouping.repeatMs)) return;
    this.#last = now;
    const labelsOf = (alerts: readonly Alert[]) => alerts.map(({ labels }) => labels);
    const { receiver } = this.#group;
    this.sent.push({ at, receiver, firing: labelsOf(firing), resolved: labelsOf(resolved) });
  }
}

/**
 * The notifications that Alertmanager sends of alerts until `end`, in their order: a model of its dispatcher, inhibitor and
 * deduplication (dispatch/dispatch.go, inhibit/inhibit.go and notify/notify.go of 0.25), in which every delivery succeeds at once and
 * a group without alerts ends with the flush that empties it.
 */
export function dispatch(firings: readonly Firing[], by: Dispatching, end: number): readonly Notification[] {
  const alerts = alertsOf(firings);
  const root = inherited(by.tree.root, {});
  const mutes = (alert: Alert, at: number) => isMuted(alert, at, alerts, by.inhibitions);
  return groupsOf(alerts, root)
    .filter(({ receiver }) => receiver !== nobody)
    .flatMap((group) => new GroupRun(group, mutes).run(end))
    .toSorted((one, other) => one.at - other.at || (one.receiver < other.receiver ? -1 : 1));
}
