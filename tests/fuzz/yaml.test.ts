import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { fuzz, fuzzTimeout } from '../helpers/fuzz.ts';
import { keptBytes } from '../helpers/memory.ts';

const secret = 'kT7pXq29fLmZ4rVbW8';
const texts = ['config/erp-exporter.example.yml', 'tests/fixtures/config/everything.yml'].map((file) =>
  readFileSync(file, 'utf8'),
);

/** What YAML, numbers, dates and our own texts are known to stumble over. */
const splinter = fc.oneof(
  fc.constantFrom(
    ...[
      '[',
      ']',
      '{',
      '}',
      ': ',
      '- ',
      '&a ',
      '*a',
      '<<: *a',
      '!!binary ',
      '"',
      "'",
      '|',
      '>',
      '---\n',
      '\t',
      '\0',
    ],
    ...[
      '%YAML 1.1\n',
      '? ',
      '# ',
      '~',
      '.inf',
      '.nan',
      '1e999',
      '0x',
      '2026-02-30',
      '\u{FEFF}',
      '\u{2028}',
      '\uD800',
    ],
    ...[
      '${',
      '${SHOP_URL}',
      '$${',
      '__proto__: ',
      'constructor: ',
      ':company',
      '\n\n',
      '  ',
      '[[[[[[[[',
      '{{{{{{{{',
    ],
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constant('['.repeat(5000)),
  fc.constant('x'.repeat(100_000)),
);

/** A change at a place, given as a part of the length of the text. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  take: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
  put: splinter,
  /** Whether what is taken comes again elsewhere: lines and keys twice, in other sections. */
  again: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
});
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function changed(text: string, { at, take, put, again }: Change): string {
  const place = Math.floor(at * text.length);
  const taken = text.slice(place, place + take);
  const result = text.slice(0, place) + put + text.slice(place + take);
  if (again === null) return result;
  const other = Math.floor(again * result.length);
  return result.slice(0, other) + taken + result.slice(other);
}

const mutants = fc
  .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([text, changes]) => changes.reduce(changed, text));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fuzz-yaml-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it(
  'no configuration brings check down, holds it up, or makes it tell a secret',
  { timeout: fuzzTimeout() },
  async () => {
    const file = join(folder, 'erp-exporter.yml');
    const url = `postgres://exporter:${secret}@127.0.0.1:5432/shop`;
    const env = { SHOP_URL: url, ERP_PASSWORD: secret, INVOICES_DB: secret, ERP_URL: url, DB_PORT: '1' };
    let before: number | undefined;
    let runs = 0;
    const tried = await fuzz(mutants, async (text) => {
      await writeFile(file, text);
      const lines: string[] = [];
      const begin = process.cpuUsage();
      const code = await check({ file, connect: false, env, write: (line) => lines.push(line) });
      const { user } = process.cpuUsage(begin);
      const output = lines.join('\n');
      expect([0, 1]).toContain(code);
      expect(user / 1e6).toBeLessThan(5);
      expect(output).not.toContain(secret);
      expect(lines.length).toBeLessThanOrEqual(103);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(5000);
      // What is made once is there by then.
      runs += 1;
      if (runs === 10) before = await keptBytes();
    });
    expect(tried).toBeGreaterThan(0);
    const grown = ((await keptBytes()) - (before ?? Infinity)) / 1024 / 1024;
    expect(grown).toBeLessThan(20);
  },
);
