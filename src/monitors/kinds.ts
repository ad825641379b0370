import type { MonitorKind } from './contract.ts';
import { jobs } from './jobs/jobs.ts';
import { query } from './query/query.ts';
import { reconcile } from './reconcile/reconcile.ts';
import { records } from './records/records.ts';
import { sync } from './sync/sync.ts';

/** The list of kinds: what `kind:` may say in the configuration. A new kind is its file and one line here. */
export const kinds: readonly MonitorKind[] = [records, sync, jobs, reconcile, query];
