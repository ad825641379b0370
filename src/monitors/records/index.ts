import type { MonitorKind } from '../contract.ts';
import { families } from './families.ts';
import { finishedFamilies } from './finished.ts';
import { observe } from './observe.ts';
import { columns, queries } from './queries.ts';
import { doubts, problems, settings } from './settings.ts';

/** Business documents that have failed or wait: how many, how old, how late, worth how much. */
export const records: MonitorKind<typeof settings> = {
  kind: 'records',
  description: 'Business documents that have failed or wait: how many, since when, how late, worth how much.',
  question: 'Which records failed, which wait too long?',
  settings,
  columns,
  families: [...Object.values(families), ...Object.values(finishedFamilies)],
  queries,
  problems,
  doubts,
  sends: ({ sends }) => sends ?? '',
  // What was seen in these queries, and since when, stays true with other limits.
  stateDependsOn: ({ failed, waiting }) => [failed, waiting],
  observe,
};
