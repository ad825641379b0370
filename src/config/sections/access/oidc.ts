import type { z } from 'zod';
import type { OpenIdConnect, PeopleRule } from '../../config.ts';
import { oidcSchema } from '../../schema/oidc.ts';
import type { peopleSchema } from '../../schema/oidc.ts';
import { checkCompanies, secretOf } from './values.ts';
import type { AccessContext } from './values.ts';

/** A key of fewer could be found by trying. */
const shortestKey = 32;

function ruleOf({ claim, value, ...entry }: z.output<typeof peopleSchema>): PeopleRule {
  const rights = new Set(entry.rights);
  if (entry.companies_claim !== undefined)
    return { claim, value, companies: { claim: entry.companies_claim }, rights };
  const companies = entry.companies === undefined ? ('all' as const) : new Set(entry.companies);
  return { claim, value, companies, rights };
}

/** Reads `access: { oidc: … }`. @returns undefined when it is bad. */
export async function readOidc(value: unknown, context: AccessContext): Promise<OpenIdConnect | undefined> {
  const path = ['access', 'oidc'];
  const entry = context.report.read(oidcSchema, value, path);
  if (entry === undefined) return undefined;
  entry.people.forEach(({ companies = [] }, index) =>
    checkCompanies(companies, [...path, 'people', index], context),
  );
  const secret = (key: 'client_secret_file' | 'session_key_file', shortest: number) => {
    const file = entry[key];
    return file === undefined ? undefined : secretOf(file, [...path, key], shortest, context);
  };
  return {
    issuer: entry.issuer,
    clientId: entry.client_id,
    clientSecret: await secret('client_secret_file', 1),
    scopes: entry.scopes.join(' '),
    people: entry.people.map(ruleOf),
    sessionKey: await secret('session_key_file', shortestKey),
    sessionMs: entry.session_lifetime,
    endsAtIssuer: entry.logout === 'issuer',
  };
}
