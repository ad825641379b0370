import { z } from 'zod';
import { TrackerError, type TicketState, type TicketView, type TrackerKind } from '../contract.ts';
import { adf, textOfAdf } from './shared/adf.ts';
import { createApi } from './shared/call.ts';
import { JiraApi, type JiraIssue, type JiraTransition } from './shared/jira-api.ts';
import { hasMarker, markerLine } from './shared/marker.ts';
import { plainTitle, shorten, wiki } from './shared/markup.ts';
import { there, touchedBy, trackerOf, type Steps } from './shared/steps.ts';
import { instantOf } from './shared/time.ts';

const name = z.string().min(1);

const settings = z.strictObject({
  deployment: z
    .enum(['cloud', 'data_center'])
    .describe('Which Jira it is: `cloud` (API v3), or `data_center` (API v2), also Server.'),
  email: name
    .optional()
    .describe('Mail address of the account whose token it is. Needed for `cloud`, unused otherwise.')
    .meta({ examples: ['erp@acme.example'] }),
  token_file: z
    .string()
    .describe('File with the API token (`cloud`) or personal access token (`data_center`) of the account.')
    .meta({ examples: ['/run/secrets/jira'] }),
  project: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*$/, { error: 'must be the key of a project, such as ERP' })
    .describe('Key of the project.')
    .meta({ examples: ['ERP'] }),
  issue_type: name.default('Task').describe('Name of the type of new tickets.'),
  labels: z
    .array(z.string().regex(/^\S+$/, { error: 'must have no spaces' }))
    .default([])
    .describe('Labels of every new ticket.')
    .meta({ examples: [['erp']] }),
  critical_priority: name
    .optional()
    .describe('Name of the priority of critical tickets. Absent: as of all others.')
    .meta({ examples: ['Highest'] }),
  close_transition: name
    .optional()
    .describe('Name of the transition that closes a ticket. Absent: the first to a status that means done.'),
  close_resolution: name
    .optional()
    .describe('Name of the resolution of a ticket that is closed, where its transition asks for one.')
    .meta({ examples: ['Done'] }),
  reopen_transition: name
    .optional()
    .describe(
      'Name of the transition that opens a ticket again. Absent: the first to a status that does not mean done.',
    ),
  rejected: z
    .array(name)
    .default(["Won't Do", "Won't Fix", 'Declined'])
    .describe('Names of the resolutions and statuses that say that nothing will be done.'),
});
type Settings = z.output<typeof settings>;

/** Jira takes 32,767 characters in a text. */
const mostCharacters = 30_000;
/** Of the newest issues in the index, and of keys after it, that are looked at one by one. */
const behind = 25;
const ahead = 25;
/** In the data centre each is a call, and the index of a node knows at once what was created there. */
const aheadOneByOne = 5;

const isDone = ({ fields }: JiraIssue): boolean => fields.status?.statusCategory.key === 'done';

class Jira implements Steps {
  readonly #jira: JiraApi;
  readonly #settings: Settings;
  readonly #url: URL;

  constructor(jira: JiraApi, given: Settings, url: URL) {
    this.#jira = jira;
    this.#settings = given;
    this.#url = url;
  }

  #stateOf(issue: JiraIssue): TicketState {
    if (!isDone(issue)) return 'open';
    const { status, resolution } = issue.fields;
    const isRejected = [status?.name, resolution?.name].some((one) => {
      return one !== undefined && this.#settings.rejected.includes(one);
    });
    return isRejected ? 'rejected' : 'closed';
  }

  async #view(issue: JiraIssue, self: string | undefined, signal: AbortSignal): Promise<TicketView> {
    const { all, done } = await this.#jira.statuses(signal);
    const { items, isWhole } = await this.#jira.history(issue.id, signal);
    const wasDone = (id: string | null | undefined): boolean => done.has(id ?? '');
    const events = items
      // The order in which a board shows its issues.
      .filter((event) => event.body !== undefined || event.items.some(({ field }) => field !== 'Rank'))
      .map((event) => ({
        isOurs: self !== undefined && event.by === self,
        isReopening: event.items.some(
          ({ field, from, to }) => field === 'status' && wasDone(from) && all.has(to ?? '') && !wasDone(to),
        ),
      }));
    const state = this.#stateOf(issue);
    return {
      id: issue.id,
      url: `${this.#url.href.replace(/\/$/, '')}/browse/${encodeURIComponent(issue.key)}`,
      state,
      touched: touchedBy(events, isWhole),
      closedAt: state === 'open' ? undefined : instantOf(issue.fields.resolutiondate),
    };
  }

  /**
   * The newest issues by their keys, which are counted up: read one by one they are as they are now, while the index that JQL asks
   * may not know yet what was created a moment ago.
   */
  async #newest(signal: AbortSignal): Promise<readonly JiraIssue[]> {
    const { project, deployment } = this.#settings;
    const indexed = await this.#jira.search(`project = "${project}" ORDER BY key DESC`, behind, signal);
    const numberOf = ({ key }: JiraIssue): number => Number(key.slice(key.lastIndexOf('-') + 1));
    const known = new Set(indexed.map(numberOf));
    const last = Math.max(0, ...known);
    const isCloud = deployment === 'cloud';
    const first = isCloud ? Math.max(1, last - behind + 1) : last + 1;
    const count = last + (isCloud ? ahead : aheadOneByOne) - first + 1;
    const numbers = Array.from({ length: count }, (_, index) => first + index);
    const keys = numbers.filter((number) => !known.has(number)).map((number) => `${project}-${number}`);
    return [...indexed, ...(await this.#jira.issues(keys, signal))];
  }

  async find(marker: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const { project } = this.#settings;
    // JQL takes a project that is not there for a bad question.
    await this.#jira.issueTypes(project, signal);
    const self = await this.#jira.self(signal);
    const isIt = (issue: JiraIssue): boolean =>
      this.#jira.isOf(issue, self) && issue.fields.labels?.includes(marker) === true;
    const jql = `project = "${project}" AND labels = "${marker}" ORDER BY key ASC`;
    const indexed = (await this.#jira.search(jql, behind, signal)).find(isIt);
    const found = indexed ?? (await this.#newest(signal)).find(isIt);
    // As it is now: what the index tells may be old.
    const issue = found && (await this.#jira.issue(found.id, signal));
    return issue && this.#view(issue, self, signal);
  }

  async #issue(id: string, signal: AbortSignal): Promise<JiraIssue | undefined> {
    const found = await this.#jira.issue(id, signal);
    // A project that is not there, or that the account may not see, is answered in the same way.
    if (found === undefined) await this.#jira.issueTypes(this.#settings.project, signal);
    return found;
  }

  async read(id: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const found = await this.#issue(id, signal);
    return found && this.#view(found, await this.#jira.self(signal), signal);
  }

  #text(text: string, marker: string): unknown {
    const write = this.#settings.deployment === 'cloud' ? adf : wiki;
    return write(shorten(text, mostCharacters), markerLine(marker));
  }

  async add(draft: Parameters<Steps['add']>[0], signal: AbortSignal): Promise<string> {
    const { project, issue_type, labels, critical_priority } = this.#settings;
    if (!(await this.#jira.issueTypes(project, signal)).includes(issue_type))
      throw new TrackerError('login', `project ${project} has no issues of type ${issue_type}`);
    const priority =
      draft.isCritical && critical_priority !== undefined ? { name: critical_priority } : undefined;
    const fields = {
      project: { key: project },
      issuetype: { name: issue_type },
      summary: plainTitle(draft.title, 200),
      description: this.#text(draft.text, draft.marker),
      labels: [draft.marker, ...labels],
      priority,
    };
    return this.#jira.create(fields, signal);
  }

  async hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean> {
    there(await this.#issue(id, signal), id);
    const self = await this.#jira.self(signal);
    const { items } = await this.#jira.comments(id, signal);
    return items.some(({ by, body }) => {
      const text = typeof body === 'string' ? body : textOfAdf(body);
      return self !== undefined && by === self && hasMarker(text, marker);
    });
  }

  #choose(all: readonly JiraTransition[], isClosing: boolean): JiraTransition {
    const { close_transition, reopen_transition, rejected } = this.#settings;
    const wanted = isClosing ? close_transition : reopen_transition;
    const found = all.find((one) => {
      if (wanted !== undefined) return one.name === wanted;
      return (one.to.statusCategory.key === 'done') === isClosing && !rejected.includes(one.to.name);
    });
    if (found !== undefined) return found;
    const what =
      wanted ?? (isClosing ? 'to a status that means done' : 'to a status that does not mean done');
    throw new TrackerError('login', `the workflow lets this account make no transition ${what}`);
  }

  async write(...[id, remark, state, signal]: Parameters<Steps['write']>): Promise<void> {
    const isClosing = state === 'closed';
    if (state !== undefined && isDone(there(await this.#issue(id, signal), id)) !== isClosing) {
      const chosen = this.#choose(await this.#jira.transitions(id, signal), isClosing);
      const { close_resolution } = this.#settings;
      const hasResolution =
        isClosing && close_resolution !== undefined && chosen.fields?.['resolution'] !== undefined;
      const fields = hasResolution ? { resolution: { name: close_resolution } } : undefined;
      await this.#jira.transit(id, { transition: { id: chosen.id }, fields }, signal);
    }
    await this.#jira.comment(id, this.#text(remark.text, remark.marker), signal);
  }
}

/** Jira: https://developer.atlassian.com/cloud/jira/platform/rest/v3/ and https://docs.atlassian.com/software/jira/docs/api/REST/9.17.0/. */
export const jira: TrackerKind<Settings> = {
  type: 'jira',
  title: 'Jira',
  provenance:
    'written after the published documentation of its REST API, v3 (Cloud) and v2 (Data Center), not tried on the product',
  settings,
  open: (given, url, tools) => {
    async function headers(): Promise<Readonly<Record<string, string>>> {
      const token = await tools.secret(given.token_file);
      if (given.deployment === 'data_center') return { Authorization: `Bearer ${token}` };
      if (given.email === undefined)
        throw new TrackerError('login', '`email` is missing, which the cloud needs');
      return { Authorization: `Basic ${Buffer.from(`${given.email}:${token}`).toString('base64')}` };
    }
    return trackerOf(new Jira(new JiraApi(createApi(tools, url, headers), given.deployment), given, url));
  },
};
