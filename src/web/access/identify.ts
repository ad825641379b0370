import { createHash, timingSafeEqual } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { Access, KnownVisitor, TrustedProxy, Visitor } from '../../config/config.ts';
import type { Client, HttpRequest } from '../server/http.ts';
import { alternativeNames } from '../settings/certificates.ts';

/** A user and a password, as `Authorization: Basic` has them. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The credentials of a request; undefined when it has none, or such that cannot be read. */
export function credentialsOf({ headers: { authorization = '' } }: HttpRequest): Credentials | undefined {
  const encoded = /^Basic +([\w+/=-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const find = (access: Access, by: KnownVisitor['by'], keys: readonly string[]): KnownVisitor | undefined =>
  access.visitors.find((visitor) => visitor.by === by && keys.includes(visitor.key));

/** The visitor that a user of the web configuration file is. */
export function visitorOfUser(access: Access, user: string): Visitor | undefined {
  return find(access, 'user', [user]);
}

/** The token of a request; undefined when it has none, or such that cannot be read. */
function tokenOf({ headers: { authorization = '' } }: HttpRequest): string | undefined {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
}

/** Whether a request bears the token by which Alertmanager is known. @param hash of it; undefined: there is none. */
export function isAlertmanager(hash: string | undefined, request: HttpRequest): boolean {
  const token = tokenOf(request);
  if (hash === undefined || token === undefined) return false;
  const [given, expected] = [Buffer.from(sha256(token)), Buffer.from(hash)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** The visitor whose token a request bears. @returns undefined without a token; `null`: nobody has this one. */
export function visitorOfToken(access: Access, request: HttpRequest): Visitor | null | undefined {
  const token = tokenOf(request);
  return token === undefined ? undefined : (find(access, 'token', [sha256(token)]) ?? null);
}

/** A header that occurs once; '' without it. */
function headerOf({ headers }: HttpRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function companiesOf(header: string, { allCompanies }: TrustedProxy): Visitor['companies'] {
  const names = header.split(',').map((name) => name.trim());
  return names.includes(allCompanies) ? 'all' : new Set(names.filter((name) => name !== ''));
}

/** The person whom the proxy vouches for. @returns undefined: it comes by no proxy; `null`: by one that does not know the secret. */
export function visitorOfProxy({ proxy }: Access, request: HttpRequest): Visitor | null | undefined {
  const secret = headerOf(request, 'x-erp-proxy-secret');
  if (secret === '') return undefined;
  if (proxy === undefined || !timingSafeEqual(Buffer.from(sha256(secret)), Buffer.from(proxy.secretHash)))
    return null;
  const name = headerOf(request, proxy.userHeader);
  if (name === '') return undefined;
  return {
    name,
    companies: companiesOf(headerOf(request, proxy.companiesHeader), proxy),
    rights: proxy.rights,
  };
}

function namesOf(certificate: X509Certificate): readonly string[] {
  // `CN=…` is a line of its own.
  const common = /^CN=(.*)$/m.exec(certificate.subject)?.[1];
  return [...(common === undefined ? [] : [common]), ...alternativeNames(certificate)];
}

/** The visitor whose certificate the client has shown. */
export function visitorOfCertificate(access: Access, { certificate }: Client): Visitor | undefined {
  return certificate === undefined ? undefined : find(access, 'certificate', namesOf(certificate));
}
