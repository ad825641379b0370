import type { PrometheusServer } from '../config/config.ts';
import { OutboundError } from '../outbound/contract.ts';
import type { OutboundFault, OutboundResponse } from '../outbound/contract.ts';
import { createSend } from '../outbound/send.ts';
import { PrometheusError } from './problem.ts';
import type { HistoryProblem } from './problem.ts';

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

/** Sends a question. Somebody has named the server, which may be in a private network. */
function send({ server, parameters, authorization, signal }: Question): Promise<OutboundResponse> {
  const { url: address, timeoutMs, ca } = server;
  const url = new URL(`${address}/api/v1/query_range`);
  const policy = { hosts: new Set([url.host]), allowsPrivate: true, timeoutMs, mostBytes };
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(authorization === undefined ? {} : { Authorization: authorization }),
  };
  const request = { method: 'POST', url, headers, body: parameters.toString() } as const;
  return createSend(ca === undefined ? policy : { ...policy, ca })(request, signal);
}

function checkStatus({ status, body }: OutboundResponse): void {
  if (status === 200) return;
  const message = `it answered ${status}: ${body.trim().slice(0, mostFaultCharacters)}`;
  // By 503 Prometheus itself says that a query took too long.
  if (status >= 500) throw new PrometheusError(status === 503 ? 'slow' : 'unreachable', message);
  throw new PrometheusError(status === 401 || status === 403 ? 'refused' : 'wrong', message);
}

const problems: Readonly<Record<OutboundFault, HistoryProblem>> = {
  unreachable: 'unreachable',
  lost: 'unreachable',
  large: 'large',
  forbidden: 'wrong',
};

/** Asks Prometheus for series over time. @returns its answer. @throws PrometheusError */
export async function ask(question: Question): Promise<string> {
  try {
    const response = await send(question);
    checkStatus(response);
    return response.body;
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    const { timeoutMs } = question.server;
    if (error.isLate || question.signal.aborted)
      throw new PrometheusError('slow', `no answer within ${timeoutMs} ms`);
    throw new PrometheusError(problems[error.fault], error.message, { cause: error });
  }
}
