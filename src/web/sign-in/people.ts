import type { OpenIdConnect, PeopleRule, Visitor } from '../../config/config.ts';

/** The values of the claims that `access:` asks for, by the name of the claim. */
export type Claims = Readonly<Record<string, readonly string[]>>;

/** Somebody who signed in, as the provider knows them. */
export interface Person {
  readonly subject: string;
  /** For messages. */
  readonly name: string;
  readonly claims: Claims;
}

/** Longest value that is looked at. */
const mostCharacters = 256;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The claim of that very name, which may hold dots, else what lies at the path. */
function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
      claims,
    );
}

function valuesOf(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  // Else whoever may write an address into their own account would be whom they like.
  if (name === 'email' && claims['email_verified'] !== true) return [];
  const value = claimAt(claims, name);
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.filter(
    (item): item is string => typeof item === 'string' && item !== '' && item.length <= mostCharacters,
  );
}

/** The names of the claims that decide what people see. */
export function claimNames({ people }: OpenIdConnect): readonly string[] {
  const names = people.flatMap(({ claim, companies }) =>
    companies !== 'all' && 'claim' in companies ? [claim, companies.claim] : [claim],
  );
  return [...new Set(names)];
}

/** Whether the provider said nothing of a claim that decides. */
export function lacksClaims(oidc: OpenIdConnect, claims: Readonly<Record<string, unknown>>): boolean {
  return claimNames(oidc).some((name) => claimAt(claims, name) === undefined);
}

/** The part of what a provider says that is kept. */
export function personOf(
  oidc: OpenIdConnect,
  subject: string,
  claims: Readonly<Record<string, unknown>>,
): Person {
  const names = [claims['email'], claims['preferred_username'], claims['name']];
  const name = names.find((value) => typeof value === 'string' && value !== '');
  return {
    subject,
    name: (typeof name === 'string' ? name : subject).slice(0, mostCharacters),
    claims: Object.fromEntries(claimNames(oidc).map((claim) => [claim, valuesOf(claims, claim)])),
  };
}

/** A person with no more values than decide something now: some providers send hundreds of groups. */
export function withoutUnusedValues({ people }: OpenIdConnect, person: Person): Person {
  const isUsed = (claim: string, value: string) =>
    people.some(
      (rule) =>
        (rule.claim === claim && (rule.value === undefined || rule.value === value)) ||
        (rule.companies !== 'all' && 'claim' in rule.companies && rule.companies.claim === claim),
    );
  const claims = Object.entries(person.claims).map(([claim, values]): [string, readonly string[]] => [
    claim,
    values.filter((value) => isUsed(claim, value)),
  ]);
  return { ...person, claims: Object.fromEntries(claims) };
}

/** A session of before may lack a claim that decides now. */
function keptValues(claims: Claims, name: string): readonly string[] {
  return Object.hasOwn(claims, name) ? (claims[name] ?? []) : [];
}

function companiesOf({ companies }: PeopleRule, claims: Claims): Visitor['companies'] {
  return companies !== 'all' && 'claim' in companies
    ? new Set(keptValues(claims, companies.claim))
    : companies;
}

const isSameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((item) => b.has(item));

/** What a person may see and do, by what the configuration says now. Who fits nowhere may do nothing. */
export function visitorOfPerson({ people }: OpenIdConnect, { name, claims }: Person): Visitor {
  const fitting = people.filter(({ claim, value }) => {
    const values = keptValues(claims, claim);
    return value === undefined ? values.length > 0 : values.includes(value);
  });
  const [first] = fitting;
  if (first === undefined) return { name, companies: new Set(), rights: new Set() };
  // Companies of an entry with other rights would be seen with more than was given for them.
  const seen = fitting
    .filter(({ rights }) => isSameSet(rights, first.rights))
    .map((rule) => companiesOf(rule, claims));
  const companies = seen.includes('all')
    ? ('all' as const)
    : new Set(seen.flatMap((names) => (names === 'all' ? [] : [...names])));
  return { name, companies, rights: first.rights };
}
