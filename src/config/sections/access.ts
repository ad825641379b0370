import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { accessOutline, proxySchema, visitorSchema } from '../schema/access.ts';
import { readText, resolveBeside } from '../source/files.ts';
import { suggest } from '../source/nearest.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';
import type { Access, KnownVisitor, TrustedProxy } from '../config.ts';
import type { Mapping } from './entries.ts';

type VisitorEntry = z.output<typeof visitorSchema>;

/** What the readers of this section need. */
interface Context {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
  readonly companies: readonly string[];
}

/** Fewer characters can be guessed. */
const shortestSecret = 16;

/** The text of a file that holds one value; '' when it cannot be read, which is reported. */
async function valueOf(name: string, path: Path, { report, file }: Context): Promise<string> {
  const resolved = resolveBeside(file, name);
  const found = await readText(resolved);
  if ('text' in found) return found.text.trim();
  report.problem(path, `cannot read ${resolved}: ${found.fault}`);
  return '';
}

async function tokenOf(entry: VisitorEntry, path: Path, context: Context): Promise<string> {
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

function checkCompanies(companies: readonly string[], path: Path, context: Context): void {
  companies.forEach((name, index) => {
    if (!context.companies.includes(name))
      context.report.problem(
        [...path, 'companies', index],
        `there is no company ${JSON.stringify(name)}; ${suggest(name, context.companies, 'remove it')}`,
      );
  });
}

async function readVisitor(value: unknown, path: Path, context: Context): Promise<KnownVisitor[]> {
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

async function readProxy(value: unknown, context: Context): Promise<TrustedProxy | undefined> {
  const path = ['access', 'proxy'];
  const entry = context.report.read(proxySchema, value, path);
  if (entry === undefined) return undefined;
  const at = [...path, 'secret_file'];
  const secret = await valueOf(entry.secret_file, at, context);
  if (secret.length < shortestSecret)
    context.report.problem(
      at,
      `the file holds fewer than ${shortestSecret} characters; write a random secret into it`,
    );
  return {
    secretHash: createHash('sha256').update(secret).digest('hex'),
    userHeader: entry.user_header.toLowerCase(),
    companiesHeader: entry.companies_header.toLowerCase(),
    allCompanies: entry.all_companies,
    rights: new Set(entry.rights),
  };
}

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
  if (entries.length === 0 && section.proxy === undefined)
    report.problem(['access'], 'lets nobody in; add visitors or proxy, or remove it');
  const visitors = await Promise.all(
    entries.map((entry, index) => readVisitor(entry, ['access', 'visitors', index], context)),
  );
  checkTwice(
    visitors.map(([visitor]) => visitor),
    report,
  );
  const proxy = section.proxy === undefined ? undefined : await readProxy(section.proxy, context);
  return { visitors: visitors.flat(), ...(proxy === undefined ? {} : { proxy }) };
}
