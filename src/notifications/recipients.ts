import type { NotifyRule } from '../config/config.ts';
import { recipientWords } from '../config/schema/values.ts';
import type { AddressBook, Scope } from './address-book.ts';

/** A rule of `notify:`, or one that holds where there is none. */
export interface RoutingRule extends NotifyRule {
  /** The scopes that it is for; absent: those of its `match`. */
  readonly scopes?: readonly Scope[];
  /**
   * A responder to whom a later rule sends all that this one leaves over. Unknown errors, and whatever would go to the same people,
   * are left over: they get one mail of that rule instead of one of each.
   */
  readonly leavesTo?: string;
}

/** Receivers with the values of a label for which each is notified. */
export type ByLabel = ReadonlyMap<string, readonly string[]>;

/** Whom a rule notifies of alerts of one scope. No address is in two of the first three for one alert, nor twice in `always`. */
export interface Recipients {
  readonly scope: Scope;
  /** Names of receivers. */
  readonly always: readonly string[];
  /** Receivers by the responder that the alert names. */
  readonly byResponder: ByLabel;
  /** Receivers by the monitor, whose responder it is, when the one that the alert names has no address. */
  readonly byMonitor: ByLabel;
  /** The responders that have addresses: those for which `byMonitor` does not hold. */
  readonly addressed: readonly string[];
}

/** Those of `names` that a rule can be about. */
function within(names: readonly string[], wanted: readonly string[] | undefined): readonly string[] {
  return wanted === undefined ? names : names.filter((name) => wanted.includes(name));
}

/** Collects values by receiver. */
function gather(pairs: readonly (readonly [receiver: string | undefined, value: string])[]): ByLabel {
  const found = new Map<string, readonly string[]>();
  for (const [receiver, value] of pairs)
    if (receiver !== undefined) found.set(receiver, [...(found.get(receiver) ?? []), value]);
  return found;
}

/** The recipients of a rule for alerts of one scope. */
export function recipientsOf(
  { match, to, leavesTo }: RoutingRule,
  scope: Scope,
  book: AddressBook,
): Recipients {
  const later = leavesTo === undefined ? undefined : book.responder(leavesTo, scope);
  const fixed = to.filter((name) => !recipientWords.includes(name));
  const always: string[] = [];
  const other = (receiver: string | undefined) =>
    receiver === undefined || receiver === later ? undefined : book.without(receiver, always);
  for (const receiver of [
    ...fixed.map((name) => book.responder(name, scope)),
    to.includes('company') ? book.company(scope) : undefined,
  ]) {
    const rest = other(receiver);
    if (rest !== undefined) always.push(rest);
  }
  const addressed = book.responders(scope);
  const named = to.includes('responder') ? within(addressed, match.responder) : [];
  const monitors = to.includes('responder') ? book.monitors(scope) : [];
  return {
    scope,
    always,
    byResponder: gather(named.map((name) => [other(book.responder(name, scope)), name])),
    byMonitor: gather(
      monitors
        .filter(({ name }) => match.monitor === undefined || match.monitor.includes(name))
        .map(({ name, responder }) => [other(book.responder(responder, scope)), name]),
    ),
    addressed,
  };
}
