import type { MonitorKind } from '../contract.ts';
import { columns, families } from './families.ts';
import { examine, observe, queryOf } from './observe.ts';
import { doubts, problems, settings } from './settings.ts';

/** Batch jobs ("datamoves"): their states, last runs, last successes, those that are missing or stuck. */
export const jobs: MonitorKind<typeof settings> = {
  kind: 'jobs',
  description:
    'Batch jobs: the state of each, when it last ran and last succeeded, whether it is missing or stuck.',
  question: 'Did the nightly jobs run, how long did they take, is one stuck or disabled?',
  settings,
  columns: { query: columns },
  families: Object.values(families),
  queries: (given) => [queryOf(given)],
  stateDependsOn: ({ query, statuses }) => [query, statuses],
  problems,
  doubts,
  examine,
  observe,
};
