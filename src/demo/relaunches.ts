import { createServer } from 'node:http';
import type { Relaunch } from './simulation.ts';

/** What asks the simulated integration to try a document again. */
export interface Relaunches {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  /** Ends at once. */
  stop(): Promise<void>;
}

/** Calls that it takes within a window, as an ERP with a quota does. */
const mostCalls = 5;
const windowMs = 10_000;
/** How long a caller is asked to wait. */
const retrySeconds = 10;
/** Documents of which it remembers that somebody had them open. */
const mostLocked = 1000;

interface Reply {
  readonly status: number;
  readonly text: string;
}

const replies: Readonly<Record<Relaunch, Reply>> = {
  relaunched: { status: 200, text: 'it is sent again' },
  limited: { status: 429, text: 'rate limit exceeded' },
  refused: { status: 409, text: 'it has not failed, or another attempt will not help' },
};

/** `/acme/payments/P-200012/relaunch`: company, table and key. */
function placeOf(url: string | undefined): readonly [string, string, string] | undefined {
  const [, company, table, key] = /^\/([a-z]+)\/([a-z_]+)\/([\w-]+)\/relaunch$/.exec(url ?? '') ?? [];
  return company === undefined || table === undefined || key === undefined
    ? undefined
    : [company, table, key];
}

/** Tries a document again. */
type TryAgain = (company: string, table: string, key: string) => Relaunch;

/** What is answered to a method and an address: within the limits of calls, and of documents that are locked. */
function replying(
  relaunch: TryAgain,
  now: () => number,
): (method: string | undefined, url: string | undefined) => Reply {
  let calls: readonly number[] = [];
  const locked = new Set<string>();
  const isLocked = (key: string): boolean => {
    if (!/[37]$/.test(key) || locked.has(key) || locked.size >= mostLocked) return false;
    locked.add(key);
    return true;
  };
  return (method, url) => {
    const place = placeOf(url);
    if (place === undefined) return { status: 404, text: 'there is no such document' };
    if (method !== 'POST') return { status: 405, text: 'POST it' };
    calls = calls.filter((at) => at > now() - windowMs);
    if (calls.length >= mostCalls) return replies.limited;
    calls = [...calls, now()];
    return isLocked(place[2])
      ? { status: 423, text: 'locked by another user: JDOE' }
      : replies[relaunch(...place)];
  };
}

/**
 * An integration that tries a failed document again when it is asked to: `POST /{company}/{table}/{key}/relaunch`. As real ones do,
 * it limits calls (429, with `Retry-After`), finds some documents locked at the first call (423), and refuses what another attempt
 * does not help (409). On this machine alone.
 *
 * @param relaunch tries it again. @param now a clock that does not jump, in milliseconds. @throws Error when it cannot listen.
 */
export async function startRelaunches(relaunch: TryAgain, now: () => number): Promise<Relaunches> {
  const reply = replying(relaunch, now);
  const server = createServer((request, response) => {
    request.resume();
    const { status, text } = reply(request.method, request.url);
    const headers = status === 429 ? { 'Retry-After': String(retrySeconds) } : {};
    response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(text);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the relaunches of the demo have no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
