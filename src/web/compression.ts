import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { Visitor } from '../config/config.ts';
import { acceptsGzip } from './answers/scrape.ts';
import type { Answer, HttpRequest } from './server/http.ts';

const compress = promisify(gzip);

/** Smaller ones fit into one packet as they are. */
const leastBytes = 1_400;

/**
 * The page compressed, for a browser that takes that. Not where the address bears a query, since a page repeats parts of it, nor
 * where it holds the token of a session: from the size of compressed text an attacker who chooses a part of it can guess the rest
 * (BREACH).
 */
export async function compressed(
  { request, visitor }: { readonly request: HttpRequest; readonly visitor: Visitor },
  answer: Answer,
): Promise<Answer> {
  if (visitor.session !== undefined) return answer;
  const { status, headers, body } = answer;
  const isPage = String(headers['Content-Type'] ?? '').startsWith('text/html');
  if (status !== 200 || !isPage || typeof body !== 'string' || body.length < leastBytes) return answer;
  if ((request.url ?? '').includes('?') || !acceptsGzip(request.headers['accept-encoding'] ?? ''))
    return answer;
  const vary = ['Accept-Encoding', headers['Vary'] ?? ''].filter((name) => name !== '').join(', ');
  return {
    status,
    headers: { ...headers, 'Content-Encoding': 'gzip', Vary: vary },
    // The quickest level: the pages are made anew each time.
    body: await compress(body, { level: constants.Z_BEST_SPEED }),
  };
}
