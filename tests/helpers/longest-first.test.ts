import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { longFiles, longestFirst } from './longest-first.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it('knows long files that exist', () => {
  expect(Object.keys(longFiles).filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

it('starts the longest first, and the others as they came', () => {
  const long = Object.entries(longFiles)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name]) => name);
  const names = ['tests/time.test.ts', ...long.toReversed(), 'tests/log.test.ts'];
  const sorted = longestFirst(
    names.map((name) => ({ moduleId: join(root, name) })),
    root,
  );
  expect(sorted).toEqual(
    [...long, 'tests/time.test.ts', 'tests/log.test.ts'].map((name) => ({ moduleId: join(root, name) })),
  );
});
