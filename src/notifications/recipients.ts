import type { Config, Contacts, NotifyMatch, NotifyRule } from '../config/config.ts';
import { recipientWords } from '../config/schema/values.ts';

/** A party as Alertmanager knows it. Its name ends in `/` and its language, by which the templates choose theirs. */
export interface Receiver {
  readonly name: string;
  readonly emails: readonly string[];
  readonly language: string;
}

/** A receiver that a rule notifies, and of which alerts: all, those of some companies, those that some responders act on. */
export interface Recipient {
  /** Name of a receiver. */
  readonly receiver: string;
  readonly always: boolean;
  readonly companies: readonly string[];
  readonly responders: readonly string[];
}

/** The recipients of a rule, where `match` holds. Empty only when the rule says so. */
export interface MatchedRecipients {
  readonly match: NotifyMatch;
  readonly recipients: readonly Recipient[];
}

function contactsOfCompanies({ companies }: Config): readonly (readonly [string, Contacts])[] {
  return [...companies.values()].flatMap(({ name, contacts }) =>
    contacts === undefined ? [] : [[name, contacts] as const],
  );
}

const identity = ({ emails, language }: Contacts) => JSON.stringify([[...emails].sort(), language]);

/** One receiver for each set of addresses and language, named after the first party that has them; by that identity. */
function receiversByContacts(config: Config): ReadonlyMap<string, Receiver> {
  const receivers = new Map<string, Receiver>();
  const parties = [
    ...[...config.responders.values()].map((party) => [`responder/${party.name}`, party] as const),
    ...contactsOfCompanies(config).map(([name, contacts]) => [`company/${name}`, contacts] as const),
  ];
  for (const [party, contacts] of parties) {
    const { emails, language } = contacts;
    const key = identity(contacts);
    if (!receivers.has(key)) receivers.set(key, { name: `${party}/${language}`, emails, language });
  }
  return receivers;
}

/** Every party that has addresses. */
export function receiversOf(config: Config): readonly Receiver[] {
  return [...receiversByContacts(config).values()];
}

/** The parties under `names`, gathered by receiver: two that share their addresses get one mail. */
function gather(
  config: Config,
  { fixed, companies, responders }: Record<'fixed' | 'companies' | 'responders', readonly string[]>,
): readonly Recipient[] {
  const receivers = receiversByContacts(config);
  const found = new Map<string, Recipient>();
  const add = (contacts: Contacts | undefined, change: (old: Recipient) => Partial<Recipient>): void => {
    const receiver = contacts === undefined ? undefined : receivers.get(identity(contacts))?.name;
    if (receiver === undefined) return;
    const old = found.get(receiver) ?? { receiver, always: false, companies: [], responders: [] };
    found.set(receiver, { ...old, ...change(old) });
  };
  for (const name of fixed) add(config.responders.get(name), () => ({ always: true }));
  for (const name of companies)
    add(config.companies.get(name)?.contacts, (old) => ({ companies: [...old.companies, name] }));
  for (const name of responders)
    add(config.responders.get(name), (old) => ({ responders: [...old.responders, name] }));
  return [...found.values()];
}

/** Those of `names` that a rule can be about. */
function within(names: readonly string[], wanted: readonly string[] | undefined): readonly string[] {
  return wanted === undefined ? names : names.filter((name) => wanted.includes(name));
}

/**
 * The recipients of a rule. When it names only those whom the alert names, its match is narrowed to the alerts for which that is
 * someone, so that the others go on to the next rule; as that takes "or", there can be two matches, tried in turn.
 */
export function recipientsOf({ match, to }: NotifyRule, config: Config): readonly MatchedRecipients[] {
  const fixed = to.filter((name) => !recipientWords.includes(name));
  const reachable = contactsOfCompanies(config).map(([name]) => name);
  const companies = to.includes('company') ? within(reachable, match.company) : [];
  const responders = to.includes('responder') ? within([...config.responders.keys()], match.responder) : [];
  if (fixed.length > 0 || to.length === 0)
    return [{ match, recipients: gather(config, { fixed, companies, responders }) }];
  return [
    ...(companies.length === 0
      ? []
      : [
          {
            match: { ...match, company: companies },
            recipients: gather(config, { fixed, companies, responders }),
          },
        ]),
    ...(responders.length === 0
      ? []
      : [
          {
            match: { ...match, responder: responders },
            recipients: gather(config, { fixed, companies: [], responders }),
          },
        ]),
  ];
}
