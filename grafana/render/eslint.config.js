import { defineConfig, globalIgnores } from 'eslint/config';
import project from '../../eslint.config.js';

const parserOptions = { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname };

/** The project's own rules. */
export default defineConfig(
  globalIgnores(['dist/', 'shots/']),
  project,
  { files: ['**/*.ts'], languageOptions: { parserOptions } },
  {
    // Grafana marks what its own application alone should use, and offers no other way to draw as it draws.
    files: ['src/display/transformations.ts', 'browser/series.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
);
