import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import type { TicketView } from './contract.ts';
import { firingOf } from './state.ts';
import type { TicketState } from './state.ts';

const hourMs = 3_600_000;
/** Longest pause after steps that the tracker refused. */
const longestPauseMs = dayMs;

/** A step that was not done: what it was to tell is told by another one. */
export function untold(state: TicketState): TicketState {
  const isLost = state.pending?.action === 'comment' || state.pending?.action === 'reopen';
  return { ...state, pending: null, ...(isLost ? { told: [], texts: [] } : {}) };
}

/** Nothing waits to be done any more. */
export function stepDone(state: TicketState): TicketState {
  return {
    ...state,
    pending: null,
    refusals: 0,
    notBefore: 0,
  };
}

/** The tracker refuses a step: what is wanted is tried again by another one, ever more seldom. */
export function stepRefused(state: TicketState, now: Instant): TicketState {
  const pause = Math.min(hourMs * 2 ** state.refusals, longestPauseMs);
  return {
    ...untold(state),
    refusals: Math.min(state.refusals + 1, 10),
    notBefore: now + pause,
  };
}

/** The ticket is not there any more. */
export function gone(state: TicketState): TicketState {
  return { ...state, phase: 'none', ticket: null, previous: null, isRecoveryTold: false };
}

/** All is well, and it was said: what happens from now on is told anew. */
export function recoveryTold(state: TicketState): TicketState {
  return { ...state, isRecoveryTold: true, told: [] };
}

export function closedByBridge(state: TicketState, closedAt: Instant): TicketState {
  return { ...state, phase: 'closed', closedBy: 'bridge', closedAt, about: [], told: [] };
}

/** What a tracker says of the ticket, taken over. */
export function observed(state: TicketState, view: TicketView | undefined, now: Instant): TicketState {
  if (view === undefined) return gone(state);
  const seen = { ...state, ticket: { id: view.id, url: view.url } };
  if (view.state === 'open')
    return state.phase === 'open'
      ? seen
      : { ...seen, phase: 'open', closedAt: null, closedBy: null, about: [] };
  if (view.state === state.phase) return seen;
  const closedAt = view.closedAt ?? now;
  if (view.state === 'rejected') return { ...seen, phase: 'rejected', closedBy: 'person', closedAt };
  // Who closed it other than the bridge has touched it; where nobody can tell, it was a person.
  if (view.touched === 'no') return closedByBridge(seen, closedAt);
  const about = firingOf(state)
    .filter(([, { startsAt }]) => startsAt <= closedAt)
    .map(([fingerprint]) => fingerprint);
  return { ...seen, phase: 'closed', closedBy: 'person', closedAt, about };
}
