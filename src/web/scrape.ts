import { contentType } from '../metrics/exposition.ts';
import type { Body } from '../metrics/body.ts';
import type { Answer, HttpRequest } from './server/http.ts';

/** Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3): named, and not with a weight of 0. */
export function acceptsGzip(header: string): boolean {
  return /(?:^|[\s,])(?:x-)?gzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(header);
}

/** A ready-made body, as the scraper can take it. */
export async function metricsAnswer({ headers }: HttpRequest, body: Body): Promise<Answer> {
  const zipped = acceptsGzip(headers['accept-encoding'] ?? '');
  return {
    status: 200,
    headers: {
      'Content-Type': contentType,
      Vary: 'Accept-Encoding',
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    },
    body: zipped ? await body.gzipped() : body.plain,
  };
}
