import type { Instant } from '../time.ts';
import { createClassifier } from './classify.ts';
import type { Catalogue } from './catalogue.ts';
import type { Classification, Failure } from './classify.ts';
import type { ErrorMemory } from './memory.ts';

/** What a poller asks of errors: the class of each, and which classes are new. */
export interface Knowledge {
  classify(failure: Failure): Classification;
  /**
   * Notes which classes of errors are open in a flow.
   *
   * @param source tells apart who looked (a monitor and a company): what its first look finds is old, not new.
   * @returns since when those of `errors` are new that are.
   */
  note(source: string, flow: string, errors: readonly string[], now: Instant): ReadonlyMap<string, Instant>;
}

/** Binds a catalogue to a memory. Without one, as in a single try, nothing is new. */
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
