import type { MonitorKind } from '../contract.ts';
import { columnsOf, families } from './families.ts';
import { observe, queryOf } from './observe.ts';
import { doubts, problems, settings } from './settings.ts';

/** When the two sides last synchronised, and whether that is too long ago. */
export const sync: MonitorKind<typeof settings> = {
  kind: 'sync',
  description:
    'A synchronisation: when it last ran, how long ago that is in business hours, how often today.',
  question: 'When was the last synchronisation?',
  settings,
  columns: { query: columnsOf({ rejects: [] }) },
  families: Object.values(families),
  queries: (given) => [queryOf(given)],
  problems,
  doubts,
  // What was rejected before is no news because a limit was changed.
  stateDependsOn: ({ query }) => query,
  observe,
};
