import type { Family } from './monitors/contract.ts';

/** A series that the exporter has besides those of monitors. */
export interface LabelledSample {
  readonly family: Family;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What is counted of some families, by their labels. */
export class LabelCounts {
  readonly #counts = new Map<string, LabelledSample>();

  add(family: Family, labels: LabelledSample['labels'], more = 1): void {
    const key = JSON.stringify([family.name, labels]);
    this.#counts.set(key, { family, labels, value: (this.#counts.get(key)?.value ?? 0) + more });
  }

  /** Counts from 0, so that whoever reads the counter sees the first one as an increase. */
  declare(family: Family, labels: LabelledSample['labels']): void {
    this.add(family, labels, 0);
  }

  samples(): readonly LabelledSample[] {
    return [...this.#counts.values()];
  }
}

/** Companies of monitors whose counters have begun: each is looked at once in a configuration, not at each scrape. */
export class Begun {
  readonly #seen = new WeakMap<object, Set<string>>();

  /** @param monitor of a configuration: a reload has others. */
  isNew(monitor: object, company: string): boolean {
    const seen = this.#seen.get(monitor) ?? new Set<string>();
    if (seen.has(company)) return false;
    this.#seen.set(monitor, seen.add(company));
    return true;
  }
}
