import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';

/** A response as received: not decompressed. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** One GET on a new connection. */
export async function fetchRaw(url: string, gzip = false): Promise<Answer> {
  const headers = gzip ? { 'Accept-Encoding': 'gzip' } : {};
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  get(url, { agent: false, headers, timeout: 10_000 }, resolve)
    .on('error', reject)
    .on('timeout', () => reject(new Error(`${url}: no answer within 10 s`)));
  const response = await promise;
  return { status: response.statusCode ?? 0, body: await buffer(response) };
}

/** Fetches a page as text. @throws Error unless its status is 200. */
export async function fetchText(url: string): Promise<string> {
  const { status, body } = await fetchRaw(url);
  if (status !== 200) throw new Error(`${url} answered ${status}: ${body.toString().slice(0, 500)}`);
  return body.toString();
}

/** The number of series of the 20 queries in an exposition of any of the exporters. */
export function benchSeries(exposition: string): number {
  return exposition.split('\n').filter((line) => /^(?:sql_)?bench_/.test(line)).length;
}

/** The sum of all series of a family in an exposition, with labels (`erp_x{…} 5`) or without (`erp_x 5`). */
export function sumOf(exposition: string, family: string): number {
  return exposition
    .split('\n')
    .filter((line) => line.startsWith(`${family}{`) || line.startsWith(`${family} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
