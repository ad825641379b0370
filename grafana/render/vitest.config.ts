import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    // Node cannot import Grafana's packages by itself: they name exports of CommonJS packages that it does not see.
    server: { deps: { inline: [/@grafana\//] } },
    testTimeout: 60_000,
    hookTimeout: 300_000,
    maxWorkers: 1,
  },
});
