import type { Family } from '../monitors/contract.ts';

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
    this.count(1, ...values);
  }

  /** Counts several at once. */
  count(more: number, ...values: readonly string[]): void {
    const key = JSON.stringify(values);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + more);
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
