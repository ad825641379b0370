import { TrackerError } from '../contract.ts';
import type { Remark, TicketDraft, TicketView, TrackerKind } from '../contract.ts';
import {
  createdAnswer,
  entriesAnswer,
  fieldsAnswer,
  hidesChanges,
  issueAnswer,
  issuesAnswer,
  named,
  prioritiesAnswer,
  settings,
  Statuses,
  statusesAnswer,
  trackersAnswer,
  userAnswer,
  type Issue,
  type Settings,
} from './redmine-answers.ts';
import { createApi, type Api } from './shared/call.ts';
import { hasMarker, markerLine } from './shared/marker.ts';
import { fenced, plainTitle, textile } from './shared/markup.ts';
import { collect } from './shared/pages.ts';
import { there, touchedBy, trackerOf, type Steps } from './shared/steps.ts';
import { instantOf } from './shared/time.ts';

const pageSize = 100;
const mostTitleCharacters = 255;

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
