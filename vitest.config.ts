import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/helpers/longest-first.ts';
import { SkippedReporter } from './tests/helpers/skipped-reporter.ts';

const servicesGiven = ['TEST_POSTGRES_URL', 'TEST_MYSQL_URL'].some((name) => process.env[name] !== undefined);

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/helpers/build-program.ts'],
    // The shared suite once more, against servers that somebody runs elsewhere: without their URLs there is nothing to skip.
    exclude: [...configDefaults.exclude, ...(servicesGiven ? [] : ['tests/databases/services.test.ts'])],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // One more than the processors of a small machine: the longest files, which come first, mostly wait.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: ['default', new SkippedReporter()],
  },
});
