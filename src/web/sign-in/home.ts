import { hostName, hostOf } from '../server/guards.ts';
import type { HttpRequest } from '../server/http.ts';
import { isLoopback } from '../server/listen-address.ts';

/** Where browsers reach the pages, as the provider and cookies must know it. */
export interface Home {
  /** Such as `https://monitor.example`. */
  readonly origin: string;
  /** Whether browsers come by HTTPS. */
  readonly isSecure: boolean;
}

/** Why nobody can sign in here: nothing says where users come, or they come by plain HTTP over a network. */
export type Homeless = 'no_address' | 'no_https';

const isOwnMachine = (name: string): boolean => isLoopback({ host: name, port: 0 });

/**
 * Where a request came in. A name that a request brings along is believed only when it leads to this machine.
 *
 * @param externalOrigin where users reach the pages; undefined: nobody said.
 */
export function homeOf(
  request: HttpRequest,
  externalOrigin: string | undefined,
  isTls: boolean,
): Home | Homeless {
  const host = hostOf(request) ?? '';
  const own = isOwnMachine(hostName(host)) ? `${isTls ? 'https' : 'http'}://${host}` : undefined;
  const url = URL.parse(externalOrigin ?? own ?? '');
  if (url === null) return 'no_address';
  const isSecure = url.protocol === 'https:';
  return isSecure || isOwnMachine(hostName(url.host)) ? { origin: url.origin, isSecure } : 'no_https';
}

/** A path below ours to return to; the first page for all that could lead elsewhere. @param prefix without a slash at its end. */
export function returnPath(asked: string, prefix: string, { origin }: Home): string {
  const start = `${prefix}/`;
  const url = asked.startsWith('/') && asked.length <= 1_000 ? URL.parse(asked, origin) : null;
  const isOurs = url !== null && url.origin === origin && url.pathname.startsWith(start);
  if (!isOurs || /^\/log(?:in|out)(?:\/|$)/.test(url.pathname.slice(prefix.length))) return start;
  // `//evil.example` would be another origin.
  return url.pathname.startsWith('//') ? start : `${url.pathname}${url.search}`;
}
