import { z } from 'zod';
import type { SignOfLife } from '../config/config.ts';
import type { OutboxStore } from '../outbox/contract.ts';
import type { Instant } from '../time.ts';
import type { RememberedPlan } from './plan.ts';

const collection = 'signs-of-life';
/** So often a confirmation is stored again when others confirm at the same time. */
const mostAttempts = 5;

const confirmationSchema = z.object({ at: z.number(), by: z.string() });
/** Who confirmed last that a sign of life arrives. */
export type Confirmation = z.output<typeof confirmationSchema>;

/** The last confirmation; undefined: nobody has confirmed yet. */
export async function confirmationOf(
  store: Pick<OutboxStore, 'document'>,
  name: string,
): Promise<Confirmation | undefined> {
  return confirmationSchema.safeParse((await store.document(collection, name))?.value).data;
}

/** Remembers that somebody confirmed. @throws Error when it could not be stored. */
export async function confirm(
  store: Pick<OutboxStore, 'commit' | 'document'>,
  name: string,
  confirmation: Confirmation,
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const ifVersion = (await store.document(collection, name))?.version ?? 0;
    const documents = [{ collection, key: name, ifVersion, value: confirmation }];
    if (await store.commit({ documents }, confirmation.at)) return;
  }
  throw new Error('others confirm at the same time; try again');
}

/** Until when somebody is to confirm; undefined: nobody is asked to, or the first was not sent yet. */
export function confirmByOf(
  { confirmWithinMs }: SignOfLife,
  remembered: Pick<RememberedPlan, 'first'> | undefined,
  confirmation: Confirmation | undefined,
): Instant | undefined {
  const begin = confirmation?.at ?? remembered?.first ?? null;
  return confirmWithinMs === undefined || begin === null ? undefined : begin + confirmWithinMs;
}
