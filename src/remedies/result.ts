import { z } from 'zod';
import type { Json } from '../outbox/contract.ts';

const resultSchema = z.object({ answer: z.string(), retryAfterMs: z.number().optional() });
/** What an attempt left in the outbox for programs. */
export type RemedyResult = z.output<typeof resultSchema>;

/** What an entry says of its attempt; undefined when it says nothing. */
export function resultOf(result: Json): RemedyResult | undefined {
  return resultSchema.safeParse(result).data;
}

const payloadSchema = z.object({
  remedy: z.string(),
  order: z.string(),
  isDryRun: z.boolean(),
  monitor: z.string(),
  record: z.string(),
  error: z.string(),
  since: z.number().nullable(),
  n: z.number(),
  /** Who ordered it by hand; absent: the configuration did. */
  by: z.string().optional(),
});
/** What an intent orders. */
export type RemedyPayload = z.output<typeof payloadSchema>;

/** What an entry orders; undefined for one that no version of this program has written. */
export function payloadOf(payload: Json): RemedyPayload | undefined {
  return payloadSchema.safeParse(payload).data;
}
