import type { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the product looks at of a request, of HTTP/1.1 or HTTP/2. */
export interface HttpRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of its body; absent for a request that is made up, which has none. */
  [Symbol.asyncIterator]?(): AsyncIterator<Uint8Array>;
}

/** What the product does with a response, of HTTP/1.1 or HTTP/2. */
export interface HttpResponse {
  statusCode: number;
  setHeader(name: string, value: string | number | readonly string[]): unknown;
  end(data: Uint8Array): unknown;
}

/** What is known of who sent a request, besides what the request says. */
export interface Client {
  /** The certificate of the client, if an authority of the configuration vouches for it. */
  readonly certificate: X509Certificate | undefined;
}

export type HttpHandler = (request: HttpRequest, response: HttpResponse, client: Client) => void;

/** Headers of an answer; several values stand in a line each, as those of Set-Cookie must. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** What is sent back: made whole before its first byte goes out. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string | Uint8Array;
}

/** An answer in plain text, which gets its newline here. */
export function textAnswer(status: number, text: string, headers: AnswerHeaders = {}): Answer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body: `${text}\n` };
}

/**
 * The headers of every answer, errors included: nothing is kept by a cache, guessed to be of another type, framed, or
 * allowed to load or send anything elsewhere.
 */
export const safetyHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  // By `no-referrer` a browser would send `Origin: null` with our own forms, as it does with foreign ones.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/** Sends an answer. @param extra headers that take precedence over the safety headers. */
export function send(
  request: HttpRequest,
  response: HttpResponse,
  { status, headers, body }: Answer,
  extra: Readonly<Record<string, string>>,
): void {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  response.statusCode = status;
  for (const [name, value] of Object.entries({ ...safetyHeaders, ...headers, ...extra }))
    response.setHeader(name, value);
  response.setHeader('Content-Length', bytes.length);
  response.end(request.method === 'HEAD' ? new Uint8Array() : bytes);
}

/** What stands behind the path. */
export function queryOf({ url = '' }: HttpRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

/** The path that a request asks for, without its query; '' when there is none. */
export function pathOf({ url = '' }: HttpRequest): string {
  // A proxy may ask for a whole URL (RFC 9112, 3.2.2).
  const path = url.startsWith('/') ? url : (URL.parse(url)?.pathname ?? '');
  return path.split('?', 1)[0] ?? '';
}
