import { z } from 'zod';
import type { Doc, Json } from '../outbox/contract.ts';
import { eventTypes } from './event-type.ts';
import type { TicketKey } from './key.ts';

/** The collection of the outbox that holds a document for each key. */
export const ticketCollection = 'ticket';

const texts = z.record(z.string(), z.string());
const key = z.object({
  environment: z.string(),
  company: z.string(),
  flow: z.string(),
  monitor: z.string(),
  event: z.enum(eventTypes),
  subject: z.string(),
}) satisfies z.ZodType<TicketKey>;

const firing = z.object({
  labels: texts,
  annotations: texts,
  startsAt: z.number(),
  /** When a webhook or a look at Alertmanager said last that it fires. */
  heardAt: z.number(),
});
const ended = z.object({ endedAt: z.number(), heardAt: z.number() });

const pending = z.object({
  /** Of the intent. */
  key: z.string(),
  action: z.enum(['create', 'comment', 'close', 'reopen']),
  /** Nobody carries it out after this. */
  until: z.number(),
});

const state = z
  .object({
    key,
    /** How many tickets there were for this key. */
    generation: z.number(),
    /** Of the last intent: part of its key. */
    step: z.number(),
    /** The alerts that fire, by fingerprint. */
    firing: z.record(z.string(), firing),
    /** Those that fire and are not kept, as there are too many: when each was heard last, by fingerprint. */
    beyond: z.record(z.string(), z.number()),
    /** Those that have ended not long ago: a late word of them is known for what it is. */
    ended: z.record(z.string(), ended),
    /** Since when none fires; `null`: one does, or none ever did. */
    clearSince: z.number().nullable(),
    /** When the last one ended, as Alertmanager says. */
    recoveredAt: z.number().nullable(),
    /**
     * - `none`: there is no ticket
     * - `open`: there is one, or it is being created
     * - `closed`, `rejected`: as `TicketState` has it
     */
    phase: z.enum(['none', 'open', 'closed', 'rejected']),
    /** Name of the tracker. */
    tracker: z.string(),
    marker: z.string(),
    ticket: z.object({ id: z.string(), url: z.string() }).nullable(),
    /** The ticket before this one, in the same tracker: somebody may have opened it again. */
    previous: z.string().nullable(),
    openedAt: z.number().nullable(),
    closedAt: z.number().nullable(),
    closedBy: z.enum(['bridge', 'person']).nullable(),
    /** The alerts that fired when a person closed it. */
    about: z.array(z.string()),
    /** Digests of what was told since it was opened or had recovered: records, alerts. */
    told: z.array(z.string()),
    /** Digests of the texts that it was given. */
    texts: z.array(z.string()),
    lastRemarkAt: z.number().nullable(),
    /** It was said that all is well; a person has it in hand. */
    isRecoveryTold: z.boolean(),
    pending: pending.nullable(),
    /** Steps that the tracker refused, one after another. */
    refusals: z.number(),
    /** Nothing is begun before, as the tracker refused the last step. */
    notBefore: z.number(),
  })
  .readonly();

/** What is known of a key: the alerts that fire, and the ticket that was made of them. */
export type TicketState = z.output<typeof state>;
export type FiringAlert = z.output<typeof firing>;
export type StepAction = z.output<typeof pending>['action'];

/** Of a key of which nothing is known yet. */
export function emptyState(of: TicketKey): TicketState {
  return {
    key: of,
    generation: 0,
    step: 0,
    firing: {},
    beyond: {},
    ended: {},
    clearSince: null,
    recoveredAt: null,
    phase: 'none',
    tracker: '',
    marker: '',
    ticket: null,
    previous: null,
    openedAt: null,
    closedAt: null,
    closedBy: null,
    about: [],
    told: [],
    texts: [],
    lastRemarkAt: null,
    isRecoveryTold: false,
    pending: null,
    refusals: 0,
    notBefore: 0,
  };
}

/** @throws ZodError when it is not what was stored: a defect, or another version. */
export function readState({ value }: Pick<Doc, 'value'>): TicketState {
  return state.parse(value);
}

/** As it is stored. */
export function stored(of: TicketState): Json {
  return of;
}

/** The alerts that fire, with their fingerprints. */
export function firingOf({ firing: alerts }: TicketState): readonly (readonly [string, FiringAlert])[] {
  return Object.entries(alerts);
}

export function isFiring({ firing: alerts }: TicketState): boolean {
  return Object.keys(alerts).length > 0;
}
