import type { NotifyMatch, TicketRule, TrackerSettings } from '../../config.ts';
import { ticketRouteSchema } from '../../schema/tickets.ts';
import type { Report } from '../../source/report.ts';
import { listOf } from '../entries.ts';
import type { Mapping } from '../entries.ts';
import { matchOf } from '../matching.ts';
import { defaultPolicy } from './policy.ts';

/** What a rule says, before it is written out for each tracker. */
interface Wanted {
  readonly match: NotifyMatch;
  /** A name, or whether there is a ticket in the first tracker that may hold it. */
  readonly ticket: string | boolean;
  readonly mails: boolean;
}

/** What a rule asks where its tickets go to a tracker of some companies; undefined when there are none. */
function matchIn(match: NotifyMatch, { companies }: TrackerSettings): NotifyMatch | undefined {
  if (companies === 'all') return match;
  const allowed = (match.company ?? [...companies]).filter((company) => companies.has(company));
  return allowed.length === 0 ? undefined : { ...match, company: allowed };
}

/**
 * A rule for each tracker that may hold its tickets. What none of them may hold is left to the next rule, so that it is mailed at
 * least.
 */
function writtenOut(
  { match, ticket, mails }: Wanted,
  trackers: ReadonlyMap<string, TrackerSettings>,
): readonly TicketRule[] {
  if (ticket === false) return [{ match, tracker: undefined, mails }];
  return [...trackers.values()].flatMap((tracker): readonly TicketRule[] => {
    const own = ticket === true || ticket === tracker.name ? matchIn(match, tracker) : undefined;
    return own === undefined ? [] : [{ match: own, tracker: tracker.name, mails }];
  });
}

/** Reads `tickets.routes` and collects the problems. @returns the valid rules, then those of the default policy. */
export function readTicketRules(
  tickets: Mapping,
  trackers: ReadonlyMap<string, TrackerSettings>,
  report: Report,
): readonly TicketRule[] {
  const own = listOf(tickets, 'routes').flatMap((value, index): readonly Wanted[] => {
    const path = ['tickets', 'routes', index];
    const entry = report.read(ticketRouteSchema, value, path);
    if (entry === undefined) return [];
    if (entry.ticket === false && !entry.mail)
      report.problem(
        [...path, 'mail'],
        'is false, and so is ticket: such alerts would reach nobody; to drop them, use notify with an empty to',
      );
    return [{ match: matchOf(entry.match), ticket: entry.ticket, mails: entry.mail }];
  });
  const last: TicketRule = { match: {}, tracker: undefined, mails: true };
  return [...[...own, ...defaultPolicy].flatMap((wanted) => writtenOut(wanted, trackers)), last];
}
