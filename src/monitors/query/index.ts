import type { MonitorKind } from '../contract.ts';
import { families } from './families.ts';
import { columns, declaredFamilies, queryOf } from './metrics.ts';
import { observe } from './observe.ts';
import { problems, settings } from './settings.ts';

/** Any query as gauges or counters: rows become series, columns become values and labels. */
export const query: MonitorKind<typeof settings> = {
  kind: 'query',
  description:
    'Any query: its rows become series, its columns their values and labels, with thresholds where you want them.',
  question: 'Anything else that SQL can count',
  settings,
  columns: { query: columns },
  families: Object.values(families),
  declaredFamilies,
  queries: (given) => [queryOf(given)],
  problems,
  observe,
};
