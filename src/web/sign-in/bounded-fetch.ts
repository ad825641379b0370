import { setTimeout as pause } from 'node:timers/promises';
import type { CustomFetch, CustomFetchOptions } from 'openid-client';

/** How long a provider is waited for. */
export interface Patience {
  /** One attempt. */
  readonly attemptMs: number;
  /** Attempts of what can be asked again. */
  readonly attempts: number;
  readonly pauseMs: number;
}

export const usualPatience: Patience = { attemptMs: 4_000, attempts: 2, pauseMs: 250 };

/** Far more than keys and claims need. */
const maxBytes = 1_048_576;

/** A provider does not answer, or has a fault of its own. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** Nothing was sent yet. */
const unsent: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

async function bodyOf({ body }: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const stream: AsyncIterable<Uint8Array> | null = body;
  for await (const chunk of stream ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer is larger than ${maxBytes / 1024} KiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A message with its cause: `fetch failed` alone says nothing. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && !error.message.includes(cause.message)
    ? `${error.message}: ${reasonOf(cause)}`
    : error.message;
}

/** Whether a provider that does not answer is behind an error. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error instanceof UnreachableError || isUnreachable(error.cause);
}

function wasUnsent(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && unsent.has(String(cause.code));
}

async function attempt(
  url: string,
  { body, headers, method, redirect }: CustomFetchOptions,
  signal: AbortSignal,
): Promise<Response> {
  const response = await fetch(url, { body: body as BodyInit, headers, method, redirect, signal });
  const { status, statusText } = response;
  const bytes = await bodyOf(response);
  if (status >= 500) throw new UnreachableError(`${url} answered ${status}`);
  // An answer without content must have no body at all.
  const content = bytes.length === 0 ? null : new Uint8Array(bytes);
  return new Response(content, { status, statusText, headers: response.headers });
}

/**
 * `fetch` whose time, attempts and answers are bounded. What may have arrived is sent twice only when that does no harm: a code
 * is good for one use. Fails by `UnreachableError`.
 *
 * @param stop ends all of it.
 */
export function boundedFetch({ attemptMs, attempts, pauseMs }: Patience, stop: AbortSignal): CustomFetch {
  return async (url, options) => {
    for (let count = 1; ; count++) {
      try {
        return await attempt(url, options, AbortSignal.any([stop, AbortSignal.timeout(attemptMs)]));
      } catch (error) {
        const isRepeatable = options.method === 'GET' || wasUnsent(error);
        if (count >= attempts || !isRepeatable || stop.aborted)
          throw new UnreachableError(`${new URL(url).origin}: ${reasonOf(error)}`, { cause: error });
      }
      await pause(pauseMs * count, undefined, { signal: stop });
    }
  };
}
