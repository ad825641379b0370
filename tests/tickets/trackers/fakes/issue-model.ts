import type { Colleague } from '../contract-suite.ts';
import { Refusal } from './server.ts';

export type EntryKind = 'comment' | 'close' | 'reopen' | 'label' | 'assign' | 'rename' | 'subscribe';

/** What happened to an issue. */
export interface Entry {
  readonly id: number;
  readonly kind: EntryKind;
  readonly by: string;
  readonly at: Date;
  readonly text: string;
}

export interface Issue {
  readonly number: number;
  readonly by: string;
  readonly body: string;
  readonly isPull: boolean;
  readonly entries: Entry[];
  readonly labels: Set<string>;
  title: string;
  state: 'open' | 'closed';
  reason: string | null;
  closedAt: Date | undefined;
}

export interface NewIssue {
  readonly title: string;
  readonly body?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  readonly isPull?: boolean;
}

export const bridge = 'bridge';
export const someone = 'someone';

/** Issues of one repository, as the products behind GitHub-like APIs keep them. */
export class IssueModel {
  readonly #issues = new Map<number, Issue>();
  #last = 0;

  get(number: string): Issue {
    const issue = this.#issues.get(Number(number));
    if (issue === undefined) throw new Refusal(404, 'Not Found');
    return issue;
  }

  /** Newest first. */
  all(): readonly Issue[] {
    return [...this.#issues.values()].reverse();
  }

  #note(issue: Issue, kind: EntryKind, by: string, text = ''): Entry {
    this.#last += 1;
    const entry = { id: this.#last, kind, by, at: new Date(), text };
    issue.entries.push(entry);
    return entry;
  }

  create(by: string, { title, body = '', labels = [], isPull = false }: NewIssue): Issue {
    this.#last += 1;
    const state = { state: 'open', reason: null, closedAt: undefined } as const;
    const issue: Issue = {
      number: this.#last,
      by,
      title,
      body,
      isPull,
      entries: [],
      labels: new Set(),
      ...state,
    };
    this.#issues.set(issue.number, issue);
    for (const label of labels) this.label(by, issue, label);
    return issue;
  }

  remove(number: string): void {
    this.#issues.delete(this.get(number).number);
  }

  comment(by: string, issue: Issue, text: string): Entry {
    return this.#note(issue, 'comment', by, text);
  }

  label(by: string, issue: Issue, label: string): void {
    issue.labels.add(label);
    this.#note(issue, 'label', by, label);
  }

  note(by: string, issue: Issue, kind: 'assign' | 'subscribe'): void {
    this.#note(issue, kind, by);
  }

  rename(by: string, issue: Issue, title: string): void {
    issue.title = title;
    this.#note(issue, 'rename', by, title);
  }

  setState(by: string, issue: Issue, state: Issue['state'], reason: string | null): void {
    if (issue.state === state) return;
    issue.state = state;
    issue.reason = reason;
    issue.closedAt = state === 'closed' ? new Date() : undefined;
    this.#note(issue, state === 'closed' ? 'close' : 'reopen', by);
  }
}

/** Somebody else in this repository. @param reject as the product knows it */
export function colleagueOf(model: IssueModel, reject: (issue: Issue) => void): Colleague {
  const act = (what: (issue: Issue) => unknown) => (id: string) => {
    what(model.get(id));
    return Promise.resolve();
  };
  return {
    comment: (id, text) => act((issue) => model.comment(someone, issue, text))(id),
    assign: act((issue) => model.note(someone, issue, 'assign')),
    retitle: (id, title) => act((issue) => model.rename(someone, issue, title))(id),
    prioritise: act((issue) => model.label(someone, issue, 'urgent')),
    close: act((issue) => model.setState(someone, issue, 'closed', 'completed')),
    reopen: act((issue) => model.setState(someone, issue, 'open', 'reopened')),
    reject: act(reject),
    remove: act((issue) => model.remove(String(issue.number))),
  };
}
