import { companySchema, responderSchema } from '../schema/parties.ts';
import type { Report } from '../source/report.ts';
import type { Company, Responder } from '../config.ts';
import { readEntries } from './entries.ts';
import type { Mapping } from './entries.ts';

/** Name of the company of a configuration without `companies:`. */
const defaultCompany = 'default';

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
    readEntries(root, 'companies', companySchema.nullable(), report).map(([name, entry]) => {
      const {
        title = name,
        project = '',
        language,
        timezone = zone,
        contacts,
      } = entry ?? companySchema.parse({});
      return [
        name,
        {
          name,
          title,
          project,
          language,
          timezone,
          ...(contacts === undefined
            ? {}
            : { contacts: { emails: contacts.emails, language: contacts.language ?? language } }),
        },
      ];
    }),
  );
}

/** The valid entries of `responders:` by name. */
export function readResponders(root: Mapping, report: Report): ReadonlyMap<string, Responder> {
  return new Map(
    readEntries(root, 'responders', responderSchema, report).map(([name, entry]) => [
      name,
      { name, ...entry },
    ]),
  );
}
