import { expect, it } from 'vitest';
import { readFixtures } from '../../src/results/fixtures.ts';
import { metricsFingerprint } from '../../src/results/day.ts';

it('has a recording of the metrics that are there now; else run npm run record', async () => {
  expect(readFixtures().metrics).toBe(await metricsFingerprint());
});
