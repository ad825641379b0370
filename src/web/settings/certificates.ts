import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv6 } from 'node:net';

/** The certificates in a text, in PEM form; undefined when there is none, or one that is broken. */
export function readCertificates(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.length === 0 ? undefined : blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** The private key in a text, in PEM form; undefined when there is none, or one that needs a password. */
export function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** An address as it is written shortest: OpenSSL and people write IPv6 differently. */
function canonical(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

/** For whom a certificate was made: DNS names, e-mail addresses, IP addresses and URIs among its subject alternative names. */
export function alternativeNames({ subjectAltName = '' }: X509Certificate): readonly string[] {
  // `DNS:a, IP Address:::1, URI:"…"`: a value that could be mistaken for several is quoted as JSON is.
  const entries = subjectAltName.matchAll(
    /(?:^|, )(DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,]*)(?=, |$)/g,
  );
  return [...entries].map(([, kind, value = '']) => {
    const plain = unquoted(value);
    return kind === 'IP Address' ? canonical(plain) : plain;
  });
}

/** Never throws: the client has written the certificate. What is quoted wrongly is nobody's name. */
function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return '';
  }
}

/** A list of names to compare with `alternativeNames`. */
export function nameSet(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map(canonical));
}
