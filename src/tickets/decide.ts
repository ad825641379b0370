import type { Tickets } from '../config/config.ts';
import type { Intent, Json } from '../outbox/contract.ts';
import { dayMs, type Instant } from '../time.ts';
import type { Freshness } from './freshness.ts';
import { digest, keyText, markerOf } from './key.ts';
import { materialOf, newsOf, type Material, type Sources } from './records.ts';
import { untold } from './outcome.ts';
import { firingOf, isFiring } from './state.ts';
import type { FiringAlert, StepAction, TicketState } from './state.ts';
import { recoveryText, textOf, titleOf } from './text.ts';
import type { Occasion, Writing } from './text.ts';

/** What is decided by, besides what is known of the key. */
export interface World extends Sources {
  readonly now: Instant;
  readonly settings: Pick<Tickets, 'closeAfterMs' | 'commentEveryMs' | 'reopenWithinMs'>;
  readonly freshness: Pick<Freshness, 'isRecovered'>;
  readonly writing: Writing;
  /** Where an alert becomes a ticket; undefined: nowhere. */
  readonly trackerFor: (alert: FiringAlert) => string | undefined;
}

/** What is known after a decision, and what is to be done. */
export interface Decision {
  readonly state: TicketState;
  readonly intents: readonly Intent[];
}

/** Who carries out the steps of tickets, as the outbox names it. */
export const ticketKind = 'ticket';

/** How long a step is tried. What is not done by then is decided anew. */
const stepMs: Readonly<Record<StepAction, number>> = {
  create: 7 * dayMs,
  reopen: 7 * dayMs,
  comment: 7 * dayMs,
  close: dayMs,
};
/** An attempt that began in time ends within this. */
const attemptMs = 10 * 60_000;
/** Digests that are kept. */
const mostDigests = 2_000;
const mostTexts = 500;

const remember = (before: readonly string[], more: readonly string[], most: number): string[] =>
  [...new Set([...before, ...more])].slice(-most);

interface Step {
  readonly action: StepAction;
  readonly payload: { readonly [name: string]: Json };
}

/** The state with a step that waits to be done. Nothing else is begun until it is. */
function withStep(state: TicketState, { action, payload }: Step, now: Instant): Decision {
  const step = state.step + 1;
  const key = `ticket/${state.marker}/${step}`;
  const expires = now + stepMs[action];
  const intent: Intent = {
    key,
    kind: ticketKind,
    action,
    queue: keyText(state.key),
    company: state.key.company,
    payload: { ...payload, marker: `${state.marker}-${step}` },
    notBefore: now,
    expires,
  };
  return {
    state: { ...state, step, pending: { key, action, until: expires + attemptMs } },
    intents: [intent],
  };
}

const nothing = (state: TicketState): Decision => ({ state, intents: [] });

/** A state whose ticket is told all that there is to tell. */
function told(state: TicketState, { ids }: Material, text: string, now: Instant): TicketState {
  return {
    ...state,
    told: remember(state.told, ids, mostDigests),
    texts: remember(state.texts, [digest(text, 16)], mostTexts),
    lastRemarkAt: now,
    isRecoveryTold: false,
  };
}

/** Creates the ticket that is wanted, in its tracker. */
function create(state: TicketState, world: World): Decision {
  const { now, writing } = world;
  const material = materialOf(state, world);
  const text = textOf(state, material, 'happened', writing);
  const isCritical = material.alerts.some(({ labels }) => labels['severity'] === 'critical');
  const payload = { title: titleOf(state, writing), text, isCritical };
  return withStep(
    told({ ...state, told: [], texts: [] }, material, text, now),
    { action: 'create', payload },
    now,
  );
}

/** The tracker of the gravest of some alerts that are a ticket. */
function trackerOf(alerts: readonly FiringAlert[], { trackerFor }: World): string | undefined {
  const isCritical = ({ labels }: FiringAlert): number => (labels['severity'] === 'critical' ? 0 : 1);
  const order = [...alerts].sort(
    (one, other) => isCritical(one) - isCritical(other) || one.startsAt - other.startsAt,
  );
  return order.map(trackerFor).find((tracker) => tracker !== undefined);
}

/** A ticket of its own for what fires now. */
function createNext(state: TicketState, alerts: readonly FiringAlert[], world: World): Decision {
  const tracker = trackerOf(alerts, world);
  if (tracker === undefined) return nothing(state);
  const { now } = world;
  const generation = state.generation + 1;
  const next: TicketState = {
    ...state,
    generation,
    marker: markerOf(state.key, generation, now),
    phase: 'open',
    tracker,
    ticket: null,
    previous: state.tracker === tracker ? (state.ticket?.id ?? null) : null,
    openedAt: now,
    closedAt: null,
    closedBy: null,
    about: [],
  };
  return create(next, world);
}

/** Tells what is new. @param occasion how it is told. */
function tell(state: TicketState, action: 'comment' | 'reopen', occasion: Occasion, world: World): Decision {
  const { now, writing } = world;
  const material = newsOf(state, world);
  if (action === 'comment' && material.ids.length === 0) return nothing(state);
  const text = textOf(state, material, occasion, writing);
  // The same again says nothing: what it is about is told already.
  const isSame = action === 'comment' && state.texts.includes(digest(text, 16));
  const after = told(state, material, text, now);
  return isSame ? nothing(after) : withStep(after, { action, payload: { text } }, now);
}

function decideOpen(state: TicketState, world: World): Decision {
  const { now, settings, freshness, writing } = world;
  if (state.ticket === null) return create(state, world);
  if (isFiring(state)) {
    const last = state.lastRemarkAt ?? 0;
    // What lies in the future was said before the clock was set back.
    return last <= now && now < last + settings.commentEveryMs
      ? nothing(state)
      : tell(state, 'comment', state.isRecoveryTold ? 'again' : 'more_of_it', world);
  }
  if (state.isRecoveryTold || !freshness.isRecovered(state, settings.closeAfterMs, now))
    return nothing(state);
  const text = recoveryText(state, writing, state.recoveredAt ?? now);
  return withStep(state, { action: 'close', payload: { text } }, now);
}

function decideClosed(state: TicketState, world: World): Decision {
  const { now, settings } = world;
  const closedAt = state.closedAt ?? 0;
  // What fired when a person closed it, and fires still, was decided about.
  const alerts = firingOf(state)
    .filter(([fingerprint, { startsAt }]) => !state.about.includes(fingerprint) || startsAt > closedAt)
    .map(([, alert]) => alert);
  if (alerts.length === 0 || trackerOf(alerts, world) === undefined) return nothing(state);
  const isReopened = state.closedBy === 'bridge' && now - closedAt <= settings.reopenWithinMs;
  return isReopened ? tell(state, 'reopen', 'again', world) : createNext(state, alerts, world);
}

function decideRejected(state: TicketState, { now, settings }: World): Decision {
  const isClear = state.clearSince !== null && now - state.clearSince >= settings.closeAfterMs;
  return nothing(isClear ? { ...state, phase: 'none' } : state);
}

/**
 * What is to be done about a key, by how things stand: whatever led here, and however often. At most one step of a key waits at a
 * time.
 */
export function decide(state: TicketState, world: World): Decision {
  const { now } = world;
  if (state.pending !== null && now < state.pending.until) return nothing(state);
  const free: TicketState = state.pending === null ? state : untold(state);
  if (now < free.notBefore) return nothing(free);
  switch (free.phase) {
    case 'none':
      return createNext(
        free,
        firingOf(free).map(([, alert]) => alert),
        world,
      );
    case 'open':
      return decideOpen(free, world);
    case 'closed':
      return decideClosed(free, world);
    case 'rejected':
      return decideRejected(free, world);
  }
}
