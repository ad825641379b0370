import { expect, it } from 'vitest';
import { ticketFamilies } from '../src/exporter-families.ts';
import { LabelCounts } from '../src/label-counts.ts';

it('counts each family by its labels, one or several at once', () => {
  const counts = new LabelCounts();
  expect(counts.samples()).toEqual([]);
  counts.add(ticketFamilies.alerts, { verdict: 'mail' });
  counts.add(ticketFamilies.alerts, { verdict: 'dropped' }, 3);
  counts.add(ticketFamilies.alerts, { verdict: 'mail' });
  counts.add(ticketFamilies.open, { company: 'acme', tracker: 'desk' });
  expect(counts.samples().map(({ family, labels, value }) => [family.name, labels, value])).toEqual([
    ['erp_ticket_alerts_total', { verdict: 'mail' }, 2],
    ['erp_ticket_alerts_total', { verdict: 'dropped' }, 3],
    ['erp_tickets_open', { company: 'acme', tracker: 'desk' }, 1],
  ]);
});
