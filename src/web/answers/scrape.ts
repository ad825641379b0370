import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Visitor } from '../../config/config.ts';
import { seriesOfCompanies } from '../../metrics/company-series.ts';
import { contentType } from '../../metrics/exposition.ts';
import type { Body } from '../../metrics/body.ts';
import { queryOf, textAnswer } from '../server/http.ts';
import type { Answer, HttpRequest } from '../server/http.ts';

const compress = promisify(gzip);

/** Whether an Accept-Encoding header takes gzip (RFC 9110, 12.5.3): named, and not with a weight of 0. */
export function acceptsGzip(header: string): boolean {
  return /(?:^|[\s,])(?:x-)?gzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(header);
}

/** A ready-made body, as the scraper can take it. */
async function bodyAnswer({ headers }: HttpRequest, body: Body): Promise<Answer> {
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

/**
 * What a visitor gets of the metrics: with `?company=…`, which may be repeated, the series of those companies; without it all that
 * it may see.
 */
export async function metricsAnswer(
  request: HttpRequest,
  { companies }: Visitor,
  metrics: () => Promise<Body>,
): Promise<Answer> {
  const asked = queryOf(request).getAll('company');
  const foreign = companies === 'all' ? undefined : asked.find((name) => !companies.has(name));
  if (foreign !== undefined)
    return textAnswer(403, `You may not see the company ${JSON.stringify(foreign.slice(0, 100))}.`);
  const body = await metrics();
  if (companies === 'all' && asked.length === 0) return bodyAnswer(request, body);
  const wanted = asked.length > 0 || companies === 'all' ? asked : companies;
  const plain = Buffer.from(seriesOfCompanies(body.plain.toString(), wanted));
  return bodyAnswer(request, { plain, gzipped: () => compress(plain) });
}
