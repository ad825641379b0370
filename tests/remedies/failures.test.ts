import { expect, it } from 'vitest';
import { FailedRecords, failuresOf } from '../../src/remedies/failures.ts';
import { start, taskOf } from './scene.ts';

it('finds the failed records of a reading once, and those of a later one anew', () => {
  const failed = new FailedRecords();
  const task = taskOf(
    [
      { record: 'A/1', since: start },
      { record: 'A/2', since: start },
    ],
    start,
  );
  const { reading, monitor } = task;
  if (reading === null) throw new Error('no reading');
  const first = failed.of(reading, monitor.name);
  expect(first.map(({ record }) => record)).toEqual(['A/1', 'A/2']);
  expect(failed.of(reading, monitor.name)).toBe(first);
  // What is known of one reading says nothing of the next.
  const next = taskOf([{ record: 'A/2', since: start }], start);
  const open = failuresOf([next], start, failed).open.values();
  expect([...open].map(({ record }) => record)).toEqual(['A/2']);
});
