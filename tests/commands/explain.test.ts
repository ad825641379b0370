import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explain } from '../../src/commands/explain.ts';
import type { ExplainOptions } from '../../src/commands/explain.ts';
import { createClassifier } from '../../src/known-errors/classify.ts';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { languages } from '../../src/known-errors/catalogue.ts';
import { fingerprint } from '../../src/known-errors/fingerprint.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'explain-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(text: string, options: Partial<ExplainOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line.replaceAll(`${folder}/`, ''));
  const code = await explain({
    text,
    flow: undefined,
    language: 'en',
    file: undefined,
    env: {},
    write,
    ...options,
  });
  return { code, lines, output: lines.join('\n') };
}

/** A configuration that names own errors, and those. */
async function configured(own: string): Promise<string> {
  const file = join(folder, 'erp-exporter.yml');
  await writeFile(join(folder, 'own.yml'), own);
  await writeFile(
    file,
    'databases: { shop: { driver: postgres, url: "${SHOP_URL}" } }\nresponders: { warehouse: {} }\nknown_errors_file: ${OWN}.yml\n',
  );
  return file;
}

const own = `errors:
  - id: pallet-full
    category: validation
    responder: warehouse
    flows: [orders]
    patterns: ['pallet .{0,20}full']
    title: The pallet is full
    explanation: { en: It holds no more., nl: Er kan niets meer bij. }
    action: { en: Take another one., nl: Neem een andere. }
`;

describe('explain', () => {
  it('tells of a code what it is, what to do, who acts first and why it matched', async () => {
    const { catalogue } = await readKnownErrors(shippedErrorsFile, undefined, { responders: [] });
    const entry = catalogue.errors.find(({ codes }) => codes.includes('http:429'));
    const { code, lines, output } = await run('429', { language: 'nl' });
    expect(code).toBe(0);
    expect(lines[0]).toBe(`rate-limit (rate_limit): ${entry?.title.nl ?? ''}`);
    for (const text of [
      entry?.explanation.nl,
      entry?.action.nl,
      'Reageert eerst: web_agency',
      'Herkend aan:    code http:429, een meegeleverde vermelding',
    ])
      expect(output).toContain(text);
  });

  it('tells of a text by which pattern it was recognised', async () => {
    const { code, lines } = await run(
      'HTTP 500: Posting Date is not within your range of allowed posting dates',
    );
    expect(code).toBe(0);
    expect(lines[0]).toMatch(/^closed-period \(closed_period\): /);
    expect(lines.at(-1)).toMatch(/^Matched by: +pattern .*range of allowed posting dates/);
  });

  it('looks into the own errors of a configuration, whose secrets need not be there', async () => {
    const options = { file: await configured(own), flow: 'orders', env: { OWN: 'own' }, language: 'nl' };
    const { code, lines } = await run('Pallet 7 is full', options);
    expect(code).toBe(0);
    expect(lines).toEqual([
      'pallet-full (validation): The pallet is full',
      '  Er kan niets meer bij.',
      'Wat te doen:    Neem een andere.',
      'Reageert eerst: warehouse',
      'Nieuwe poging:  helpt niet',
      'Herkend aan:    patroon pallet .{0,20}full, een eigen vermelding',
    ]);
  });

  it.each(languages)('says nothing in English in another language: %s', async (language) => {
    const options = { file: await configured(own), env: { OWN: 'own' }, language };
    const english = new Set<string>();
    for (const text of ['429', '401', 'Pallet 7 is full']) {
      const { lines } = await run(text, { ...options, language: 'en' });
      const { lines: found } = await run(text, options);
      const same = found.filter((line, index) => line === lines[index]);
      for (const line of same) english.add(line);
    }
    // What is to be pasted is the same in all languages.
    const sentences = [...english].filter((line) => line !== '' && !line.startsWith('  '));
    expect(sentences.length > 0).toBe(language === 'en');
  });

  it('says which entries it could not try without a flow', async () => {
    const { code, lines } = await run('Pallet 7 is full', {
      file: await configured(own),
      env: { OWN: 'own' },
    });
    expect(code).toBe(3);
    expect(lines.at(-1)).toBe('not tried, as they are limited to a flow (name it with --flow): pallet-full');
  });

  it.each([
    [
      'Rule 12 of "Customs" was not fulfilled for declaration A-77: [x] (y*)',
      'Rule 13 of "Duty" was not fulfilled for declaration B-1: [x] (y*)',
    ],
    ['mssql:50001', 'mssql:50001'],
    ['1205', 'my-erp:1205'],
  ])('gives an entry for %j that can be pasted, and then makes it known', async (text, later) => {
    const { code, lines } = await run(text, { flow: 'orders' });
    expect(code).toBe(3);
    expect(lines[0]).toBe(
      `unknown-${fingerprint('orders', text.includes(':5') ? '' : text, text)}: no entry matches`,
    );
    const file = join(folder, 'pasted.yml');
    await writeFile(file, `errors:\n${lines.slice(3).join('\n')}\n`);
    const { catalogue, problems } = await readKnownErrors(shippedErrorsFile, file, { responders: [] });
    expect(problems).toEqual([]);
    const { classify } = createClassifier(catalogue);
    const isCode = /^[\w-]+:\d+$/.test(later);
    expect(classify({ message: isCode ? '' : later, code: isCode ? later : '', flow: 'orders' }).error).toBe(
      'my-error',
    );
    expect(classify({ message: 'Something else', code: '', flow: 'orders' }).known).toBe(false);
  });

  it.each([
    [
      'a configuration that is not there',
      async () => Promise.resolve(join(folder, 'none.yml')),
      /none\.yml: cannot be read: the file does not exist/,
    ],
    [
      'own errors that are wrong',
      async () => await configured('errors: [{ id: a }]\n'),
      /^own\.yml:1:10: errors\[0\]\.action: is missing/,
    ],
  ])('stops at %s', async (_what, file, message) => {
    const { code, lines } = await run('x', { file: await file(), env: { OWN: 'own' } });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(message);
  });

  it('stops at a variable that is not set', async () => {
    const { code, lines } = await run('x', { file: await configured(own) });
    expect(code).toBe(1);
    expect(lines[0]).toMatch(/known_errors_file: environment variable OWN is not set/);
  });
});
