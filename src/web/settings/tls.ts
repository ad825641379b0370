import { constants } from 'node:crypto';
import { DEFAULT_CIPHERS, createSecureContext } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import type { FileText } from '../../config/source/files.ts';
import { resolveBeside } from '../../config/source/files.ts';
import type { Report } from '../../config/source/report.ts';
import type { Transport } from '../server/transport.ts';
import { alternativeNames, nameSet, readCertificates, readKey } from './certificates.ts';
import { clientAuthTypes, curves, http2Suites, olderSuites, tls13Suites, tlsVersions } from './names.ts';
import type { TlsData } from './schema.ts';

/** What reading a section needs. */
export interface Reading {
  /** The web configuration file: paths in it start at its folder. */
  readonly file: string;
  readonly report: Report;
  readonly read: (path: string) => Promise<FileText>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type Material = 'cert' | 'key' | 'client_ca';

const at = (key: keyof TlsData) => ['tls_server_config', key] as const;

/** Whether the file asks for TLS at all. */
export function isTlsEnabled(tls: TlsData): boolean {
  const { cert, cert_file, key, key_file, client_ca, client_ca_file, client_auth_type } = tls;
  return [cert, cert_file, key, key_file, client_ca, client_ca_file, client_auth_type ?? ''].some(
    (text) => text !== '',
  );
}

/** The PEM text of a certificate or key, from the file or from another one; '' when there is none, or it cannot be read. */
async function materialOf(tls: TlsData, key: Material, { file, report, read }: Reading): Promise<string> {
  const path = tls[`${key}_file`];
  if (path === '') return tls[key];
  if (tls[key] !== '') report.warn(at(key), `is ignored, because ${key}_file is set too; remove one of them`);
  const found = await read(resolveBeside(file, path));
  if ('text' in found) return found.text;
  report.problem(at(`${key}_file`), `${path} cannot be read: ${found.fault}`);
  return '';
}

/** Where a material stands in the file. */
const placeOf = (tls: TlsData, key: Material) => at(tls[`${key}_file`] === '' ? key : `${key}_file`);

/** @returns whether certificate and key are there and belong together. */
function checkPair(tls: TlsData, pair: { cert: string; key: string }, { report, now }: Reading): boolean {
  for (const name of ['cert', 'key'] as const)
    if (tls[name] === '' && tls[`${name}_file`] === '')
      report.problem(at(name), `is missing; set ${name} or ${name}_file`);
  const [leaf] = readCertificates(pair.cert) ?? [];
  const key = readKey(pair.key);
  if (pair.cert !== '' && leaf === undefined)
    report.problem(placeOf(tls, 'cert'), 'holds no certificate in PEM form, or a broken one');
  if (pair.key !== '' && key === undefined)
    report.problem(placeOf(tls, 'key'), 'holds no private key in PEM form, or one that needs a password');
  if (leaf === undefined || key === undefined) return false;
  if (Date.parse(leaf.validTo) < now)
    report.warn(placeOf(tls, 'cert'), `the certificate expired on ${leaf.validTo}; renew it`);
  if (leaf.checkPrivateKey(key)) return true;
  report.problem(placeOf(tls, 'key'), 'is not the private key of the certificate; check which file is which');
  return false;
}

function checkChoices(tls: TlsData, http2: boolean, { report }: Reading): void {
  const order = Object.keys(tlsVersions);
  if (order.indexOf(tls.min_version) > order.indexOf(tls.max_version))
    report.problem(at('min_version'), `must not be later than max_version, which is ${tls.max_version}`);
  const isOlderLimited = tls.cipher_suites.length > 0 && tls.min_version !== 'TLS13';
  if (http2 && isOlderLimited && !tls.cipher_suites.some((suite) => http2Suites.includes(suite)))
    report.problem(
      at('cipher_suites'),
      `lacks what HTTP/2 requires; add ${http2Suites.join(' or ')}, or set http_server_config.http2 to false`,
    );
}

function checkClients(tls: TlsData, ca: string, { report }: Reading): void {
  const type = tls.client_auth_type ?? 'NoClientCert';
  const place = placeOf(tls, 'client_ca');
  const hasAuthority = tls.client_ca !== '' || tls.client_ca_file !== '';
  if (ca !== '' && readCertificates(ca) === undefined)
    report.problem(place, 'holds no certificate in PEM form, or a broken one');
  if (hasAuthority && type === 'NoClientCert')
    report.problem(place, 'has no effect without client_auth_type; set it to RequireAndVerifyClientCert');
  if (!hasAuthority && clientAuthTypes[type].isVerified)
    report.warn(
      at('client_auth_type'),
      'without client_ca_file, a certificate of any public authority is accepted',
    );
  if (tls.client_allowed_sans !== undefined && type === 'NoClientCert')
    report.warn(at('client_allowed_sans'), 'has no effect without client_auth_type');
}

/** The ciphers, in OpenSSL's words; undefined: as Node.js has them. */
function ciphersOf({ cipher_suites: suites, min_version: oldest }: TlsData): string | undefined {
  const older = suites.flatMap((suite) => (suite in olderSuites ? [suite] : []));
  const named = Object.entries(olderSuites);
  const wanted = older.flatMap((suite) => named.flatMap(([name, own]) => (name === suite ? [own] : [])));
  const list = suites.length === 0 ? [DEFAULT_CIPHERS] : [...tls13Suites, ...wanted];
  // OpenSSL refuses TLS 1.0 and 1.1 at its usual level, whatever the versions say.
  if (oldest === 'TLS10' || oldest === 'TLS11') return [...list, '@SECLEVEL=0'].join(':');
  return suites.length === 0 ? undefined : list.join(':');
}

function optionsOf(tls: TlsData, material: Readonly<Record<Material, string>>): TlsOptions {
  const { isAsked, isRequired, isVerified } = clientAuthTypes[tls.client_auth_type ?? 'NoClientCert'];
  const ciphers = ciphersOf(tls);
  return {
    cert: material.cert,
    key: material.key,
    minVersion: tlsVersions[tls.min_version],
    maxVersion: tlsVersions[tls.max_version],
    honorCipherOrder: tls.prefer_server_cipher_suites,
    requestCert: isAsked,
    // With a certificate that is asked for but not required, `admits` decides.
    rejectUnauthorized: isRequired && isVerified,
    ...(material.client_ca === '' ? {} : { ca: material.client_ca }),
    ...(ciphers === undefined ? {} : { ciphers }),
    ...(tls.curve_preferences.length === 0
      ? {}
      : { ecdhCurve: tls.curve_preferences.map((curve) => curves[curve]).join(':') }),
    // A client that comes back must show its certificate again.
    ...(isAsked ? { secureOptions: constants.SSL_OP_NO_TICKET } : {}),
  };
}

function admission(tls: TlsData): Transport['admits'] {
  const { isRequired, isVerified } = clientAuthTypes[tls.client_auth_type ?? 'NoClientCert'];
  const allowed = tls.client_allowed_sans === undefined ? undefined : nameSet(tls.client_allowed_sans);
  return (certificate, isTrusted) => {
    if (certificate === undefined) return !isRequired;
    if (isVerified && !isTrusted) return false;
    return allowed === undefined || alternativeNames(certificate).some((name) => allowed.has(name));
  };
}

/** Reads `tls_server_config`. @returns undefined when there is no TLS, or a problem, which is reported. */
export async function readTransport(
  tls: TlsData,
  http2: boolean,
  reading: Reading,
): Promise<Transport | undefined> {
  if (!isTlsEnabled(tls)) return undefined;
  const material = {
    cert: await materialOf(tls, 'cert', reading),
    key: await materialOf(tls, 'key', reading),
    client_ca: await materialOf(tls, 'client_ca', reading),
  };
  checkChoices(tls, http2, reading);
  checkClients(tls, material.client_ca, reading);
  if (!checkPair(tls, material, reading)) return undefined;
  const options = optionsOf(tls, material);
  try {
    createSecureContext(options);
  } catch (error) {
    reading.report.problem(
      ['tls_server_config'],
      `cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    );
    return undefined;
  }
  const type = tls.client_auth_type ?? 'NoClientCert';
  return {
    options,
    http2,
    verifiesClients: type === 'RequireAndVerifyClientCert',
    admits: admission(tls),
  };
}
