import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { explain } from '../../../src/commands/explain.ts';
import { readKnownErrors, shippedErrorsFile } from '../../../src/config/sections/known-errors-file.ts';
import { formatProblem } from '../../../src/config/source/problem.ts';

const schemaFile = 'config/known-errors.schema.json';

/** Where the committed schema refuses a file, and why. */
async function refusals(text: string): Promise<readonly string[]> {
  const schema = JSON.parse(await readFile(schemaFile, 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile(schema);
  validate(parse(text));
  return (validate.errors ?? []).map(({ instancePath, message = '', params }) =>
    [instancePath, message, params['additionalProperty']].filter(Boolean).join(' '),
  );
}

const base = 'id: ours, category: parse, responder: it, title: T, action: A';
const entry = (rest: string, start = base): string => `errors:\n  - { ${start}, ${rest} }\n`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'known-errors-schema-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the exporter itself says of an own file, in a configuration with the responder `warehouse`. */
async function problemsOf(text: string): Promise<readonly string[]> {
  const file = join(folder, 'own.yml');
  await writeFile(file, text);
  const { problems } = await readKnownErrors(shippedErrorsFile, file, { responders: ['warehouse'] });
  return problems.map(formatProblem);
}

describe('the schema of known errors', () => {
  it('accepts the shipped file, which names it', async () => {
    const text = await readFile(shippedErrorsFile, 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/known-errors\.schema\.json\n/);
    expect(await refusals(text)).toEqual([]);
  });

  it('is named where own entries are explained', async () => {
    expect(await readFile('docs/known-errors.md', 'utf8')).toContain(
      '`# yaml-language-server: $schema=./known-errors.schema.json`',
    );
  });

  it.each(['Rule 12 refused "X" of record 4711', 'nso:4711', '4711'])(
    'accepts the entry that explain offers for %s',
    async (text) => {
      const lines: string[] = [];
      const code = await explain({
        ...{ text, flow: 'orders', language: 'en', file: undefined, env: {} },
        write: (line) => lines.push(line),
      });
      expect(code).toBe(3);
      const file = `errors:\n${lines.slice(lines.indexOf('') + 1).join('\n')}\n`;
      expect(file).toContain('my-error');
      expect(await refusals(file)).toEqual([]);
      expect(await problemsOf(file)).toEqual([]);
    },
  );

  it.each([
    ['the least there is', entry('patterns: [x]')],
    ['codes in capitals', entry('codes: ["HTTP:429", "netsuite:DUP_RCRD", "b1:-2028"]')],
    ['a responder of the configuration', entry('codes: ["x:1"]', base.replace(': it', ': warehouse'))],
    ['texts in some languages', entry('patterns: [x]', base.replace('title: T', 'title: { fr: T, nl: U }'))],
    [
      'all there is',
      entry('patterns: [x], codes: [], flows: [orders], retryable: true, example: e, explanation: { de: E }'),
    ],
    ['no entries', 'errors: []\n'],
  ])('accepts %s, as the exporter does', async (_what, text) => {
    expect(await refusals(text)).toEqual([]);
    expect(await problemsOf(text)).toEqual([]);
  });

  it.each([
    ['a misspelt key', entry('pattern: [x]'), '/errors/0 must NOT have additional properties pattern'],
    ['a misspelt list', 'error: []\n', ' must NOT have additional properties error'],
    [
      'a misspelt category',
      entry('patterns: [x]', base.replace('parse', 'prase')),
      '/errors/0/category must be equal to one of the allowed values',
    ],
    [
      'a language that there is not',
      entry('patterns: [x]', base.replace('title: T', 'title: { es: T }')),
      '/errors/0/title must NOT have additional properties es',
    ],
    [
      'a title in no language',
      entry('patterns: [x]', base.replace('title: T', 'title: {}')),
      '/errors/0/title must NOT have fewer than 1 properties',
    ],
    [
      'an entry that matches nothing',
      entry('codes: [], patterns: []'),
      '/errors/0 must match a schema in anyOf',
    ],
    ['a code without its namespace', entry('codes: ["1205"]'), '/errors/0/codes/0 must match pattern'],
    ['a code that is a number', entry('codes: [1205]'), '/errors/0/codes/0 must be string'],
    [
      'an id with a meaning',
      entry('patterns: [x]', base.replace('ours', 'unknown-1')),
      '/errors/0/id must match pattern',
    ],
    [
      'a responder that is no name',
      entry('patterns: [x]', base.replace(': it', ': the it')),
      '/errors/0/responder must match pattern',
    ],
    [
      'an entry without an action',
      entry('patterns: [x]', base.replace(', action: A', '')),
      "/errors/0 must have required property 'action'",
    ],
    ['a pattern that is no list', entry('patterns: x'), '/errors/0/patterns must be array'],
    ['no flow', entry('patterns: [x], flows: []'), '/errors/0/flows must NOT have fewer than 1 items'],
  ])('refuses %s, as the exporter does', async (_what, text, expected) => {
    const found = await refusals(text);
    expect(
      found.some((refusal) => refusal.trim().startsWith(expected.trim())),
      found.join('\n'),
    ).toBe(true);
    expect(await problemsOf(text)).not.toEqual([]);
  });
});
