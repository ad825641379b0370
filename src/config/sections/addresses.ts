import type { Company } from '../config.ts';
import { recipientWords } from '../schema/values.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import type { Parties } from './notify.ts';

const emailsOf = ({ emails }: { readonly emails: readonly string[] }) =>
  emails.map((email) => email.toLowerCase());

function checkReservedNames({ companies, responders }: Parties, report: Report): void {
  const message = 'is a reserved word of notify; choose another name';
  for (const word of recipientWords) {
    if (responders.has(word)) report.problem(['responders', word], message, 'key');
    for (const company of companies.values())
      if (company.responders?.has(word) === true)
        report.problem(['companies', company.name, 'responders', word], message, 'key');
  }
}

/** Every entry with addresses that get mails about a company. */
function* entriesFor(
  { name, contacts, responders }: Company,
  parties: Parties,
): Generator<{ readonly path: Path; readonly emails: readonly string[] }> {
  if (contacts !== undefined)
    yield { path: ['companies', name, 'contacts', 'emails'], emails: emailsOf(contacts) };
  for (const [responder, entry] of responders ?? [])
    yield { path: ['companies', name, 'responders', responder, 'emails'], emails: emailsOf(entry) };
  for (const [responder, entry] of parties.responders)
    if (entry.allCompanies === true)
      yield { path: ['responders', responder, 'emails'], emails: emailsOf(entry) };
}

/** Warns of addresses of one company's own people that get mails about another one. */
function warnOfForeign(parties: Parties, report: Report): void {
  const companies = [...parties.companies.values()];
  const owners = new Map<string, string>();
  for (const { name, contacts } of companies)
    for (const email of contacts === undefined ? [] : emailsOf(contacts))
      if (!owners.has(email)) owners.set(email, name);
  const warned = new Set<string>();
  for (const company of companies)
    for (const { path, emails } of entriesFor(company, parties))
      for (const [index, email] of emails.entries()) {
        const owner = owners.get(email);
        const at = [...path, index];
        if (owner === undefined || owner === company.name || warned.has(JSON.stringify(at))) continue;
        warned.add(JSON.stringify(at));
        report.warn(
          at,
          `${email} is a contact of company ${owner}, and gets mails about ${company.name} here`,
        );
      }
}

/** Warns of addresses that serve nobody because it is not said whose they are. */
function warnOfUnused({ companies, responders }: Parties, report: Report): void {
  if (companies.size <= 1) return;
  const [first = ''] = companies.keys();
  for (const { name, allCompanies } of responders.values())
    if (allCompanies !== true)
      report.warn(
        ['responders', name],
        `gets no mail, as there are several companies; add all_companies: true if these are your own people, else move it to companies.${first}.responders.${name}`,
        'key',
      );
}

/** Checks whose addresses the contacts of companies and the responders are. */
export function checkAddresses(parties: Parties, report: Report): void {
  checkReservedNames(parties, report);
  warnOfForeign(parties, report);
  warnOfUnused(parties, report);
}
