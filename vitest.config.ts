import { defineConfig } from 'vitest/config';
import { SkippedReporter } from './tests/helpers/skipped-reporter.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Real servers and WebAssembly databases are heavy: more files at once than processors only make time-outs.
    maxWorkers: 2,
    reporters: ['default', new SkippedReporter()],
  },
});
