import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { accessOutline, proxySchema, visitorSchema } from '../../schema/access.ts';
import type { Path } from '../../source/path.ts';
import type { Report } from '../../source/report.ts';
import type { Access, KnownVisitor, TrustedProxy } from '../../config.ts';
import { checkCompanies, secretOf, valueOf } from './values.ts';
import type { AccessContext } from './values.ts';
import type { Mapping } from '../entries.ts';
import { readOidc } from './oidc.ts';

type VisitorEntry = z.output<typeof visitorSchema>;

async function tokenOf(entry: VisitorEntry, path: Path, context: AccessContext): Promise<string> {
  if (entry.token_sha256 !== undefined) return entry.token_sha256.toLowerCase();
  if (entry.token_sha256_file === undefined) return '';
  const at = [...path, 'token_sha256_file'];
  const text = await valueOf(entry.token_sha256_file, at, context);
  // As sha256sum prints it: the hash, then perhaps the name of a file.
  const [hash = ''] = text.split(/\s/);
  if (text !== '' && !/^[0-9a-fA-F]{64}$/.test(hash))
    context.report.problem(
      at,
      'the file holds no SHA-256 in 64 hexadecimal digits; it must not hold the token itself',
    );
  return hash.toLowerCase();
}

async function readVisitor(value: unknown, path: Path, context: AccessContext): Promise<KnownVisitor[]> {
  const entry = context.report.read(visitorSchema, value, path);
  if (entry === undefined) return [];
  const { user, certificate, companies, rights } = entry;
  checkCompanies(companies ?? [], path, context);
  const seen = {
    companies: companies === undefined ? ('all' as const) : new Set(companies),
    rights: new Set(rights),
  };
  if (user !== undefined) return [{ ...seen, name: user, by: 'user', key: user }];
  if (certificate !== undefined) return [{ ...seen, name: certificate, by: 'certificate', key: certificate }];
  const key = await tokenOf(entry, path, context);
  return key === '' ? [] : [{ ...seen, name: `token ${key.slice(0, 8)}`, by: 'token', key }];
}

async function readProxy(value: unknown, context: AccessContext): Promise<TrustedProxy | undefined> {
  const path = ['access', 'proxy'];
  const entry = context.report.read(proxySchema, value, path);
  if (entry === undefined) return undefined;
  const secret = await secretOf(entry.secret_file, [...path, 'secret_file'], shortestSecret, context);
  return {
    secretHash: createHash('sha256').update(secret).digest('hex'),
    userHeader: entry.user_header.toLowerCase(),
    companiesHeader: entry.companies_header.toLowerCase(),
    allCompanies: entry.all_companies,
    rights: new Set(entry.rights),
  };
}

/** Fewer characters can be guessed. */
const shortestSecret = 16;

/** Two entries for the same visitor: the second would never apply. */
function checkTwice(visitors: readonly (KnownVisitor | undefined)[], report: Report): void {
  const seen = new Set<string>();
  visitors.forEach((visitor, index) => {
    if (visitor === undefined) return;
    const id = `${visitor.by} ${visitor.key}`;
    if (seen.has(id))
      report.problem(
        ['access', 'visitors', index],
        `is the same ${visitor.by} as an entry above; make them one`,
      );
    seen.add(id);
  });
}

/** Reads `access:`. @returns undefined when it is absent. */
export async function readAccess(
  root: Mapping,
  report: Report,
  given: { readonly file: string; readonly companies: readonly string[] },
): Promise<Access | undefined> {
  if (root['access'] === undefined) return undefined;
  const context = { ...given, report };
  const section = report.read(accessOutline, root['access'], ['access']);
  if (section === undefined) return undefined;
  const entries = section.visitors ?? [];
  if (entries.length === 0 && section.proxy === undefined && section.oidc === undefined)
    report.problem(['access'], 'lets nobody in; add visitors, proxy or oidc, or remove it');
  const visitors = await Promise.all(
    entries.map((entry, index) => readVisitor(entry, ['access', 'visitors', index], context)),
  );
  checkTwice(
    visitors.map(([visitor]) => visitor),
    report,
  );
  const proxy = section.proxy === undefined ? undefined : await readProxy(section.proxy, context);
  const oidc = section.oidc === undefined ? undefined : await readOidc(section.oidc, context);
  return {
    visitors: visitors.flat(),
    ...(proxy === undefined ? {} : { proxy }),
    ...(oidc === undefined ? {} : { oidc }),
  };
}
