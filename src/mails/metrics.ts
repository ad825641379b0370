import { mailFamilies } from '../acting-families.ts';
import type { MailPlan } from '../config/config.ts';
import type { LabelledSample } from '../label-counts.ts';
import type { Entry } from '../outbox/contract.ts';
import type { Instant } from '../time.ts';
import { hasRecipient } from './handler.ts';
import { payloadOf } from './plan.ts';
import type { RememberedPlan } from './plan.ts';
import { confirmByOf } from './signs.ts';
import type { Confirmation } from './signs.ts';

/** What is known of a planned mail, as of the last look. */
export interface Known {
  readonly remembered: RememberedPlan | undefined;
  readonly confirmation: Confirmation | undefined;
  readonly sentAt: Instant | undefined;
  readonly failedAt: Instant | undefined;
  /** When it is due next. */
  readonly nextAt: Instant;
}

/** When an entry of a mail was last settled so, of those for its present recipients. */
export function lastOf(
  entries: readonly Entry[],
  plan: MailPlan,
  states: readonly Entry['state'][],
): Instant | undefined {
  const times = entries.flatMap(({ state, payload, settledAt }) => {
    const order = payloadOf(payload);
    const isOurs = order?.type === plan.type && order.name === plan.name && hasRecipient(plan, order.to);
    return isOurs && states.includes(state) && settledAt !== undefined ? [settledAt] : [];
  });
  return times.length === 0 ? undefined : Math.max(...times);
}

function at(
  family: LabelledSample['family'],
  labels: LabelledSample['labels'],
  instant: Instant | undefined,
): readonly LabelledSample[] {
  return instant === undefined ? [] : [{ family, labels, value: instant / 1000 }];
}

/** What is exported of a planned mail. @param known undefined: nothing yet. */
export function samplesOf(plan: MailPlan, known: Known | undefined): readonly LabelledSample[] {
  const { name: mail, type } = plan;
  const samples = [
    ...at(mailFamilies.planned, { mail, type }, known?.nextAt),
    ...at(mailFamilies.sent, { mail, type }, known?.sentAt),
    ...at(mailFamilies.failed, { mail, type }, known?.failedAt),
  ];
  if (plan.type === 'report') return samples;
  const confirmBy = confirmByOf(plan, known?.remembered, known?.confirmation);
  return [
    ...samples,
    ...at(mailFamilies.confirmed, { mail }, known?.confirmation?.at),
    ...at(mailFamilies.confirmBy, { mail }, confirmBy),
  ];
}
