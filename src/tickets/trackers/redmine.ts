import { z } from 'zod';
import { TrackerError } from '../contract.ts';
import type { Remark, TicketDraft, TicketView, TrackerKind } from '../contract.ts';
import { createApi, type Api } from './shared/call.ts';
import { hasMarker, markerLine } from './shared/marker.ts';
import { fenced, plainTitle, textile } from './shared/markup.ts';
import { collect } from './shared/pages.ts';
import { there, touchedBy, trackerOf, type Steps } from './shared/steps.ts';
import { instantOf } from './shared/time.ts';

const nameOrId = z.union([z.string().min(1), z.int().positive()]);
type NameOrId = z.output<typeof nameOrId>;

const settings = z.strictObject({
  api_key_file: z
    .string()
    .min(1)
    .describe('File with the API key of the account that writes the tickets.')
    .meta({ examples: ['/run/secrets/redmine'] }),
  project: z
    .string()
    .min(1)
    .describe('Identifier of the project.')
    .meta({ examples: ['erp-links'] }),
  tracker: nameOrId
    .optional()
    .describe("Name or number of the project's tracker. Absent: its first.")
    .meta({ examples: ['Bug'] }),
  critical_priority: nameOrId
    .optional()
    .describe('Name or number of the priority of critical tickets. Absent: the next above the default one.')
    .meta({ examples: ['Urgent'] }),
  open_status: nameOrId
    .optional()
    .describe('Name or number of the status of a ticket that is opened again. Absent: the first open one.')
    .meta({ examples: ['New'] }),
  closed_status: nameOrId
    .optional()
    .describe(
      'Name or number of the status of a ticket that is done. Absent: the first closed one that is not among `rejected_statuses`.',
    )
    .meta({ examples: ['Closed'] }),
  rejected_statuses: z
    .array(nameOrId)
    .default(['Rejected', 'Afgewezen', 'Abgewiesen', 'Rejeté'])
    .describe(
      'Names or numbers of the statuses that say that nothing will be done. Those that are not there do no harm.',
    )
    .meta({ examples: [['Rejected']] }),
  marker_field: z
    .int()
    .positive()
    .optional()
    .describe(
      'Number of a custom field (text, usable as a filter) for the marker by which the exporter finds its tickets. Absent: it is the last line of the description.',
    )
    .meta({ examples: [7] }),
  text_formatting: z
    .enum(['textile', 'markdown'])
    .default('textile')
    .describe('How this Redmine formats texts; `markdown` stands for CommonMark too.')
    .meta({ examples: ['markdown'] }),
});
type Settings = z.output<typeof settings>;

const reference = z.object({ id: z.number(), name: z.string() });
const statusSchema = reference.extend({ is_closed: z.boolean().default(false) });
type Status = z.output<typeof statusSchema>;
const statusesAnswer = z.object({ issue_statuses: z.array(statusSchema) });
const trackersAnswer = z.object({ project: z.object({ trackers: z.array(reference).default([]) }) });
const fieldsAnswer = z.object({
  project: z.object({ issue_custom_fields: z.array(z.object({ id: z.number() })).optional() }),
});
const prioritiesAnswer = z.object({
  issue_priorities: z.array(
    reference.extend({ is_default: z.boolean().default(false), active: z.boolean().default(true) }),
  ),
});
const userAnswer = z.object({ user: z.object({ id: z.number() }) });
const createdAnswer = z.object({ issue: z.object({ id: z.number() }) });
const entriesAnswer = z.object({ time_entries: z.array(z.object({ created_on: z.string() })) });

const change = z.object({
  name: z.string(),
  old_value: z.string().nullish(),
  new_value: z.string().nullish(),
});
const journal = z.object({
  user: z.object({ id: z.number() }).optional(),
  notes: z.string().nullish(),
  created_on: z.string(),
  details: z.array(change).default([]),
});
const issueSchema = z.object({
  id: z.number(),
  description: z.string().nullish(),
  status: z.object({ id: z.number() }),
  created_on: z.string(),
  updated_on: z.string().nullish(),
  closed_on: z.string().nullish(),
  spent_hours: z.number().nullish(),
  custom_fields: z.array(z.object({ id: z.number(), value: z.unknown() })).optional(),
  journals: z.array(journal).default([]),
  allowed_statuses: z.array(z.object({ id: z.number() })).optional(),
});
type Issue = z.output<typeof issueSchema>;
const issueAnswer = z.object({ issue: issueSchema });
const issuesAnswer = z.object({ issues: z.array(issueSchema) });

const pageSize = 100;
const mostTitleCharacters = 255;
/** Redmine writes the times of a change and of its ticket one after the other, in whole seconds. */
const slackMs = 2000;

function isNamed({ id, name }: z.output<typeof reference>, wanted: NameOrId): boolean {
  return id === wanted || name === wanted;
}

/** @throws TrackerError `login`: somebody can mend the configuration. */
function named<Thing extends z.output<typeof reference>>(
  all: readonly Thing[],
  wanted: NameOrId,
  what: string,
): Thing {
  const found = all.find((one) => isNamed(one, wanted));
  if (found === undefined) throw new TrackerError('login', `Redmine has no ${what} ${wanted}`);
  return found;
}

/** The statuses of a Redmine, in its order, and what they mean to the bridge. */
class Statuses {
  readonly #all: readonly Status[];
  readonly #settings: Settings;

  constructor(all: readonly Status[], given: Settings) {
    this.#all = all;
    this.#settings = given;
  }

  #isRejected(one: Status): boolean {
    return this.#settings.rejected_statuses.some((wanted) => isNamed(one, wanted));
  }

  stateOf(id: number): TicketView['state'] {
    const found = this.#all.find((one) => one.id === id);
    if (found === undefined) return 'open';
    if (this.#isRejected(found)) return 'rejected';
    return found.is_closed ? 'closed' : 'open';
  }

  /** @throws TrackerError `login` when there is none. */
  idOf(state: 'open' | 'closed'): number {
    const { open_status, closed_status } = this.#settings;
    const wanted = state === 'open' ? open_status : closed_status;
    if (wanted !== undefined) return named(this.#all, wanted, 'status').id;
    const found = this.#all.find((one) => one.is_closed === (state === 'closed') && !this.#isRejected(one));
    if (found === undefined) throw new TrackerError('login', `Redmine has no ${state} status`);
    return found.id;
  }

  isReopening({ name, old_value, new_value }: z.output<typeof change>): boolean {
    const isOpen = (id: string | null | undefined) => this.stateOf(Number(id)) === 'open';
    return name === 'status_id' && !isOpen(old_value) && isOpen(new_value);
  }
}

/** Whether the ticket changed after all that the login may see of its history, such as by a private note. */
function hidesChanges({ created_on, updated_on, journals }: Issue): boolean {
  const seen = [created_on, ...journals.map((one) => one.created_on)].map((at) => instantOf(at) ?? 0);
  return (instantOf(updated_on) ?? 0) > Math.max(...seen) + slackMs;
}

class Redmine implements Steps {
  readonly #api: Api;
  readonly #settings: Settings;
  readonly #url: string;

  constructor(api: Api, given: Settings, url: URL) {
    this.#api = api;
    this.#settings = given;
    this.#url = url.href.replace(/\/$/, '');
  }

  async #statuses(signal: AbortSignal): Promise<Statuses> {
    const call = { method: 'GET', path: ['issue_statuses.json'], signal } as const;
    return new Statuses((await this.#api.ask(call, statusesAnswer)).issue_statuses, this.#settings);
  }

  async #self(signal: AbortSignal): Promise<number> {
    const call = { method: 'GET', path: ['users', 'current.json'], signal } as const;
    return (await this.#api.ask(call, userAnswer)).user.id;
  }

  async #issue(id: string, signal: AbortSignal): Promise<Issue | undefined> {
    const query = { include: 'journals,allowed_statuses' };
    const call = { method: 'GET', path: ['issues', `${id}.json`], query, signal } as const;
    return (await this.#api.askIfThere(call, issueAnswer))?.issue;
  }

  /** Whether time was logged on the ticket after an instant: that is no change of the ticket, but somebody works on it. */
  async #hasWork(
    { id, spent_hours }: Issue,
    after: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    if ((spent_hours ?? 0) === 0 || after === undefined) return (spent_hours ?? 0) > 0;
    const query = { issue_id: id, limit: pageSize };
    const call = { method: 'GET', path: ['time_entries.json'], query, signal } as const;
    const { time_entries: entries } = await this.#api.ask(call, entriesAnswer);
    return entries.some(({ created_on }) => (instantOf(created_on) ?? 0) > (instantOf(after) ?? 0));
  }

  async #touched(found: Issue, statuses: Statuses, signal: AbortSignal): Promise<TicketView['touched']> {
    const self = await this.#self(signal);
    const events = found.journals.map(({ user, details, created_on }) => ({
      isOurs: user?.id === self,
      isReopening: details.some((one) => statuses.isReopening(one)),
      created_on,
    }));
    const reopening = events.findLast(({ isOurs, isReopening }) => isOurs && isReopening);
    if (await this.#hasWork(found, reopening?.created_on, signal)) return 'yes';
    return touchedBy(events, !hidesChanges(found));
  }

  async read(id: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const found = await this.#issue(id, signal);
    if (found === undefined) return undefined;
    const statuses = await this.#statuses(signal);
    const state = statuses.stateOf(found.status.id);
    return {
      id: String(found.id),
      url: `${this.#url}/issues/${found.id}`,
      state,
      touched: await this.#touched(found, statuses, signal),
      closedAt: state === 'open' ? undefined : instantOf(found.closed_on),
    };
  }

  #bears({ description, custom_fields }: Issue, marker: string): boolean {
    const { marker_field: field } = this.#settings;
    if (field === undefined) return hasMarker(description, marker);
    return custom_fields?.some(({ id, value }) => id === field && value === marker) === true;
  }

  async find(marker: string, signal: AbortSignal): Promise<TicketView | undefined> {
    const { project, marker_field: field } = this.#settings;
    // Of a public project anybody may list tickets: without a login there would seem to be none of ours.
    await this.#self(signal);
    const filter = field === undefined ? 'description' : `cf_${field}`;
    // These are conditions of SQL, not a search in an index: what was created a moment ago is found.
    const pairs = [
      ['project_id', project],
      ['sort', 'id'],
      ['limit', String(pageSize)],
      ...['status_id', 'author_id', filter].map((name) => ['f[]', name]),
      ['op[status_id]', '*'],
      ['op[author_id]', '='],
      ['v[author_id][]', 'me'],
      [`op[${filter}]`, field === undefined ? '~' : '='],
      [`v[${filter}][]`, marker],
    ];
    const page = async (number: number): Promise<readonly Issue[]> => {
      const query = new URLSearchParams([...pairs, ['offset', String((number - 1) * pageSize)]]);
      const call = { method: 'GET', path: ['issues.json'], query, signal } as const;
      return (await this.#api.ask(call, issuesAnswer)).issues;
    };
    const { items } = await collect(page, pageSize, ({ id }) => id);
    const found = items.find((one) => this.#bears(one, marker));
    return found && this.read(String(found.id), signal);
  }

  #text(text: string, marker: string): string {
    const write = this.#settings.text_formatting === 'textile' ? textile : fenced;
    return write(text, markerLine(marker));
  }

  async #trackerId(signal: AbortSignal): Promise<number | undefined> {
    const { tracker, project } = this.#settings;
    if (tracker === undefined || typeof tracker === 'number') return tracker;
    const call = {
      method: 'GET',
      path: ['projects', `${project}.json`],
      query: { include: 'trackers' },
    } as const;
    const { trackers } = (await this.#api.ask({ ...call, signal }, trackersAnswer)).project;
    return named(trackers, tracker, 'tracker').id;
  }

  async #criticalId(signal: AbortSignal): Promise<number | undefined> {
    const wanted = this.#settings.critical_priority;
    const call = { method: 'GET', path: ['enumerations', 'issue_priorities.json'], signal } as const;
    const all = (await this.#api.ask(call, prioritiesAnswer)).issue_priorities;
    if (wanted !== undefined) return named(all, wanted, 'priority').id;
    const active = all.filter((one) => one.active);
    return active[active.findIndex((one) => one.is_default) + 1]?.id;
  }

  /**
   * A field that the login does not see would let each try create another ticket.
   * @throws TrackerError `login` when there is no such field
   */
  async #checkField(signal: AbortSignal): Promise<void> {
    const { project, marker_field: field } = this.#settings;
    if (field === undefined) return;
    const query = { include: 'issue_custom_fields' };
    const call = { method: 'GET', path: ['projects', `${project}.json`], query, signal } as const;
    const { issue_custom_fields: fields } = (await this.#api.ask(call, fieldsAnswer)).project;
    if (fields?.some(({ id }) => id === field) !== true)
      throw new TrackerError('login', `the project has no custom field ${field} that this account sees`);
  }

  async add({ title, text, marker, isCritical }: TicketDraft, signal: AbortSignal): Promise<string> {
    const { project, marker_field: field } = this.#settings;
    await this.#checkField(signal);
    const body = {
      issue: {
        project_id: project,
        tracker_id: await this.#trackerId(signal),
        subject: plainTitle(title, mostTitleCharacters),
        description: this.#text(text, marker),
        priority_id: isCritical ? await this.#criticalId(signal) : undefined,
        custom_fields: field === undefined ? undefined : [{ id: field, value: marker }],
      },
    };
    const call = { method: 'POST', path: ['issues.json'], body, signal } as const;
    return String((await this.#api.ask(call, createdAnswer)).issue.id);
  }

  async hasRemark(id: string, marker: string, signal: AbortSignal): Promise<boolean> {
    return there(await this.#issue(id, signal), id).journals.some(({ notes }) => hasMarker(notes, marker));
  }

  async #change(id: string, issue: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<void> {
    await this.#api.tell({ method: 'PUT', path: ['issues', `${id}.json`], body: { issue }, signal });
  }

  /** The status to set; undefined: it has such a one. @throws TrackerError `login` when the workflow does not allow it. */
  async #statusFor(
    found: Issue,
    state: 'open' | 'closed' | undefined,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    if (state === undefined) return undefined;
    const statuses = await this.#statuses(signal);
    const isOpen = statuses.stateOf(found.status.id) === 'open';
    if (isOpen === (state === 'open')) return undefined;
    const wanted = statuses.idOf(state);
    if (found.allowed_statuses?.every(({ id }) => id !== wanted) === true)
      throw new TrackerError('login', `the workflow does not let this account set the status ${wanted}`);
    return wanted;
  }

  async write(
    id: string,
    remark: Remark,
    state: 'open' | 'closed' | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const found = there(await this.#issue(id, signal), id);
    const status = await this.#statusFor(found, state, signal);
    const notes = this.#text(remark.text, remark.marker);
    // A status that the workflow does not allow is left out without a word; Redmine before 5.0 does not tell beforehand.
    if (status !== undefined && found.allowed_statuses === undefined) {
      await this.#change(id, { status_id: status }, signal);
      if (there(await this.#issue(id, signal), id).status.id !== status)
        throw new TrackerError('login', `the workflow does not let this account set the status ${status}`);
    }
    await this.#change(id, { notes, status_id: status }, signal);
  }
}

export const redmine: TrackerKind<Settings> = {
  type: 'redmine',
  title: 'Redmine',
  provenance: 'tried on Redmine 5.0',
  settings,
  open: (given, url, { send, secret }) => {
    const headers = async () => ({ 'X-Redmine-API-Key': await secret(given.api_key_file) });
    return trackerOf(new Redmine(createApi({ send }, url, headers), given, url));
  },
};
