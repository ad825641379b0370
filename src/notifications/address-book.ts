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

/** What tells mailboxes apart: hardly any mail server heeds case. */
const mailbox = (email: string) => email.toLowerCase();

/** Addresses, each mailbox once. */
function distinct(emails: readonly string[]): readonly string[] {
  return emails.filter(
    (email, index) => emails.findIndex((other) => mailbox(other) === mailbox(email)) === index,
  );
}

const identity = ({ emails, language }: Contacts) =>
  JSON.stringify([[...new Set(emails.map(mailbox))].sort(), language]);

/**
 * Whom mails about a company may reach: addresses that were given for that company, and those of responders of all companies.
 * Everything that routes asks here, so that no rule can lead elsewhere.
 */
export class AddressBook {
  readonly #config: Config;
  readonly #receivers = new Map<Scope, ReadonlyMap<string, Receiver>>();
  /** Those, and the parts of them that were asked for. */
  readonly #byName = new Map<string, Receiver>();
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
        if (!receivers.has(key))
          receivers.set(key, { name: `${title}/${language}`, emails: distinct(emails), language });
      }
      this.#receivers.set(scope, receivers);
      for (const receiver of receivers.values()) this.#byName.set(receiver.name, receiver);
    }
  }

  /**
   * Every receiver, each once, with those that `without` made. Within a company, parties that share their addresses and language
   * are one.
   */
  get receivers(): readonly Receiver[] {
    return [...this.#byName.values()];
  }

  /**
   * Whom to notify besides `others`, so that nobody gets one alert twice.
   *
   * @returns the name of a receiver with those addresses of `name` that `others` lack: itself when they share none, undefined when
   *   they have all of them.
   */
  without(name: string, others: readonly string[]): string | undefined {
    const receiver = this.#byName.get(name);
    if (receiver === undefined) return undefined;
    const taken = new Set(others.flatMap((other) => this.#byName.get(other)?.emails ?? []).map(mailbox));
    const emails = receiver.emails.filter((email) => !taken.has(mailbox(email)));
    if (emails.length === 0) return undefined;
    if (emails.length === receiver.emails.length) return name;
    // No other receiver is called so: their names begin with responder/ or company/.
    const rest = { ...receiver, name: `only/${emails.join(' ')}/${name}`, emails };
    this.#byName.set(rest.name, rest);
    return rest.name;
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
