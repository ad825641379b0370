import type { Instant } from '../time.ts';
import { createClassifier } from './classify.ts';
import type { Catalogue } from './catalogue.ts';
import type { Classification, ReportedError } from './classify.ts';
import type { ErrorMemory } from './memory.ts';

/** What the poller needs to know about errors: the class of each, and which classes are new. */
export interface Knowledge {
  classify(error: ReportedError): Classification;
  /**
   * Records which classes of errors are open in a flow.
   *
   * @param source identifies the monitor and company: classes that its first run finds do not count as new.
   * @returns for each class of `errors` that is new, since when.
   */
  note(source: string, flow: string, errors: readonly string[], now: Instant): ReadonlyMap<string, Instant>;
}

/** Combines a catalogue with a memory of seen classes. Without a memory, as in `erp-exporter try`, no class is new. */
export function createKnowledge(catalogue: Catalogue, memory: ErrorMemory | undefined): Knowledge {
  const { classify } = createClassifier(catalogue);
  return {
    classify,
    note: (source, flow, errors, now) => {
      if (memory === undefined) return new Map();
      const isBaseline = memory.isFirstRun(source, now);
      const since = errors.map((error) => [error, memory.seen(flow, error, now, isBaseline)] as const);
      return new Map(since.filter((entry): entry is readonly [string, Instant] => entry[1] !== null));
    },
  };
}
