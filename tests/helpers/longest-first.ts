import { relative } from 'node:path';
import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** Files that take 15 seconds or more, and how many at about: most of it is waiting, for timeouts and for real programs. */
export const longFiles: Readonly<Record<string, number>> = {
  'tests/e2e/reconcile-live.test.ts': 147,
  'tests/e2e/chain.test.ts': 130,
  'tests/grafana/render.test.ts': 88,
  'tests/e2e/faults.test.ts': 80,
  'tests/e2e/reasons.test.ts': 70,
  'tests/e2e/demo.test.ts': 60,
  'tests/e2e/browser-pages.test.ts': 45,
  'tests/notifications/delivery.test.ts': 40,
  'tests/e2e/long-rows.test.ts': 31,
  'tests/notifications/mails.test.ts': 30,
  'tests/alerts/rules.test.ts': 25,
  'tests/e2e/browser-hostile.test.ts': 24,
  'tests/e2e/environments.test.ts': 20,
  'tests/notifications/inhibitions.test.ts': 15,
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
