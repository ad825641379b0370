import type { TrackerKind } from './contract.ts';
import { redmine } from './trackers/redmine.ts';
import { rt } from './trackers/rt.ts';
import { webhook } from './trackers/webhook.ts';

/** Every make of tracker on another system. */
export const trackerKinds: readonly TrackerKind[] = [redmine, rt, webhook];
