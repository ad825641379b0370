import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

it('docs/sql-server.md lists as unproven what a test on the real server is there for, item by item', () => {
  const [, list = ''] = read('docs/sql-server.md').split('server.real.test.ts`:');
  const items = [...list.matchAll(/^- \*\*([^*]+)\*\*: /gm)].map(([, item]) => item);
  const tests = [...read('tests/databases/mssql/server.real.test.ts').matchAll(/^ {2}it\('([^']+?): /gm)];
  expect(tests.map(([, item]) => item)).toEqual(items);
  expect(items.length).toBeGreaterThan(5);
});
