import type { Family, MonitorKind } from '../contract.ts';
import { families as recordFamilies } from '../records/families.ts';
import { finishedFamilies } from '../records/finished.ts';
import { families } from './families.ts';
import { observe } from './observe.ts';
import { companyPlaceholder, doubts, problems, settings } from './settings.ts';

const shared: readonly Family[] = Object.values(recordFamilies).filter(({ labels, name }) => {
  // Files have no amounts.
  return !labels.includes('currency') || name.endsWith('_record_timestamp_seconds');
});

/** Files in folders that have failed or wait: how many, since when, how late, and why. */
export const files: MonitorKind<typeof settings> = {
  kind: 'files',
  description: 'Files in folders that have failed or wait: how many, since when, how late, and why.',
  question: 'Which files are left lying, which failed and why, when was one last taken?',
  settings,
  families: [...shared, ...Object.values(finishedFamilies), ...Object.values(families)],
  queries: () => [],
  readsCompany: ({ folder }) => folder.includes(companyPlaceholder),
  problems,
  doubts,
  stateDependsOn: ({ folder, failed, waiting, record }) => [
    folder,
    failed?.files,
    waiting?.files,
    record?.pattern(),
  ],
  observe,
};
