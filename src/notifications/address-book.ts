import type { Config, Contacts } from '../config/config.ts';

/** A party as Alertmanager knows it. Its name ends in `/` and its language, by which the templates choose theirs. */
export interface Receiver {
  readonly name: string;
  readonly emails: readonly string[];
  readonly language: string;
}

/** What an alert is about: a company of the configuration, '' for no company, undefined for a company that it does not have. */
export type Scope = string | undefined;

interface Party {
  readonly title: string;
  readonly contacts: Contacts;
}

const identity = ({ emails, language }: Contacts) => JSON.stringify([[...emails].sort(), language]);

/**
 * Whom mails about a company may reach: addresses that were given for that company, and those of responders of all companies.
 * Everything that routes asks here, so that no rule can lead elsewhere.
 */
export class AddressBook {
  readonly #config: Config;
  readonly #receivers = new Map<Scope, ReadonlyMap<string, Receiver>>();
  /** Every scope that an alert can have. */
  readonly scopes: readonly Scope[];

  constructor(config: Config) {
    this.#config = config;
    this.scopes = [...config.companies.keys(), '', undefined];
    for (const scope of this.scopes) {
      const receivers = new Map<string, Receiver>();
      for (const { title, contacts } of this.#partiesOf(scope)) {
        const { emails, language } = contacts;
        const key = identity(contacts);
        if (!receivers.has(key)) receivers.set(key, { name: `${title}/${language}`, emails, language });
      }
      this.#receivers.set(scope, receivers);
    }
  }

  /** Every receiver, each once. Within a company, parties that share their addresses and language are one. */
  get receivers(): readonly Receiver[] {
    const found = [...this.#receivers.values()].flatMap((receivers) => [...receivers.values()]);
    return [...new Map(found.map((receiver) => [receiver.name, receiver])).values()];
  }

  /** Name of the receiver of the company's own people. */
  company(scope: Scope): string | undefined {
    return this.#nameOf(this.#company(scope)?.contacts, scope);
  }

  /** Name of the receiver of a responder, for alerts of this scope. */
  responder(name: string, scope: Scope): string | undefined {
    return this.#nameOf(this.#company(scope)?.responders?.get(name) ?? this.#shared(name, scope), scope);
  }

  /** The responders that have addresses for alerts of this scope. */
  responders(scope: Scope): readonly string[] {
    const names = [...this.#config.responders.keys(), ...(this.#company(scope)?.responders?.keys() ?? [])];
    return [...new Set(names)].filter((name) => this.responder(name, scope) !== undefined);
  }

  /** The monitors of a company, with the responder of each. */
  monitors(scope: Scope): readonly { readonly name: string; readonly responder: string }[] {
    return scope === undefined
      ? []
      : this.#config.monitors.filter(({ companies }) => companies.includes(scope));
  }

  #company(scope: Scope) {
    return scope === undefined ? undefined : this.#config.companies.get(scope);
  }

  /** The top-level entry of a responder: used if it is of all companies, or if there is but one, for that one alone. */
  #shared(name: string, scope: Scope): Contacts | undefined {
    const { companies, responders } = this.#config;
    const entry = responders.get(name);
    const isOnly = companies.size <= 1 && scope !== undefined;
    return entry?.allCompanies === true || isOnly ? entry : undefined;
  }

  #nameOf(contacts: Contacts | undefined, scope: Scope): string | undefined {
    return contacts === undefined ? undefined : this.#receivers.get(scope)?.get(identity(contacts))?.name;
  }

  /** The names of responders hold no `/`, so that no two titles are equal whatever companies are called. */
  #partiesOf(scope: Scope): readonly Party[] {
    const shared = [...this.#config.responders.keys()].flatMap((name): readonly Party[] => {
      const contacts = this.#shared(name, scope);
      return contacts === undefined ? [] : [{ title: `responder/${name}`, contacts }];
    });
    const company = this.#company(scope);
    if (company === undefined) return shared;
    const { name, contacts, responders = new Map<string, Contacts>() } = company;
    return [
      ...shared,
      ...(contacts === undefined ? [] : [{ title: `company/${name}`, contacts }]),
      ...[...responders].map(([responder, entry]) => ({
        title: `responder/${responder}/${name}`,
        contacts: entry,
      })),
    ];
  }
}
