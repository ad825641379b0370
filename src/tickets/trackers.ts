import type { TrackerKind } from './contract.ts';
import { gitea } from './trackers/gitea.ts';
import { github } from './trackers/github.ts';
import { gitlab } from './trackers/gitlab.ts';
import { jira } from './trackers/jira.ts';
import { zammad } from './trackers/zammad.ts';

/** Every make of tracker on another system. */
export const trackerKinds: readonly TrackerKind[] = [gitea, github, gitlab, jira, zammad];
