import { request as plainRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { PrometheusServer } from '../config/config.ts';
import { PrometheusError } from './problem.ts';

/** Far more than a company with 50 monitors needs; an answer of this size is read within a tenth of a second. */
export const mostBytes = 4_194_304;
/** Of an answer that is no success, as much as a log needs. */
const mostFaultCharacters = 300;

/** How one question is asked. */
export interface Question {
  readonly server: PrometheusServer;
  /** Parameters of `query_range`. */
  readonly parameters: URLSearchParams;
  /** The header `Authorization`; undefined: none. */
  readonly authorization: string | undefined;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/** Sends a question; redirects are not followed, so that the login goes nowhere else. */
function send({ server, parameters, authorization, signal }: Question): Promise<IncomingMessage> {
  const url = new URL(`${server.url}/api/v1/query_range`);
  const options = {
    method: 'POST',
    signal,
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'User-Agent': 'erp-exporter',
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    },
    ...(server.ca === undefined ? {} : { ca: server.ca }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === 'https:' ? tlsRequest(url, options) : plainRequest(url, options);
  request.on('response', resolve).on('error', reject).end(parameters.toString());
  return promise;
}

/** The body, up to a size. @throws PrometheusError `large` beyond it. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > mostBytes) throw new PrometheusError('large', `the answer has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function checkStatus(status: number, body: string): void {
  if (status === 200) return;
  const message = `it answered ${status}: ${body.trim().slice(0, mostFaultCharacters)}`;
  // By 503 Prometheus itself says that a query took too long.
  if (status >= 500) throw new PrometheusError(status === 503 ? 'slow' : 'unreachable', message);
  throw new PrometheusError(status === 401 || status === 403 ? 'refused' : 'wrong', message);
}

/** Asks Prometheus for series over time. @returns its answer. @throws PrometheusError */
export async function ask(question: Question): Promise<string> {
  try {
    const response = await send(question);
    const body = await bodyOf(response);
    checkStatus(response.statusCode ?? 0, body);
    return body;
  } catch (error) {
    if (error instanceof PrometheusError) throw error;
    const { timeoutMs } = question.server;
    if (question.signal.aborted) throw new PrometheusError('slow', `no answer within ${timeoutMs} ms`);
    const message = error instanceof Error ? error.message : String(error);
    throw new PrometheusError('unreachable', message, { cause: error });
  }
}
