import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const testFiles = 'tests/**/*.test.ts';

/** What a file says that starts programs, waits for signals to its own process, or measures what it uses. */
const needsAProcess =
  /\bdescribeReal(?:AtNight)?\b|node:child_process|helpers\/(?:memory|exporter|postgres|mariadb|pglite)\.ts|process\.(?:memoryUsage|cpuUsage|kill)\b/;

/** Those of the test files below `root` that run in a process of their own; the others take turns in a few. */
export function filesAlone(root: string): string[] {
  return globSync(testFiles, { cwd: root })
    .filter((file) => needsAProcess.test(readFileSync(join(root, file), 'utf8')))
    .sort();
}
