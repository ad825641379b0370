import { z } from 'zod';
import type { Attempt, Entry, Handled, Handler, Outcome, OutboxStore } from '../outbox/contract.ts';
import type { Instant } from '../time.ts';
import { TrackerError, type Tracker } from './contract.ts';
import { changeOf, readTicket } from './documents.ts';
import { closedByBridge, gone, observed, recoveryTold, stepDone, stepRefused } from './outcome.ts';
import { isFiring, type TicketState } from './state.ts';
import type { ticketChanges } from './standing.ts';

/** How steps of tickets end, as it is counted. */
export type StepResult = 'done' | 'skipped' | 'retry' | 'login' | 'refused';
/** What a step changed of a ticket, whatever it was meant to. */
export type TicketChange = (typeof ticketChanges)[number];

export interface HandlerOptions {
  readonly store: Pick<OutboxStore, 'document'>;
  /** The tracker of a name, for tickets about a company; undefined: it is not there, or not for this company. */
  readonly trackerFor: (name: string, company: string) => Tracker | undefined;
  /** Whether all has been well for long enough, and the data that say so are of now. */
  readonly isRecovered: (state: TicketState, now: Instant) => boolean;
  /** Called when what came of a step is stored. */
  readonly counted: (action: string, result: StepResult, tracker: string, note: string) => void;
  /** A ticket of this key has been changed. */
  readonly changed: (key: TicketState['key'], change: TicketChange) => void;
}

const loginPauseMs = 5 * 60_000;
/** What one replica takes for over, another may not yet. */
const lookAgainMs = 60_000;
const noTrackerPauseMs = 15 * 60_000;

const payloadSchema = z.object({
  marker: z.string(),
  text: z.string(),
  title: z.string().default(''),
  isCritical: z.boolean().default(false),
});
type Payload = z.output<typeof payloadSchema>;

/** What a step brought: for people, and for what is known of the ticket. */
interface Done {
  readonly note: string;
  readonly result: 'done' | 'skipped';
  readonly made?: TicketChange;
  readonly patch: (state: TicketState) => TicketState;
}

interface Step {
  readonly state: TicketState;
  readonly tracker: Tracker;
  readonly payload: Payload;
  readonly attempt: Attempt;
  /** An earlier attempt may have had its effect, or a part of it. */
  readonly isRepeated: boolean;
  readonly isRecovered: HandlerOptions['isRecovered'];
}

const skipped = (note: string, patch: Done['patch'] = (state) => state): Done => ({
  note,
  result: 'skipped',
  patch,
});
const done = (note: string, made: TicketChange, patch: Done['patch']): Done => ({
  note,
  result: 'done',
  made,
  patch,
});

/** What the tracker says was found instead of what was expected. */
const found = (view: Parameters<typeof observed>[1], { attempt }: Step): Done =>
  skipped(view === undefined ? 'the ticket is gone' : `the ticket is ${view.state}`, (state) =>
    observed(state, view, attempt.now),
  );

async function create(step: Step): Promise<Done> {
  const { state, tracker, payload, attempt } = step;
  const { marker, previous } = state;
  // Somebody may have opened the ticket before this one again.
  const [own, before] =
    previous === null
      ? []
      : [await tracker.find(marker, attempt.signal), await tracker.read(previous, attempt.signal)];
  if (own === undefined && before?.state === 'open') {
    await tracker.comment(before.id, payload, attempt.signal);
    return done(`commented on ${before.id}, which is open`, 'commented', (now) =>
      observed(now, before, attempt.now),
    );
  }
  if (!isFiring(state)) {
    // An earlier attempt may have created it all the same.
    const view = await tracker.find(marker, attempt.signal);
    return view === undefined ? skipped('it is over', gone) : found(view, step);
  }
  const { title, text, isCritical } = payload;
  const draft = { marker, title, text, isCritical, company: state.key.company };
  const view = await tracker.create(draft, attempt.signal);
  return done(`created ${view.id}`, 'opened', (now) => observed(now, view, attempt.now));
}

async function comment(step: Step, id: string): Promise<Done> {
  const { tracker, payload, attempt } = step;
  const view = await tracker.read(id, attempt.signal);
  if (view?.state !== 'open') return found(view, step);
  await tracker.comment(id, payload, attempt.signal);
  return done(`commented on ${id}`, 'commented', (state) => observed(state, view, attempt.now));
}

async function close(step: Step, id: string): Promise<Done> {
  const { state, tracker, payload, attempt, isRecovered } = step;
  const view = await tracker.read(id, attempt.signal);
  // An attempt that was cut short may have closed it without its remark: what is missing is written now.
  if (view?.state === 'closed' && view.touched === 'no' && step.isRepeated)
    await tracker.close(id, payload, attempt.signal);
  if (view?.state !== 'open') return found(view, step);
  if (!isRecovered(state, attempt.now))
    return skipped('it is not over', (now) => ({ ...now, notBefore: attempt.now + lookAgainMs }));
  if (view.touched !== 'no') {
    await tracker.comment(id, payload, attempt.signal);
    return done(`left ${id} open`, 'commented', recoveryTold);
  }
  await tracker.close(id, payload, attempt.signal);
  return done(`closed ${id}`, 'closed', (now) => closedByBridge(now, attempt.now));
}

async function reopen(step: Step, id: string): Promise<Done> {
  const { state, tracker, payload, attempt } = step;
  const view = await tracker.read(id, attempt.signal);
  if (view === undefined || view.state === 'rejected') return found(view, step);
  if (view.state === 'open') {
    await tracker.comment(id, payload, attempt.signal);
    return done(`commented on ${id}, which is open`, 'commented', (now) => observed(now, view, attempt.now));
  }
  // It has ended meanwhile: nothing is to be opened.
  if (!isFiring(state)) return skipped('it is over', (now) => ({ ...now, told: [] }));
  await tracker.reopen(id, payload, attempt.signal);
  return done(`reopened ${id}`, 'reopened', (now) => observed(now, { ...view, state: 'open' }, attempt.now));
}

function carryOut(step: Step, action: string): Promise<Done> {
  const id = step.state.ticket?.id;
  if (action === 'create') return create(step);
  if (id === undefined) return Promise.resolve(skipped('there is no ticket'));
  if (action === 'comment') return comment(step, id);
  return action === 'close' ? close(step, id) : reopen(step, id);
}

function retryOf(error: TrackerError): Outcome {
  const least = error.fault === 'login' ? loginPauseMs : 0;
  const retryAfterMs = Math.max(least, error.retryAfterMs ?? 0);
  return { type: 'retry', note: error.message, ...(retryAfterMs > 0 ? { retryAfterMs } : {}) };
}

type Count = (result: StepResult, note: string, made?: TicketChange) => void;

/** What is known after a step, by what is known now: others may have changed it meanwhile. */
async function changeAfter(store: HandlerOptions['store'], { queue, key }: Entry, patch: Done['patch']) {
  const { state, version } = await readTicket(store, queue);
  return state?.pending?.key === key ? { documents: [changeOf(queue, version, patch(state))] } : {};
}

/** Carries out the steps of tickets, and takes over what the trackers say. */
export function createHandler(options: HandlerOptions): Handler {
  const { store, trackerFor, isRecovered, counted, changed } = options;
  async function tried(step: Step, entry: Entry, count: Count) {
    const stored = (...of: Parameters<Count>) => ({ stored: () => count(...of) });
    try {
      const { note, result, made, patch } = await carryOut(step, entry.action);
      const change = await changeAfter(store, entry, (now) => patch(stepDone(now)));
      return { outcome: { type: 'done', note }, change, ...stored(result, note, made) } as const;
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      const { fault, message } = error;
      if (fault !== 'refused') return { outcome: retryOf(error), ...stored(fault, message) };
      const change = await changeAfter(store, entry, (now) => stepRefused(now, step.attempt.now));
      return { outcome: { type: 'refused', note: message }, change, ...stored(fault, message) } as const;
    }
  }
  return async (entry, attempt): Promise<Handled> => {
    const { state } = await readTicket(store, entry.queue);
    if (state?.pending?.key !== entry.key)
      return { outcome: { type: 'done', note: 'something else was decided meanwhile' } };
    const { tracker: name, key } = state;
    const count: Count = (result, note, made) => {
      counted(entry.action, result, name, note);
      if (made !== undefined) changed(key, made);
    };
    const tracker = trackerFor(name, key.company);
    if (tracker === undefined) {
      const note = `there is no tracker ${name} for this company`;
      const outcome = { type: 'retry', note, retryAfterMs: noTrackerPauseMs } as const;
      return { outcome, stored: () => count('retry', note) };
    }
    const payload = payloadSchema.parse(entry.payload);
    const isRepeated = entry.attempts > 1;
    return tried({ state, tracker, payload, attempt, isRepeated, isRecovered }, entry, count);
  };
}
