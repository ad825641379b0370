import { timingSafeEqual } from 'node:crypto';
import type { Visitor } from '../../config/config.ts';
import { textAnswer } from '../server/http.ts';
import type { Answer, HttpRequest } from '../server/http.ts';

/** The field of a form that holds the token. */
export const csrfField = 'csrf_token';

/**
 * What a page puts into each form that changes something, as the field `csrf_token`, or a script into the header `X-CSRF-Token`;
 * '' for a visitor who comes by no cookie, and needs none.
 */
export function csrfToken({ session }: Visitor): string {
  return session?.csrfToken ?? '';
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Refuses a request that changes something and comes by a cookie, which a browser sends whoever asks for it, without the token
 * that only a page of ours can know.
 *
 * @param form reads what the request sends.
 * @returns undefined when the request may go on.
 */
export async function checkCsrf(
  request: HttpRequest,
  { session }: Visitor,
  form: () => Promise<URLSearchParams>,
): Promise<Answer | undefined> {
  if (session === undefined) return undefined;
  const header = request.headers['x-csrf-token'];
  const given = typeof header === 'string' ? header : ((await form()).get(csrfField) ?? '');
  return isSame(given, session.csrfToken)
    ? undefined
    : textAnswer(403, 'The request has no valid CSRF token: open the page again, and send it from there.');
}
