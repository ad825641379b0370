import { z } from 'zod';
import { OutboundError } from '../../../outbound/contract.ts';
import type { OutboundRequest, OutboundResponse } from '../../../outbound/contract.ts';
import { cutSecrets } from '../../../secrets.ts';
import { TrackerError, type TrackerFault, type TrackerTools } from '../../contract.ts';

/** Of an answer that is no success, as much as a note needs. */
const mostFaultCharacters = 200;
/** GitHub's limits are per hour. */
const mostResetMs = 3_600_000;

/** One call of a tracker's API. */
export interface Call {
  readonly method: OutboundRequest['method'];
  /** Below the tracker's URL, each part as it is: it is encoded here. */
  readonly path: readonly (string | number)[];
  readonly query?: Readonly<Record<string, string | number>> | URLSearchParams;
  /** Sent as JSON; `undefined` among its values is left out. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Calls to the JSON API of one tracker. @throws TrackerError from every method */
export interface Api {
  /** The answer, checked; what it has besides is left out. */
  ask<Answer>(call: Call, schema: z.ZodType<Answer>): Promise<Answer>;
  /** As `ask`, but undefined where there is no such thing (any more): 404, 410. */
  askIfThere<Answer>(call: Call, schema: z.ZodType<Answer>): Promise<Answer | undefined>;
  /** For answers whose body says nothing. */
  tell(call: Call): Promise<void>;
}

/** Statuses of what the server will not take later either. */
const refusals: readonly number[] = [400, 413, 422];
const laterStatuses: readonly number[] = [408, 409, 423, 425, 429];

/** GitHub tells of its limits by 403. */
function isLimit({ status, headers, retryAfterMs }: OutboundResponse): boolean {
  return status === 403 && (retryAfterMs !== undefined || headers['x-ratelimit-remaining'] === '0');
}

/**
 * What an answer means. All that is neither a refusal nor sure to pass by itself, such as a project that is not there, a redirect
 * or a method that is not allowed, is a mistake of the configuration that somebody mends: it is `login`, so that no ticket is lost.
 */
function faultOf(response: OutboundResponse): TrackerFault {
  const { status } = response;
  if (status >= 500 || laterStatuses.includes(status) || isLimit(response)) return 'retry';
  return refusals.includes(status) ? 'refused' : 'login';
}

/** When the limits of GitHub, GitLab and Gitea end, in milliseconds from now. */
function resetOf({ headers }: OutboundResponse, now: number): number | undefined {
  const reset = Number(headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']);
  const isTold = (headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining']) === '0';
  if (!isTold || !Number.isFinite(reset)) return undefined;
  return Math.min(Math.max(reset * 1000 - now, 0), mostResetMs);
}

/** @throws TrackerError unless the answer is a success. */
export function checkAnswer(response: OutboundResponse, what: string): void {
  if (response.status >= 200 && response.status < 300) return;
  const fault = faultOf(response);
  const said = cutSecrets(response.body.replaceAll(/\s+/g, ' ').trim()).slice(0, mostFaultCharacters);
  const retryAfterMs =
    response.retryAfterMs ?? (fault === 'retry' ? resetOf(response, Date.now()) : undefined);
  throw new TrackerError(fault, `${what}: it answered ${response.status}: ${said}`, { retryAfterMs });
}

/**
 * Sends a request.
 * @throws TrackerError `retry` without an answer, and where an answer to a write is too large, for it was done and is found when it
 * is tried again; `login` where the configuration does not let the request out, or the answer in
 */
export async function deliver(
  { send }: Pick<TrackerTools, 'send'>,
  request: OutboundRequest,
  signal: AbortSignal,
): Promise<OutboundResponse> {
  try {
    return await send(request, signal);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const isMistake = error.fault === 'forbidden' || (error.fault === 'large' && request.method === 'GET');
    throw new TrackerError(isMistake ? 'login' : 'retry', error.message, { cause: error });
  }
}

/** @throws TrackerError `retry`: a proxy's page in place of an answer goes away. */
function parse<Answer>(body: string, schema: z.ZodType<Answer>, what: string): Answer {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new TrackerError('retry', `${what}: the answer is no JSON`, { cause: error });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = z.prettifyError(result.error).slice(0, mostFaultCharacters);
  throw new TrackerError('retry', `${what}: the answer is another than documented: ${problems}`);
}

function encoded(part: string | number): string {
  const text = String(part);
  // A URL takes these as steps up, however they are encoded.
  if (/^\.{0,2}$/.test(text))
    throw new TrackerError('refused', `${JSON.stringify(text)} is no name of anything in an address`);
  return encodeURIComponent(text);
}

function urlOf(base: URL, { path, query }: Call): URL {
  const url = new URL(base);
  url.pathname = [base.pathname.replace(/\/+$/, ''), ...path.map(encoded)].join('/');
  const pairs = query instanceof URLSearchParams ? [...query] : Object.entries(query ?? {});
  url.search = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
  return url;
}

/** @param headers of every call, the login among them: read anew for each, as secrets are exchanged */
export function createApi(
  tools: Pick<TrackerTools, 'send'>,
  url: URL,
  headers: () => Promise<Readonly<Record<string, string>>>,
): Api {
  async function exchange(call: Call): Promise<OutboundResponse> {
    const { method, body, signal } = call;
    const target = urlOf(url, call);
    const all = {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(await headers()),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    return deliver(tools, { method, url: target, headers: all, ...sent }, signal);
  }

  const named = ({ method, path }: Call): string => `${method} /${path.join('/')}`;
  return {
    async askIfThere(call, schema) {
      const response = await exchange(call);
      if (response.status === 404 || response.status === 410) return undefined;
      checkAnswer(response, named(call));
      return parse(response.body, schema, named(call));
    },
    async ask(call, schema) {
      const response = await exchange(call);
      checkAnswer(response, named(call));
      return parse(response.body, schema, named(call));
    },
    async tell(call) {
      checkAnswer(await exchange(call), named(call));
    },
  };
}
