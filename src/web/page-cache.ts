import { LRUCache } from 'lru-cache';
import type { Visitor } from '../config/config.ts';
import { csrfToken } from './access/csrf.ts';
import { acceptsGzip } from './answers/scrape.ts';
import { languageOf } from './answers/visit.ts';
import type { Answer, HttpRequest } from './server/http.ts';

/** A page may be so old: less than any reading is late, and enough that many readers cost one rendering. */
const keptMs = 5000;
/** Most pages, and most bytes of them. */
const mostPages = 500;
const mostBytes = 16_000_000;

/** For whom a page is made. */
export interface Reader {
  readonly request: HttpRequest;
  readonly visitor: Visitor;
  /** What is wrong with how the page is served, which the page says. */
  readonly notice: string;
}

/** All that a page depends on besides what was read: two readers with the same key are shown the same. */
function keyOf({ request, visitor, notice }: Reader): string {
  const { companies, rights, name, session } = visitor;
  return JSON.stringify([
    request.url,
    languageOf(request),
    acceptsGzip(request.headers['accept-encoding'] ?? ''),
    companies === 'all' ? 'all' : [...companies].sort(),
    [...rights].sort(),
    // Of somebody who signed in, the page bears the name and the token.
    session === undefined ? '' : [name, csrfToken(visitor)],
    notice,
  ]);
}

/**
 * Pages as they were answered within the last 5 seconds, for all who may see the same: with many readers the process renders few
 * pages, and a scrape waits for none. At most 500 pages and 16 MB. A failed rendering is not kept.
 */
export class PageCache {
  readonly #pages: LRUCache<string, Answer, () => Promise<Answer>>;

  /** @param now milliseconds of a clock that does not jump. */
  constructor(now: () => number) {
    this.#pages = new LRUCache({
      max: mostPages,
      maxSize: mostBytes,
      ttl: keptMs,
      perf: { now },
      // Its clock is read at each look-up: a page is a matter of milliseconds.
      ttlResolution: 0,
      sizeCalculation: ({ body }) => Math.max(1, body.length),
      fetchMethod: (_key, _before, { context }) => context(),
      // What is dropped while it is made still answers those who wait for it.
      ignoreFetchAbort: true,
    });
  }

  /** The page that the reader asks for: kept, or made by `make`, once for all who ask while it is made. */
  async get(reader: Reader, make: () => Promise<Answer>): Promise<Answer> {
    const page = await this.#pages.fetch(keyOf(reader), { context: make });
    return page ?? (await make());
  }

  /** Forgets all pages: somebody has changed something, and is to see it. */
  clear(): void {
    this.#pages.clear();
  }
}
