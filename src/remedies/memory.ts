import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Names of the collections of documents in the store. */
export const collections = {
  records: 'remedy_records',
  state: 'remedy_state',
  pauses: 'remedy_pauses',
} as const;
/** The key of the only document of a collection that has but one. */
export const onlyKey = 'all';

const trySchema = z.object({
  n: z.number(),
  remedy: z.string(),
  action: z.string(),
  isDryRun: z.boolean(),
  /** Of its intent. */
  key: z.string(),
  /** When it was ordered, and until when it may begin. */
  at: z.number(),
  until: z.number(),
  /** When it was over; null: it is not. */
  endedAt: z.number().nullable(),
  /** `200`, `409`, `unknown`, …; '' while it is not over. */
  answer: z.string(),
  /** Nothing was sent for certain, so that it does not count. */
  isVoid: z.boolean(),
  /** Whether a later reading no longer showed the record; null: not known yet, or never, as of a dry run. */
  worked: z.boolean().nullable(),
  /** The next attempt may not come earlier. */
  notBefore: z.number(),
  /** Who ordered it by hand; absent: the configuration did. */
  by: z.string().optional(),
});
/** One attempt on a record, and what came of it. */
export type Try = z.output<typeof trySchema>;

export const recordSchema = z.object({
  company: z.string(),
  monitor: z.string(),
  record: z.string(),
  /** When it was first seen failed, or had failed. */
  firstSeen: z.number(),
  tries: z.array(trySchema),
});
/** What is remembered of a record that a remedy may mend. */
export type RecordMemory = z.output<typeof recordSchema>;

export const stateSchema = z.object({
  /** When attempts were ordered within the last hour, by remedy; those of dry runs apart. */
  hour: z.record(z.string(), z.array(z.number())),
  dryHour: z.record(z.string(), z.array(z.number())),
  /** What was judged within the last hour: when, and whether it worked. */
  judged: z.record(z.string(), z.array(z.tuple([z.number(), z.boolean()]))),
  /** Remedies that stopped because too few attempts worked, and until when nothing at all is tried. */
  stopped: z.record(z.string(), z.number()),
});
/** What all attempts share: one document, so that replicas cannot both spend what is left of a limit. */
export type RemedyState = z.output<typeof stateSchema>;

export const emptyState: RemedyState = { hour: {}, dryHour: {}, judged: {}, stopped: {} };

const pauseSchema = z.object({ at: z.number(), by: z.string() });
export const pausesSchema = z.object({
  all: pauseSchema.nullable(),
  remedies: z.record(z.string(), pauseSchema),
});
/** What somebody has stopped, who, and when. */
export type Pauses = z.output<typeof pausesSchema>;

export const noPauses: Pauses = { all: null, remedies: {} };

/** Under what a record is remembered, whatever its key holds. */
export function recordKey(company: string, monitor: string, record: string): string {
  return createHash('sha256')
    .update(JSON.stringify([company, monitor, record]))
    .digest('hex')
    .slice(0, 32);
}

/** The pause of a remedy, of its own or of all. */
export function pauseOf(pauses: Pauses, remedy: string): Pauses['all'] {
  return pauses.all ?? (Object.hasOwn(pauses.remedies, remedy) ? (pauses.remedies[remedy] ?? null) : null);
}
