import { expect, it } from 'vitest';
import { filesAlone } from './alone.ts';

it('leaves files alone that start programs or measure what they use, and no others', () => {
  const alone = filesAlone('.');
  for (const file of [
    'tests/databases/postgres/driver.test.ts',
    'tests/demo/demo.test.ts',
    'tests/demo/demo.test.ts',
    'tests/e2e/chain.test.ts',
    'tests/main.test.ts',
    'tests/monitors/records/records-odd.test.ts',
  ])
    expect(alone).toContain(file);
  for (const file of ['tests/decimal.test.ts', 'tests/poll/poller.test.ts'])
    expect(alone).not.toContain(file);
});
