import type { MonitorKind } from '../contract.ts';
import { families } from './families.ts';
import { examine, observe } from './observe.ts';
import { problems } from './problems.ts';
import { queries } from './queries.ts';
import { settings } from './settings.ts';
import type { SideSettings } from './side-settings.ts';

/** What a run may take beyond `max_duration`, to end its statement and store what it has. */
const endingMs = 5_000;

/** A new title does not change what a side compares. */
function withoutTitle({ title: _, ...side }: SideSettings): Omit<SideSettings, 'title'> {
  return side;
}

/** Records that should be on both sides: which are missing, differ or are there twice, since when, worth how much. */
export const reconcile: MonitorKind<typeof settings> = {
  kind: 'reconcile',
  description:
    'Records that should be alike on two sides: how many are missing, differ or are there twice, since when, worth how much.',
  question: 'Which records are missing on one side of the link, or differ?',
  settings,
  families: Object.values(families),
  queries,
  problems,
  comparesDatabases: true,
  longRunMs: ({ max_duration }) => max_duration + endingMs,
  stateDependsOn: ({ left, right, key, compare }) => [withoutTitle(left), withoutTitle(right), key, compare],
  examine,
  observe,
};
