import type { MonitorKind } from './contract.ts';
import { files } from './files/index.ts';
import { jobs } from './jobs/index.ts';
import { query } from './query/index.ts';
import { reconcile } from './reconcile/index.ts';
import { records } from './records/index.ts';
import { sync } from './sync/index.ts';

/** The list of kinds: what `kind:` may say in the configuration. A new kind is its folder and one line here. */
export const kinds: readonly MonitorKind[] = [records, files, sync, jobs, reconcile, query];
