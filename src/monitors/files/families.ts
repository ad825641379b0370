import type { Family } from '../contract.ts';
import { polledGauge } from '../shared/samples.ts';

/** What a monitor of kind `files` exports besides what all open records do. */
export const families = {
  empty: polledGauge(
    'erp_empty_files',
    'Waiting files without contents that were not modified for a minute.',
    'files',
  ),
  growing: polledGauge(
    'erp_growing_files',
    'Waiting files that were modified within the last minute: they may still be written.',
    'files',
  ),
} as const satisfies Record<string, Family>;
