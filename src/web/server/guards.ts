import { isIP } from 'node:net';
import { textAnswer } from './http.ts';
import type { Answer, HttpRequest } from './http.ts';

/** Under which names the server answers. */
export interface HostRules {
  /** Lower-case names without a port; undefined: any, because nobody said under which name users come. */
  readonly names: ReadonlySet<string> | undefined;
}

/** The name in a `Host` header, lower-case, without port, brackets and the dot at its end. */
export function hostName(host: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '');
}

/** The `Host` that a request names, or what HTTP/2 has for it. */
export const hostOf = ({ headers }: HttpRequest): string | undefined => {
  const authority = headers[':authority'];
  return headers.host ?? (typeof authority === 'string' ? authority : undefined);
};

/**
 * Refuses a request under a foreign name. A page of `evil.example` whose name suddenly leads to this machine (DNS
 * rebinding) counts as the same origin in a browser, and could read all; its name gives it away. Addresses cannot be rebound.
 *
 * @returns undefined when the request may go on.
 */
export function checkHost(request: HttpRequest, { names }: HostRules): Answer | undefined {
  const host = hostOf(request);
  if (host === undefined)
    return request.httpVersion === '1.0' ? undefined : textAnswer(400, 'The request has no Host header.');
  const name = hostName(host);
  if (name === '') return textAnswer(400, 'The Host header names no host.');
  const isOwn = names === undefined || names.has(name);
  if (isOwn || isIP(name) > 0 || name === 'localhost' || name.endsWith('.localhost')) return undefined;
  return textAnswer(
    403,
    'erp-exporter does not answer under this host name: start it with --web.external-url or --web.allowed-host.',
  );
}

/**
 * Refuses a request that changes something and was made by a page of another origin. Programs send neither header.
 *
 * @param externalOrigin where users reach the page, when a proxy in front replaces the Host header.
 * @returns undefined when the request may go on.
 */
export function checkOrigin(request: HttpRequest, externalOrigin: string | undefined): Answer | undefined {
  const site = request.headers['sec-fetch-site'];
  const { origin } = request.headers;
  const host = hostOf(request);
  const isOwnOrigin =
    origin === undefined ||
    origin === externalOrigin ||
    (host !== undefined && URL.parse(origin)?.host === host.toLowerCase());
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  return isOwnOrigin && isOwnSite
    ? undefined
    : textAnswer(403, 'A page of another site must not send this request.');
}
