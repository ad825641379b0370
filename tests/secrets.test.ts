import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { cutSecrets, looksSecret } from '../src/secrets.ts';
import { leaks, planted } from './helpers/secrets.ts';
import { casesOf } from './helpers/nightly.ts';

it('cuts 2,000 random secrets out of sentences, quoted or not', () => {
  const quotes = fc.constantFrom('', '"', "'", '`');
  fc.assert(
    fc.property(planted, quotes, ({ text, secret }, quote) => {
      const sentence = `databases.shop.host: cannot reach ${quote}${text}${quote}; use url:`;
      expect(leaks(cutSecrets(sentence), secret)).toEqual([]);
      expect(cutSecrets(sentence)).toMatch(/^databases\.shop\.host: cannot reach /);
    }),
    { numRuns: casesOf(2000), seed: 11 },
  );
});

it.each([
  ['postgres://exporter:secret@shop.acme.lan/shop', 'postgres://[secret]@shop.acme.lan/shop'],
  ['at mysql://u:p@ss/w@h:3306/d?x=1 now', 'at mysql://[secret]@h:3306/d?x=1 now'],
  ['Server=erp;User ID=x;Password=welcome;', 'Server=erp;User ID=x;Password=[secret];'],
  ['https://shop.example/?api_key=abc&id=1', 'https://shop.example/?api_key=[secret]&id=1'],
  ['getaddrinfo ENOTFOUND kT7pXq29fLmZ4rVb', 'getaddrinfo ENOTFOUND [secret]'],
])('cuts %s', (text, expected) => {
  expect(cutSecrets(text)).toBe(expected);
  expect(looksSecret(text)).toBe(true);
});

it.each([
  'cannot read /run/secrets/erp-2024.password: the file does not exist',
  'write postgres://user:password@host:port/database',
  'connect ECONNREFUSED 127.0.0.1:5432',
  'http://[::1]:9745,http://127.0.0.1:9745',
  'ErpNewKindOfError would reach nobody; add a rule to notify:',
  'monitors[2].late_after.warning: must be at least 1s',
  'https://businesscentral.dynamics.com/f47ac10b-58cc-4372-a567-0e02b2c3d479/Production?company=ACME',
  'column "OrderNumber" is numeric(12,2), not timestamptz; SELECT CAST(x AS timestamptz)',
  'Überschreitung des Kreditlimits: Rechnungsempfängeradresse, élément comptabilisé',
  '/home/erp/exporter-AbC1x2/erp-exporter.yml',
  'is no time with its offset, such as 2026-11-21T10:00:00Z; CAST it',
  '(since 2026-11-21T10:00:00.123456+01:00), until 2027-01-01T00:00+0100.',
  'client_auth_type is none of NoClientCert, RequestClientCert, VerifyClientCertIfGiven',
  'write Server=host,1433;Database=ACME;User ID=exporter;Password=…',
])('leaves %s', (text) => {
  expect(cutSecrets(text)).toBe(text);
});

/** The literals of a file of TypeScript, and the pieces between the gaps of its templates. */
function literalsOf(file: string): string[] {
  const found: string[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(node.text);
    ts.forEachChild(node, walk);
  };
  walk(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return found;
}

it('leaves every sentence that the program itself says', () => {
  const sentences = globSync('src/**/*.{ts,tsx}')
    .flatMap(literalsOf)
    .filter((text) => /(?:\p{L}{2,}[,;:]? ){2}\p{L}{2}/u.test(text) && text.length < 4000);
  expect(sentences.length).toBeGreaterThan(1000);
  expect(sentences.filter((text) => cutSecrets(text) !== text)).toEqual([]);
});

it('reads long words of any shape in time', () => {
  const begin = process.cpuUsage();
  for (const unit of ['a', 'is', 'Of', 'aB', 'Aa', 'Aaa', 'É', 'Ab1'])
    for (const end of ['1A', '9Zz!', 'aé1Bc', ''])
      cutSecrets(`fault in ${unit.repeat(2000 / unit.length)}${end}`);
  expect(process.cpuUsage(begin).user / 1e6).toBeLessThan(2);
});

it('bounds what it returns, and takes no time for what is made to take it', () => {
  const begin = process.cpuUsage();
  for (const text of ['a://'.repeat(50_000), 'Aa1'.repeat(50_000), 'a-'.repeat(90_000), '!'.repeat(99_999)])
    expect(cutSecrets(text).length).toBeLessThanOrEqual(4000);
  expect(process.cpuUsage(begin).user / 1e6).toBeLessThan(1);
});
