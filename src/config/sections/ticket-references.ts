import { isMapping, listOf, namesOf } from './entries.ts';
import type { Mapping } from './entries.ts';
import { checkMatchReferences } from './notify.ts';
import type { RuleReferences } from './notify.ts';
import { suggest } from '../source/nearest.ts';

/** Checks that every name in `tickets:` is defined. Works on the plain data, so that it also covers entries with other problems. */
export function checkTicketReferences(root: Mapping, given: RuleReferences): void {
  const tickets = root['tickets'];
  if (!isMapping(tickets)) return;
  const { references, report } = given;
  const trackers = namesOf(tickets, 'trackers');
  for (const name of trackers) {
    const entry = isMapping(tickets['trackers']) ? tickets['trackers'][name] : undefined;
    const companies = isMapping(entry) ? entry['companies'] : undefined;
    if (Array.isArray(companies))
      for (const [index, company] of companies.entries())
        references.expect('company', company, ['tickets', 'trackers', name, 'companies', index]);
  }
  for (const [index, entry] of listOf(tickets, 'routes').entries()) {
    if (!isMapping(entry)) continue;
    const path = ['tickets', 'routes', index];
    checkMatchReferences(entry['match'], path, given);
    const ticket = entry['ticket'];
    if (typeof ticket === 'string' && !trackers.includes(ticket))
      report.problem(
        [...path, 'ticket'],
        `no tracker is called ${JSON.stringify(ticket)}; ${suggest(ticket, trackers, 'there are none; add it under tickets.trackers')}`,
      );
  }
}
