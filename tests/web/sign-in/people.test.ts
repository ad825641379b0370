import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OpenIdConnect, PeopleRule, Right } from '../../../src/config/config.ts';
import { lacksClaims, personOf, visitorOfPerson } from '../../../src/web/sign-in/people.ts';
import { rules } from './world.ts';

function rule(
  claim: string,
  value: string | undefined,
  companies: PeopleRule['companies'],
  ...rights: Right[]
): PeopleRule {
  return { claim, value, companies, rights: new Set(rights) };
}
const of = (...people: PeopleRule[]): OpenIdConnect => ({
  ...rules,
  issuer: 'https://login.example',
  people,
});

/** What somebody sees of whom the provider says this. */
function visitor(oidc: OpenIdConnect, claims: Readonly<Record<string, unknown>>) {
  return visitorOfPerson(oidc, personOf(oidc, 'subject', claims));
}

describe('what a person sees', () => {
  const acme = rule('groups', 'acme', new Set(['acme']), 'page');
  const globex = rule('groups', 'globex', new Set(['globex']), 'page');
  const records = rule('groups', 'globex', new Set(['globex']), 'page', 'records');

  it('are the companies of all entries that fit, as long as the rights are the same', () => {
    const seen = visitor(of(acme, globex), { groups: ['globex', 'acme'] });
    expect(seen.companies).toEqual(new Set(['acme', 'globex']));
    expect(seen.rights).toEqual(new Set(['page']));
  });

  it('is never more of a company than was given for it', () => {
    const seen = visitor(of(records, acme), { groups: ['globex', 'acme'] });
    expect([seen.companies, seen.rights]).toEqual([new Set(['globex']), new Set(['page', 'records'])]);
    const less = visitor(of(acme, records), { groups: ['globex', 'acme'] });
    expect([less.companies, less.rights]).toEqual([new Set(['acme']), new Set(['page'])]);
  });

  it.each([
    ['nothing', {}],
    ['another group', { groups: ['other'] }],
    ['a part of the name', { groups: ['acm', 'acme2', 'ACME'] }],
    ['a group that is no text', { groups: [{ name: 'acme' }, 7, null] }],
    ['an address without a word of its being verified', { email: 'a@acme.example' }],
    ['an address that is not verified', { email: 'a@acme.example', email_verified: false }],
    ['one that is verified as a text', { email: 'a@acme.example', email_verified: 'true' }],
  ])('is nothing by %s', (_, claims) => {
    const oidc = of(acme, rule('email', 'a@acme.example', 'all', 'page'));
    expect(visitor(oidc, claims)).toMatchObject({ companies: new Set(), rights: new Set() });
  });

  it.each([
    ['one text', 'groups', { groups: 'acme' }],
    ['a path', 'realm_access.roles', { realm_access: { roles: ['acme'] } }],
    ['a name with dots', 'https://acme.example/groups', { 'https://acme.example/groups': ['acme'] }],
    ['an address that is verified', 'email', { email: 'acme', email_verified: true }],
  ])('is found by %s', (_, claim, claims) => {
    const oidc = of(rule(claim, 'acme', 'all', 'page'));
    expect(visitor(oidc, claims).companies).toBe('all');
    expect([lacksClaims(oidc, claims), lacksClaims(oidc, {})]).toEqual([false, true]);
  });

  it('is nothing by a claim that the session does not hold, whatever its name', () => {
    const oidc = of(rule('constructor', undefined, { claim: 'toString' }, 'page'));
    const seen = visitorOfPerson(oidc, { subject: 'a', name: 'a', claims: {} });
    expect([seen.companies, seen.rights]).toEqual([new Set(), new Set()]);
  });

  it('are the companies that a claim names, none without it', () => {
    const oidc = of(rule('groups', 'customers', { claim: 'erp' }, 'page'), acme);
    expect(visitor(oidc, { groups: ['customers'], erp: 'globex' }).companies).toEqual(new Set(['globex']));
    expect(visitor(oidc, { groups: ['customers'] }).companies).toEqual(new Set());
    expect(visitor(oidc, { groups: ['customers', 'acme'] }).companies).toEqual(new Set(['acme']));
  });
});

it('loads what speaks to providers only where there is one, and in one place', () => {
  const folder = new URL('../../../src/web/sign-in/', import.meta.url);
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  expect(sources.length).toBeGreaterThan(4);
  for (const library of ['openid-client', 'jose']) {
    const atStart = new RegExp(`^import (?!type )[^;]*from '${library}'`, 'm');
    expect(sources.filter((text) => atStart.test(text))).toEqual([]);
  }
  expect(sources.join('\n').match(/import\('openid-client'\)/g)).toHaveLength(1);
});
