import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codesInColumn, codesInText, isWeakCode, normaliseCode } from '../../src/known-errors/codes.ts';

describe('codes in a text', () => {
  it.each([
    ['HTTP 429 Too Many Requests', ['http:429']],
    ['HTTP/1.1 503 Service Unavailable', ['http:503']],
    ['HTTP error: 404', ['http:404']],
    ['Request failed with status code 422', ['http:422']],
    ['{"statusCode":413,"x":1}', ['http:413']],
    ['422 Unprocessable Entity', ['http:422']],
    ['401 UNAUTHORIZED', ['http:401']],
    ['requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: x', ['http:401']],
    ['Error executing API call (422: Unprocessable Entity): The amount is too high', ['http:422']],
    ["HTTP response '401: Unauthorized' when communicating", ['http:401']],
    ['Response code 404 (Not Found)', ['http:404']],
    ['413 Request Entity Too Large', ['http:413']],
    ['Picqer\\Financials\\Exact\\ApiException : Error 429: ', ['http:429']],
    ['{"status":422}', ['http:422']],
    ['{"statusCode": 422}', ['http:422']],
    ['{"errors":[{"status": "400","code":"X"}]}', ['http:400']],
    ['status: 422', ['http:422']],
    ['HTTP/1.1 422', ['http:422']],
    ['code=422', ['http:422']],
    ['request failed, code=422', ['http:422']],
    ['Failed.  Response code = 500.', ['http:500']],
    ['{"error":{"code": 401}}', ['http:401']],
    ['[url] http://x/rest [status code] 500 [reason phrase]', ['http:500']],
    ['returned an HTTP status of 500.', ['http:500']],
    ['<Status code="406" text="Not Acceptable">', ['http:406']],
    ['SQLSTATE[40001]: Serialization failure: 1213 Deadlock found', ['sqlstate:40001']],
    ['ERROR: deadlock detected (SQLSTATE 40P01)', ['sqlstate:40P01']],
    ['Msg 1205, Level 13, State 51', ['mssql:1205']],
    ['ERROR 1213 (40001): Deadlock found when trying to get lock', ['mysql:1213']],
    ['No matching records found (ODBC -2028)', ['b1:-2028']],
    ['Posting period 012 2026 is not open. Message no. F5201', ['sap:F5/201']],
    ['Meldungsnr. V1 150', ['sap:V1/150']],
    ['550 5.1.1 <x>: Recipient address rejected', ['smtp:550']],
    ['421-4.7.0 try again later', ['smtp:421']],
    ['connect ECONNREFUSED 10.0.0.5:8080', ['node:ECONNREFUSED']],
    ['HTTP 500: HTTP 500: SQLSTATE 23505', ['http:500', 'sqlstate:23505']],
  ])('%s', (text, codes) => {
    expect(codesInText(text)).toEqual(codes);
  });

  it.each([
    'Order 500 was refused',
    '429 pieces are missing',
    'Item 40001 at 1205',
    'step 550 5 1 1',
    '550 5.7.1 Relaying denied',
    'item code=500 is gone',
    'Artikel code: 404',
    'postcode: 4220',
    'Discount code=422',
    'order code: 429 pieces',
    'order 422 not found by the shop',
    'error 422 of 500 lines',
    '422 items were not found',
    '{"orderCode":500}',
    'http 5000',
  ])('are not the bare numbers of %s', (text) => {
    expect(codesInText(text)).toEqual([]);
  });

  it('are never made of a bare number, wherever it stands', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 999 }), (large, small) => {
        for (const text of [
          `Order ${large}: ${small} pieces of ${small} failed, line ${large}`,
          `Order ${small}: not found, item code=${small}, ${small} Not in stock`,
          `{"order":${small},"customerCode":${small},"quantity":${small}}`,
        ])
          expect(codesInText(text)).toEqual([]);
      }),
    );
  });
});

describe('codes in a column', () => {
  it.each([
    ['http:429', ['http:429']],
    [' MSSQL:1205 ', ['mssql:1205']],
    ['sqlstate:40p01', ['sqlstate:40P01']],
    ['x3:12000', ['x3:12000']],
    ['429', ['http:429']],
    ['503 Service Unavailable', ['http:503']],
    ['HTTP 404', ['http:404']],
    ['40P01', ['sqlstate:40P01']],
    ['V1/150', ['sap:V1/150']],
    ['ECONNREFUSED', ['node:ECONNREFUSED']],
    ['1205', []],
    ['40001', []],
    ['200', []],
    ['http://shop/429', []],
    ['', []],
    ['500 pieces, 3 boxes', []],
  ])('%j', (column, codes) => {
    expect(codesInColumn(column)).toEqual(codes);
  });
});

it('spells a code in one way', () => {
  expect(normaliseCode('Netsuite:dup_rcrd')).toBe('netsuite:DUP_RCRD');
});

it('takes the statuses that wrap anything for weak, and no others', () => {
  const weak = [400, 401, 403, 404, 408, 409, 413, 422, 423, 429, 500, 502, 503, 504].filter((status) =>
    isWeakCode(`http:${status}`),
  );
  expect(weak).toEqual([400, 401, 403, 409, 422, 500, 502, 503]);
  expect(['node:ECONNREFUSED', 'sqlstate:40P01', 'smtp:550'].map(isWeakCode)).toEqual([true, false, false]);
});
