import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { TicketState } from './state.ts';
import type { ToldAlert } from './webhook.ts';

/** Most alerts of one key that are kept, firing or ended; a monitor has 20 records at most that are alerts of their own. */
const mostAlerts = 200;
/** Of the alerts that fire, as JSON: a document of the outbox takes 256 KiB. */
const mostCharacters = 120_000;
/** How late a word of an alert may come: Alertmanager tries again for as long as its group interval. */
export const reorderMs = 15 * 60_000;
/** Most that fire besides, of which no more than that is known. */
const mostBeyond = 1_000;
/** Alertmanager would have told of them again. */
const beyondMs = 5 * 3_600_000;
/** How long it is remembered that an alert ended. */
const rememberMs = dayMs;

/** Ended alerts without those of long ago, and without the oldest when there are too many. */
function pruned(ended: TicketState['ended'], now: Instant): TicketState['ended'] {
  const kept = Object.entries(ended)
    .filter(([, { heardAt }]) => now - heardAt < rememberMs)
    .sort(([, one], [, other]) => other.heardAt - one.heardAt)
    .slice(0, mostAlerts);
  return Object.fromEntries(kept);
}

function without<Value>(values: Readonly<Record<string, Value>>, name: string): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => key !== name));
}

/** An alert that has ended does not fire because an old word of it comes late. */
function isLateWord(state: TicketState, { fingerprint, startsAt }: ToldAlert, now: Instant): boolean {
  const end = state.ended[fingerprint];
  return end !== undefined && startsAt < end.endedAt && now - end.heardAt < reorderMs;
}

/** Whether one more alert can be kept. */
function hasRoom({ firing }: TicketState): boolean {
  return Object.keys(firing).length < mostAlerts && JSON.stringify(firing).length < mostCharacters;
}

/** An alert that cannot be kept: that it fires is all that is known of it. */
function isBeyond(state: TicketState, fingerprint: string, now: Instant): TicketState {
  const recent = Object.entries(state.beyond).filter(([, heardAt]) => now - heardAt < beyondMs);
  const others = recent.filter(([each]) => each !== fingerprint).slice(-(mostBeyond - 1));
  return { ...state, beyond: { ...Object.fromEntries(others), [fingerprint]: now } };
}

/** How many alerts were not kept before, and cannot be kept now. */
export function newlyBeyond(before: TicketState | undefined, after: TicketState): number {
  const known = before?.beyond ?? {};
  return Object.keys(after.beyond).filter((fingerprint) => !Object.hasOwn(known, fingerprint)).length;
}

function fires(state: TicketState, alert: ToldAlert, now: Instant): TicketState {
  const { fingerprint, labels, annotations, startsAt } = alert;
  if (isLateWord(state, alert, now)) return state;
  const known = state.firing[fingerprint];
  if (known === undefined && !hasRoom(state)) return isBeyond(state, fingerprint, now);
  // Two senders may differ about its beginning: the later one counts, so that an end before it is known for old.
  const newer = known !== undefined && known.startsAt > startsAt ? known : { labels, annotations, startsAt };
  return {
    ...state,
    firing: { ...state.firing, [fingerprint]: { ...newer, heardAt: now } },
    beyond: without(state.beyond, fingerprint),
    ended: without(state.ended, fingerprint),
    clearSince: null,
  };
}

/** An alert is over. @param endedAt when it ended. */
export function ends(state: TicketState, fingerprint: string, endedAt: Instant, now: Instant): TicketState {
  const before = state.firing[fingerprint];
  if (before !== undefined && endedAt < before.startsAt) return state;
  const firing = without(state.firing, fingerprint);
  const end = { endedAt: Math.max(endedAt, state.ended[fingerprint]?.endedAt ?? 0), heardAt: now };
  const isLast = before !== undefined && Object.keys(firing).length === 0;
  return {
    ...state,
    firing,
    // Those that fire still are told again.
    beyond: isLast ? {} : without(state.beyond, fingerprint),
    ended: pruned({ ...state.ended, [fingerprint]: end }, now),
    about: state.about.filter((each) => each !== fingerprint),
    ...(isLast ? { clearSince: now, recoveredAt: endedAt } : {}),
  };
}

/**
 * What is known after a word of an alert, whenever it comes: what fires is a matter of when it began and ended, not of the order of
 * words.
 */
export function heard(state: TicketState, alert: ToldAlert, now: Instant): TicketState {
  return alert.isFiring
    ? fires(state, alert, now)
    : ends(state, alert.fingerprint, Math.min(alert.endsAt, now), now);
}
