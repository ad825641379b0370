import type { HttpRequest } from './http.ts';

/** The value of a cookie, as it was sent; '' without it. Where it is sent twice, the first counts. */
export function cookieOf({ headers }: HttpRequest, name: string): string {
  const start = `${name}=`;
  const found = (headers.cookie ?? '').split(';').find((cookie) => cookie.trimStart().startsWith(start));
  return found === undefined ? '' : found.trim().slice(start.length);
}

/** How a cookie is kept that lets somebody in. */
export interface CookieRules {
  /** Whether browsers come by HTTPS. */
  readonly isSecure: boolean;
  /** How long a browser keeps it; 0: it forgets it. */
  readonly seconds: number;
}

/**
 * The name of such a cookie: browsers let nobody but this very host set one with the prefix `__Host-`, and only by HTTPS.
 */
export function guardedName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

/** `Set-Cookie` for such a cookie: no script reads it, and no other site's form sends it. */
export function guardedCookie(name: string, value: string, { isSecure, seconds }: CookieRules): string {
  const secure = isSecure ? '; Secure' : '';
  return `${guardedName(name, isSecure)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure}`;
}
