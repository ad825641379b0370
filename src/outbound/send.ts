import { request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import {
  createIsPrivate,
  publicAddresses,
  resolveBySystem,
  type IsPrivate,
  type Resolve,
} from './addresses.ts';
import { checkRequest } from './check.ts';
import {
  OutboundError,
  type OutboundPolicy,
  type OutboundRequest,
  type OutboundResponse,
  type SendOutbound,
} from './contract.ts';
import { retryAfterOf } from './retry-after.ts';

/** Of an error, what a person can use: where several addresses were tried, Node.js gives the messages of each alone. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError)
    return error.errors.map((one: unknown) => messageOf(one)).join('; ') || 'no address answers';
  return error instanceof Error ? error.message : String(error);
}

/** Why a call failed. @param signal its caller's. @param lateMs how long it was waited for, where that is why. */
function whyOf(error: unknown, signal: AbortSignal, lateMs: number | undefined): string {
  if (signal.aborted) return 'the call was ended';
  return lateMs === undefined ? messageOf(error) : `no answer within ${lateMs} ms`;
}

/** What the socket asks for addresses: so nothing that resolves otherwise a moment later can be dialled. */
function lookupOf(resolve: Resolve, isPrivate: IsPrivate): LookupFunction {
  return (host, options, answer) => {
    publicAddresses(host, resolve, isPrivate).then(
      (addresses) => {
        const [first] = addresses;
        if (options.all === true) answer(null, [...addresses]);
        else if (first === undefined) answer(new Error(`${host} has no address`), '');
        else answer(null, first.address, first.family);
      },
      (error: unknown) => answer(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };
}

/** The first of each name. */
function headersOf(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headersDistinct).flatMap(([name, values]) =>
      values?.[0] === undefined ? [] : [[name, values[0]]],
    ),
  );
}

async function bodyOf(response: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) throw new OutboundError('large', `the answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Resolves with the head of the answer. @param onSending is called when bytes of the request may leave. */
function exchange(
  request: ClientRequest,
  body: string | Uint8Array | undefined,
  onSending: () => void,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  // A TLS socket connects twice; before the second, no byte of the request has left, nor when a certificate is refused.
  const ready = request.protocol === 'https:' ? 'secureConnect' : 'connect';
  request.on('socket', (socket) => socket.once(ready, onSending));
  request.on('response', resolve).on('error', reject).end(body);
  return promise;
}

/** What a sender takes from outside; tests bring their own. */
export interface SendTools {
  readonly resolve?: Resolve;
}

/**
 * Sends requests within a policy. Each has a connection of its own: none that was opened for another policy, none that the server
 * is about to close.
 */
export function createSend(policy: OutboundPolicy, tools: SendTools = {}): SendOutbound {
  const isPrivate = policy.allowsPrivate ? () => false : createIsPrivate();
  const lookup = lookupOf(tools.resolve ?? resolveBySystem, isPrivate);

  function open({ method, url, headers }: OutboundRequest, signal: AbortSignal): ClientRequest {
    const options = {
      method,
      headers: { 'User-Agent': 'erp-exporter', ...headers },
      agent: false,
      lookup,
      signal,
      ...(policy.ca === undefined ? {} : { ca: policy.ca }),
    } as const;
    return url.protocol === 'https:' ? tlsRequest(url, options) : plainRequest(url, options);
  }

  async function answerOf(request: OutboundRequest, signal: AbortSignal, onSending: () => void) {
    const response = await exchange(open(request, signal), request.body, onSending);
    const body = await bodyOf(response, policy.mostBytes);
    const headers = headersOf(response);
    const retryAfterMs = retryAfterOf(headers, Date.now());
    return { status: response.statusCode ?? 0, headers, body, retryAfterMs } satisfies OutboundResponse;
  }

  return async (request, signal) => {
    checkRequest(request, policy, isPrivate);
    const timeout = AbortSignal.timeout(policy.timeoutMs);
    const progress = { isSent: false };
    try {
      return await answerOf(request, AbortSignal.any([signal, timeout]), () => {
        progress.isSent = true;
      });
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      const isLate = timeout.aborted;
      const why = whyOf(error, signal, isLate ? policy.timeoutMs : undefined);
      throw new OutboundError(progress.isSent ? 'lost' : 'unreachable', why, { cause: error, isLate });
    }
  };
}
