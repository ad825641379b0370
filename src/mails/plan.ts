import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { nextRun } from '../calendar/schedule.ts';
import type { MailPlan } from '../config/config.ts';
import type { Change, Intent, OutboxStore } from '../outbox/contract.ts';
import { dayMs, formatWithOffset } from '../time.ts';
import type { Instant } from '../time.ts';

/** The kind of the intents. */
export const mailKind = 'mail';
/** The collection of what is remembered of each planned mail. */
export const plansCollection = 'mails';
/** How late a mail may still be sent: nobody wants Monday's on Friday. */
export const latestMs = 3 * dayMs;

const rememberedSchema = z.object({
  /** Since when the mail is known: what was due before was never missed. */
  since: z.number(),
  /** When the first was due that was planned; null: none was. */
  first: z.number().nullable(),
  /** The date of the last that was planned, in the mail's zone; '': none was. */
  last: z.string(),
  /** Of this installation: two that have mails of one name must not be taken for one another. */
  id: z.string(),
});
export type RememberedPlan = z.output<typeof rememberedSchema>;

const payloadSchema = z.object({
  type: z.enum(['report', 'sign_of_life']),
  name: z.string(),
  to: z.string(),
  due: z.number(),
  id: z.string(),
});
/** What an intent orders. */
export type MailPayload = z.output<typeof payloadSchema>;

/** What an entry orders; undefined for one that no version of this program has written. */
export function payloadOf(payload: unknown): MailPayload | undefined {
  return payloadSchema.safeParse(payload).data;
}

/** By which a planned mail is known. */
export const planKey = ({ type, name }: Pick<MailPlan, 'type' | 'name'>): string => `${type} ${name}`;

/** `2026-11-23` */
export const localDate = (at: Instant, zone: string): string => formatWithOffset(at, zone).slice(0, 10);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** What is remembered of a planned mail. */
export async function remembered(
  store: Pick<OutboxStore, 'document'>,
  plan: Pick<MailPlan, 'type' | 'name'>,
): Promise<{ readonly value: RememberedPlan | undefined; readonly version: number }> {
  const found = await store.document(plansCollection, planKey(plan));
  return { value: rememberedSchema.safeParse(found?.value).data, version: found?.version ?? 0 };
}

/** The last moment after `after`, up to `now`, at which a mail was due; undefined: there is none. */
export function lastDue(
  { cron, timezone }: Pick<MailPlan, 'cron' | 'timezone'>,
  after: Instant,
  now: Instant,
): Instant | undefined {
  let found: Instant | undefined;
  for (let at = nextRun({ cron, timezone }, '', after); at <= now; at = nextRun({ cron, timezone }, '', at))
    found = at;
  return found;
}

function intentsOf(plan: MailPlan, due: Instant, { id }: RememberedPlan, now: Instant): readonly Intent[] {
  const { type, name, companies, timezone } = plan;
  const [only = ''] = companies;
  return plan.to.map((to) => {
    const recipient = digest(to.toLowerCase());
    const key = `mail ${planKey(plan)} ${localDate(due, timezone)} ${recipient}`;
    return {
      key,
      kind: mailKind,
      action: type,
      // An address that refuses its mail keeps no other one waiting.
      queue: `mail ${planKey(plan)} ${recipient.slice(0, 12)}`,
      company: companies.length === 1 ? only : '',
      payload: { type, name, to, due, id: `erp-exporter.${digest(`${id} ${key}`)}` },
      notBefore: now,
      expires: due + latestMs,
    };
  });
}

/**
 * What is to be stored of a planned mail now: that it is known, or that it is due. The intents and the date come together or
 * not at all, so that two replicas, or one that was restarted, plan a mail once.
 *
 * @returns undefined when there is nothing to do.
 */
export function changeOf(
  plan: MailPlan,
  { value, version }: Awaited<ReturnType<typeof remembered>>,
  now: Instant,
): Change | undefined {
  const remember = (next: RememberedPlan, intents: readonly Intent[] = []): Change => ({
    intents,
    documents: [{ collection: plansCollection, key: planKey(plan), ifVersion: version, value: next }],
  });
  if (value === undefined) return remember({ since: now, first: null, last: '', id: randomUUID() });
  const due = lastDue(plan, Math.max(value.since, now - latestMs), now);
  if (due === undefined) return undefined;
  const date = localDate(due, plan.timezone);
  if (date <= value.last) return undefined;
  return remember({ ...value, first: value.first ?? due, last: date }, intentsOf(plan, due, value, now));
}
