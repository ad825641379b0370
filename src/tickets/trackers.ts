import type { TrackerKind } from './contract.ts';
import { gitea } from './trackers/gitea.ts';
import { github } from './trackers/github.ts';
import { gitlab } from './trackers/gitlab.ts';
import { jira } from './trackers/jira.ts';
import { redmine } from './trackers/redmine.ts';
import { rt } from './trackers/rt.ts';
import { webhook } from './trackers/webhook.ts';
import { zammad } from './trackers/zammad.ts';

/** Every make of tracker on another system. */
export const trackerKinds: readonly TrackerKind[] = [
  gitea,
  github,
  gitlab,
  jira,
  redmine,
  rt,
  webhook,
  zammad,
];
