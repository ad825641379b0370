import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';
import { ticketFamilies } from '../exporter-families.ts';
import { LabelCounts, type Begun, type LabelledSample } from '../label-counts.ts';
import type { Snapshot } from '../poll/snapshot.ts';
import { isFiring } from './state.ts';
import type { TicketState } from './state.ts';

/** A key is forgotten when nothing was heard of it for so long. */
const forgetMs = 400 * dayMs;

export const isOpen = ({ phase }: TicketState): boolean => phase === 'open';

/** Whether nothing of a key is to be remembered any more. */
export function isForgotten(state: TicketState, now: Instant): boolean {
  if (isFiring(state) || isOpen(state) || state.pending !== null) return false;
  const ends = Object.values(state.ended).map(({ heardAt }) => heardAt);
  const heardAt = Math.max(state.closedAt ?? 0, state.clearSince ?? 0, ...ends);
  // Of what was never a ticket nothing is to be remembered but late words.
  return now - heardAt > (state.generation === 0 ? dayMs : forgetMs);
}

/** What may be changed of a ticket. */
export const ticketChanges = ['opened', 'commented', 'closed', 'reopened'] as const;

/** Counts a change of a ticket of this key. */
export function countChange(
  counts: LabelCounts,
  { company, flow }: TicketState['key'],
  change: (typeof ticketChanges)[number],
): void {
  counts.add(ticketFamilies.changes, { company, flow, change });
}

/** Counts changes from 0 for every flow, so that the first of each is seen as one. */
export function declareChanges({ tasks }: Pick<Snapshot, 'tasks'>, counts: LabelCounts, begun: Begun): void {
  for (const { monitor, companies } of tasks.values())
    for (const company of companies.filter((each) => begun.isNew(monitor, each)))
      for (const change of ticketChanges)
        counts.declare(ticketFamilies.changes, { company, flow: monitor.flow, change });
}

/** How many tickets are open, by company and tracker. */
export function openTickets(known: readonly TicketState[]): readonly LabelledSample[] {
  const counts = new LabelCounts();
  for (const { key, tracker } of known.filter(isOpen))
    counts.add(ticketFamilies.open, { company: key.company, tracker });
  return counts.samples();
}
