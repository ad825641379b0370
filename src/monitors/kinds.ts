import type { MonitorKind } from './contract.ts';
import { jobs } from './jobs/observe.ts';
import { query } from './query/observe.ts';
import { reconcile } from './reconcile/observe.ts';
import { records } from './records/observe.ts';
import { sync } from './sync/observe.ts';

/** The list of kinds: what `kind:` may say in the configuration. A new kind is its file and one line here. */
export const kinds: readonly MonitorKind[] = [records, sync, jobs, reconcile, query];
