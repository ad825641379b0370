import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from '../log.ts';
import { contentType } from '../metrics/exposition.ts';
import type { Body } from '../metrics/body.ts';

/** Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3): named, and not with a weight of 0. */
export function acceptsGzip(header: string): boolean {
  return /(?:^|[\s,])(?:x-)?gzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(header);
}

/** Sends a ready-made body with nothing added but what a scraper needs. */
export async function sendMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: () => Promise<Body>,
): Promise<void> {
  const body = await metrics();
  const zipped = acceptsGzip(request.headers['accept-encoding'] ?? '');
  const bytes = zipped ? await body.gzipped() : body.plain;
  response.writeHead(200, {
    'Content-Type': contentType,
    'Content-Length': bytes.length,
    Vary: 'Accept-Encoding',
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/**
 * Answers scrapes before anything else looks at the request, and hands on what is no scrape. A router costs a third of the
 * processor time of a small scrape (`npm run bench -- scrape`).
 */
export function scrapesFirst(
  rest: RequestListener,
  options: { readonly path: string; readonly metrics: () => Promise<Body>; readonly log: Logger },
): RequestListener {
  const { path, metrics, log } = options;
  return (request, response) => {
    if (request.url !== path || (request.method !== 'GET' && request.method !== 'HEAD')) {
      rest(request, response);
      return;
    }
    sendMetrics(request, response, metrics).catch((error: unknown) => {
      log.error('scrape failed', { problem: String(error) });
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain' });
      response.end('Internal error; see the log of erp-exporter.\n');
    });
  };
}
