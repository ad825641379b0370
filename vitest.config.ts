import { configDefaults, defineConfig } from 'vitest/config';
import { filesAlone, testFiles } from './tests/helpers/alone.ts';
import { LongestFirst } from './tests/helpers/longest-first.ts';
import { SkippedReporter } from './tests/helpers/skipped-reporter.ts';

const alone = filesAlone(import.meta.dirname);
const servicesGiven = ['TEST_POSTGRES_URL', 'TEST_MYSQL_URL'].some((name) => process.env[name] !== undefined);
// The shared suite once more, against servers that somebody runs elsewhere: without their URLs there is nothing to skip.
const exclude = [...configDefaults.exclude, ...(servicesGiven ? [] : ['tests/databases/services.test.ts'])];

export default defineConfig({
  test: {
    globalSetup: ['tests/helpers/build-program.ts', 'tests/helpers/templates.ts'],
    setupFiles: ['tests/helpers/seed.ts'],
    // They only end what hangs; how long something may take is told by its own test, in processor time where it can be.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Twice the processors of a small machine: the longest files, which come first, wait for three quarters of their time.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new SkippedReporter()],
    projects: [
      { extends: true, test: { name: 'alone', include: alone, exclude } },
      // To start a process and to load the sources anew is half of the time of such a file.
      {
        extends: true,
        test: { name: 'together', include: [testFiles], exclude: [...exclude, ...alone], isolate: false },
      },
    ],
  },
});
