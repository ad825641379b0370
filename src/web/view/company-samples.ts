import type { Reading, Sample } from '../../monitors/contract.ts';
import type { Instant } from '../../time.ts';

const matches = (sample: Sample, labels: Readonly<Record<string, string>>): boolean =>
  Object.entries(labels).every(([name, value]) => sample.labels[name] === value);

/** The figures of one company in one reading, by the names that /metrics has for them. */
export class CompanySamples {
  readonly #byFamily: ReadonlyMap<string, readonly Sample[]>;

  constructor(samples: readonly Sample[]) {
    this.#byFamily = Map.groupBy(samples, ({ family }) => family.name);
  }

  /** The samples of a family, in the order of the reading. */
  all(family: string): readonly Sample[] {
    return this.#byFamily.get(family) ?? [];
  }

  /** The value of the first sample with these labels; `null` when there is none. */
  value(family: string, labels: Readonly<Record<string, string>> = {}): number | null {
    return this.all(family).find((sample) => matches(sample, labels))?.value ?? null;
  }

  /** A time in seconds as an instant. */
  instant(family: string, labels: Readonly<Record<string, string>> = {}): Instant | null {
    const seconds = this.value(family, labels);
    return seconds === null || Number.isNaN(seconds) ? null : Math.round(seconds * 1000);
  }

  /** The sum of a family; `null` when there is none of it. */
  sum(family: string): number | null {
    const samples = this.all(family);
    return samples.length === 0 ? null : samples.reduce((sum, { value }) => sum + value, 0);
  }

  /** The names of all families. */
  families(): Iterable<string> {
    return this.#byFamily.keys();
  }
}

const none = (): CompanySamples => new CompanySamples([]);

/** The figures of each company of a reading, those that move with the clock included. */
export function samplesByCompany(reading: Reading | null, now: Instant): (company: string) => CompanySamples {
  if (reading === null) return none;
  const samples = [...reading.samples, ...(reading.live?.(now) ?? [])];
  const byCompany = Map.groupBy(samples, ({ company }) => company);
  return (company) => new CompanySamples(byCompany.get(company) ?? []);
}
