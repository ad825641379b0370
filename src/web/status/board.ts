import { randomUUID } from 'node:crypto';
import type { StatusPage } from '../../config/config.ts';
import type { MonitorStateName } from '../../judgement.ts';
import type { Texts } from '../../known-errors/catalogue.ts';
import type { Snapshot } from '../../poll/snapshot.ts';
import type { Instant } from '../../time.ts';
import { statusOf } from '../view/status.ts';
import type { StatusCompanyView, StatusFlowView } from '../view/status.ts';

/** A change of state that was seen. */
export interface StatusChange {
  /** Of no meaning, and of this change alone. */
  readonly id: string;
  readonly at: Instant;
  readonly company: Texts;
  readonly flow: Texts;
  readonly state: MonitorStateName;
  readonly message: Texts | null;
}

/** A flow as everybody sees it. */
export interface ShownFlow extends Pick<StatusFlowView, 'name' | 'state' | 'message'> {
  /** Since when it stands so; `null` when it has since the process began. */
  readonly since: Instant | null;
}

/** All that the public view shows. */
export interface Status {
  readonly title: Texts;
  readonly url: string;
  readonly at: Instant;
  readonly companies: readonly { readonly name: Texts; readonly flows: readonly ShownFlow[] }[];
  /** The newest first. */
  readonly changes: readonly StatusChange[];
}

export interface StatusOptions {
  readonly snapshot: Snapshot;
  /** What is shown; undefined: there is no public view. */
  readonly page: () => StatusPage | undefined;
  readonly now: () => Instant;
}

interface Known {
  readonly state: MonitorStateName;
  readonly since: Instant | null;
}

/** Changes that are kept. */
const mostChanges = 100;
/** However many people look, how things stand is found out once in this time. */
const freshMs = 1000;

/** How the flows of the public view stand and stood, as far as somebody looked: kept in memory alone. */
export class StatusBoard {
  readonly #options: StatusOptions;
  #known = new Map<string, Known>();
  #changes: readonly { readonly key: string; readonly change: StatusChange }[] = [];
  #page: StatusPage | undefined;
  #latest: Status | undefined;

  constructor(options: StatusOptions) {
    this.#options = options;
  }

  /** How things stand now, with each change that was seen; undefined when there is no public view. */
  look(): Status | undefined {
    const { snapshot, page: pageOf, now: clock } = this.#options;
    const page = pageOf();
    const now = clock();
    if (page === undefined) {
      this.#forget();
      return undefined;
    }
    const isSame = page === this.#page && this.#latest !== undefined;
    if (isSame && Math.abs(now - (this.#latest?.at ?? 0)) < freshMs) return this.#latest;
    const companies = statusOf(snapshot, page, now);
    this.#note(companies, now);
    this.#page = page;
    this.#latest = {
      title: page.title,
      url: page.url,
      at: now,
      companies: companies.map(({ name, flows }) => ({
        name,
        flows: flows.map((flow) => this.#shown(flow)),
      })),
      changes: this.#changes.map(({ change }) => change),
    };
    return this.#latest;
  }

  #forget(): void {
    this.#known = new Map();
    this.#changes = [];
    this.#page = undefined;
    this.#latest = undefined;
  }

  #shown({ key, name, state, message }: StatusFlowView): ShownFlow {
    return { name, state, message, since: this.#known.get(key)?.since ?? null };
  }

  /** What is no longer shown is forgotten; what was never read has no state that could change. */
  #note(companies: readonly StatusCompanyView[], now: Instant): void {
    const before = this.#known;
    const after = new Map<string, Known>();
    const fresh = companies.flatMap(({ name: company, flows }) =>
      flows.flatMap(({ key, name, state, message, isRead }) => {
        const known = before.get(key);
        if (known === undefined && !isRead) return [];
        const isChange = known !== undefined && known.state !== state;
        after.set(key, isChange ? { state, since: now } : (known ?? { state, since: null }));
        return isChange
          ? [{ key, change: { id: randomUUID(), at: now, company, flow: name, state, message } }]
          : [];
      }),
    );
    this.#known = after;
    this.#changes = [...fresh, ...this.#changes].filter(({ key }) => after.has(key)).slice(0, mostChanges);
  }
}
