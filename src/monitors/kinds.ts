import type { MonitorKind } from './monitor.ts';
import { jobs } from './jobs.ts';
import { query } from './query.ts';
import { reconcile } from './reconcile.ts';
import { records } from './records.ts';
import { sync } from './sync.ts';

/** The list of kinds: what `kind:` may say in the configuration. A new kind is its file and one line here. */
export const kinds: readonly MonitorKind[] = [records, sync, jobs, reconcile, query];
