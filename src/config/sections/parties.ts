import type { z } from 'zod';
import { companySchema, responderSchema } from '../schema/parties.ts';
import type { contactsSchema } from '../schema/parties.ts';
import type { Report } from '../source/report.ts';
import type { Company, Contacts, Responder } from '../config.ts';
import { readEntries } from './entries.ts';
import type { Mapping } from './entries.ts';

/** Name of the company of a configuration without `companies:`. */
const defaultCompany = 'default';

const contactsOf = (
  { emails, language }: z.output<typeof contactsSchema>,
  languageOfCompany: string,
): Contacts => ({ emails, language: language ?? languageOfCompany });

function companyOf(name: string, entry: z.output<typeof companySchema>, zone: string): Company {
  const { title = name, project = '', language, timezone = zone, contacts, responders } = entry;
  return {
    name,
    title,
    project,
    language,
    timezone,
    ...(contacts === undefined ? {} : { contacts: contactsOf(contacts, language) }),
    ...(responders === undefined
      ? {}
      : {
          responders: new Map(
            Object.entries(responders).map(([responder, own]) => [responder, contactsOf(own, language)]),
          ),
        }),
  };
}

/** The valid companies by name; `zone` is that of companies without their own. */
export function readCompanies(root: Mapping, report: Report, zone: string): ReadonlyMap<string, Company> {
  if (root['companies'] === undefined)
    return new Map([
      [
        defaultCompany,
        { name: defaultCompany, title: defaultCompany, project: '', language: 'en', timezone: zone },
      ],
    ]);
  return new Map(
    readEntries(root, 'companies', companySchema.nullable(), report).map(([name, entry]) => [
      name,
      companyOf(name, entry ?? companySchema.parse({}), zone),
    ]),
  );
}

/** The valid entries of `responders:` by name. */
export function readResponders(root: Mapping, report: Report): ReadonlyMap<string, Responder> {
  return new Map(
    readEntries(root, 'responders', responderSchema, report).map(
      ([name, { emails, language, all_companies: allCompanies }]) => [
        name,
        { name, emails, language, ...(allCompanies ? { allCompanies } : {}) },
      ],
    ),
  );
}
