import { relative } from 'node:path';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Files that take 12 seconds or more, most of it waiting for time-outs and real programs, and how many at about: no two the same. */
export const longFiles: Readonly<Record<string, number>> = {
  'tests/e2e/tickets.test.ts': 120,
  'tests/e2e/chain.test.ts': 105,
  'tests/e2e/reconcile-live.test.ts': 85,
  'tests/grafana/render.test.ts': 70,
  'tests/e2e/faults.test.ts': 60,
  'tests/e2e/demo.test.ts': 59,
  'tests/stack/stack.test.ts': 50,
  'tests/e2e/reasons.test.ts': 45,
  'tests/notifications/delivery.test.ts': 40,
  'tests/outbox/kill.test.ts': 35,
  'tests/bench/reconcile.test.ts': 30,
  'tests/e2e/browser-pages.test.ts': 31,
  'tests/databases/mysql/database.test.ts': 28,
  'tests/tickets/model.test.ts': 27,
  'tests/databases/postgres/comparison.test.ts': 25,
  'tests/e2e/monitor-page.test.ts': 23,
  'tests/e2e/long-rows.test.ts': 18,
  'tests/notifications/dispatcher.test.ts': 17,
  'tests/e2e/browser-hostile.test.ts': 16,
  'tests/demo/simulation.test.ts': 15,
  'tests/e2e/environments.test.ts': 14,
  'tests/monitors/reconcile/engine/mutations.test.ts': 12.5,
  'tests/alerts/rules.test.ts': 13,
  'tests/notifications/inhibitions.test.ts': 12,
};

/** The long files first, the longest of them at the head; the others as they were. */
export function longestFirst<File extends { readonly moduleId: string }>(
  files: readonly File[],
  root: string,
): File[] {
  const secondsOf = ({ moduleId }: File): number => longFiles[relative(root, moduleId)] ?? 0;
  return files.toSorted((one, other) => secondsOf(other) - secondsOf(one));
}

/** Vitest's own order but for the longest files, so that none of them is what everything waits for at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), this.ctx.config.root);
  }
}
