import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Visitor } from '../../src/config/config.ts';
import { compressed } from '../../src/web/compression.ts';

const page = {
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Cookie' },
  body: '<p>né</p>'.repeat(1000),
};
const visitor: Visitor = { name: 'eva', companies: 'all', rights: new Set(['page']) };
const request = (url: string, encoding = 'gzip, br') => ({
  request: { url, httpVersion: '1.1', headers: { 'accept-encoding': encoding } },
  visitor,
});

it('compresses a page for a browser that takes it', async () => {
  const { body, headers } = await compressed(request('/companies/acme'), page);
  expect(body.length).toBeLessThan(page.body.length / 10);
  expect(gunzipSync(body).toString()).toBe(page.body);
  expect(headers).toMatchObject({ 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding, Cookie' });
});

it.each([
  ['to a browser that does not take it', request('/', 'identity'), page],
  ['with words of the address, which could be used to guess others', request('/?search=a'), page],
  [
    'to somebody whose session it holds the token of',
    { ...request('/'), visitor: { ...visitor, session: { csrfToken: 'token' } } },
    page,
  ],
  ['that is short', request('/'), { ...page, body: '<p>short</p>' }],
  ['that is a refusal', request('/'), { ...page, status: 404 }],
  ['that is no page', request('/'), { ...page, headers: { 'Content-Type': 'text/csv; charset=utf-8' } }],
])('leaves as it is an answer %s', async (_, asked, answer) => {
  expect(await compressed(asked, answer)).toBe(answer);
});
