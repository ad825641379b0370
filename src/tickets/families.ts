import type { Family } from '../monitors/contract.ts';

/** What is exported about tickets; `open` bears a company, the others only the labels listed. */
export const ticketFamilies = {
  open: {
    name: 'erp_tickets_open',
    help: 'Tickets that are open or about to be opened, as the exporter knows.',
    type: 'gauge',
    labels: ['company', 'tracker'],
    unit: 'tickets',
  },
  actions: {
    name: 'erp_ticket_actions_total',
    help: 'Steps carried out on tickets, by what came of them: done, skipped, retry, login, refused.',
    type: 'counter',
    labels: ['action', 'result', 'tracker'],
  },
  alerts: {
    name: 'erp_ticket_alerts_total',
    help: 'Alerts that Alertmanager told, by what became of them: tracker, mail, no_rule, no_company, no_tracker, elsewhere, full.',
    type: 'counter',
    labels: ['verdict'],
  },
  webhook: {
    name: 'erp_ticket_last_webhook_timestamp_seconds',
    help: 'When Alertmanager told of alerts last, and what it told was stored; absent before the first time.',
    type: 'gauge',
    labels: [],
    unit: 'seconds',
  },
  looked: {
    name: 'erp_ticket_last_look_timestamp_seconds',
    help: 'When tickets were compared with Alertmanager last, and it proved that alerts reach it; absent before the first time.',
    type: 'gauge',
    labels: [],
    unit: 'seconds',
  },
} as const satisfies Record<string, Family>;

/** A series of the tickets. */
export interface TicketSample {
  readonly family: Family;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Counts by the values of labels. */
export class Counter {
  readonly #family: Family;
  readonly #counts = new Map<string, number>();

  constructor(family: Family) {
    this.#family = family;
  }

  add(...values: readonly string[]): void {
    const key = JSON.stringify(values);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  samples(): readonly TicketSample[] {
    return [...this.#counts].map(([key, value]) => {
      const values = JSON.parse(key) as readonly string[];
      const labels = Object.fromEntries(
        this.#family.labels.map((name, index) => [name, values[index] ?? '']),
      );
      return { family: this.#family, labels, value };
    });
  }
}
