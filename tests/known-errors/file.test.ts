import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readKnownErrors, shippedErrorsFile } from '../../src/config/sections/known-errors-file.ts';
import { formatProblem } from '../../src/config/source/problem.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'known-errors-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const shippedText = `errors:
  - { id: locked, category: locked, responder: shop_admin, codes: ["mssql:1222"], title: Locked, action: Wait. }
  - { id: parse, category: parse, responder: web_agency, patterns: [malformed], title: Broken, action: Repair. }
`;

/** Reads an own file beside a small shipped one; problems with the file's name cut off. */
async function read(text: string, options: { responders?: string[]; flows?: string[] } = {}) {
  const shipped = join(folder, 'shipped.yml');
  const own = join(folder, 'own.yml');
  await writeFile(shipped, shippedText);
  await writeFile(own, text);
  const { catalogue, problems } = await readKnownErrors(shipped, own, { responders: [], ...options });
  return {
    errors: catalogue.errors,
    ids: catalogue.errors.map(({ id, own: isOwn }) => (isOwn ? `own ${id}` : id)),
    problems: problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, '')),
  };
}

const entry = (text: string) =>
  `  - { category: parse, responder: it, patterns: [x], title: T, action: A, ${text} }\n`;

/** `own.yml:line:column` of the last occurrence of a text. */
function placeOf(text: string, part: string): string {
  const before = text.slice(0, text.lastIndexOf(part)).split('\n');
  return `own.yml:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

describe('own known errors', () => {
  it('stand before the shipped ones and replace those of the same id', async () => {
    const { ids, problems } = await read(`errors:\n${entry('id: ours')}${entry('id: parse')}`);
    expect(problems).toEqual([]);
    expect(ids).toEqual(['own ours', 'own parse', 'locked']);
  });

  it('have a text in each language, whether one or several are given', async () => {
    const { errors } = await read(
      `errors:\n  - { id: a, category: parse, responder: it, patterns: [x], title: One for all, action: { fr: Réparer, nl: Herstellen } }\n`,
    );
    expect(errors[0]).toMatchObject({
      title: { en: 'One for all', nl: 'One for all', de: 'One for all', fr: 'One for all' },
      explanation: { en: 'One for all', fr: 'One for all' },
      action: { en: 'Herstellen', nl: 'Herstellen', de: 'Herstellen', fr: 'Réparer' },
      retryable: false,
      flows: [],
      example: '',
    });
  });

  it('may name responders of the configuration', async () => {
    const text = `errors:\n  - { id: a, category: parse, responder: warehouse, patterns: [x], title: T, action: A }\n`;
    expect((await read(text, { responders: ['warehouse'] })).problems).toEqual([]);
    expect((await read(text)).problems).toEqual([
      `${placeOf(text, 'warehouse')}: errors[0].responder: must be one of customer, shop_admin, erp_partner, web_agency, it`,
    ]);
  });

  it('that are right count, though others are wrong', async () => {
    const { ids, problems } = await read(`errors:\n${entry('id: Bad Id')}${entry('id: good')}`);
    expect(problems).toHaveLength(1);
    expect(ids).toEqual(['own good', 'locked', 'parse']);
  });
});

describe('problems of own known errors are reported with their position', () => {
  it.each([
    [
      'a pattern that RE2 cannot take',
      'errors:\n  - id: a\n    category: parse\n    responder: it\n    title: T\n    action: A\n    patterns:\n      - fine\n      - "x(?!y)"\n',
      '"x(?!y)"',
      'errors[0].patterns[1]: is not a valid RE2 pattern: invalid or unsupported Perl syntax: `(?!`; RE2 has no look-around and no back-references, and repeats at most 1000 times',
    ],
    [
      'an unknown category',
      `errors:\n  - { id: a, category: lokced, responder: it, patterns: [x], title: T, action: A }\n`,
      'lokced',
      /^errors\[0\]\.category: must be one of auth, .*; did you mean "locked"\?$/,
    ],
    [
      'an unknown responder',
      `errors:\n  - { id: a, category: parse, responder: erp_parter, patterns: [x], title: T, action: A }\n`,
      'erp_parter',
      'errors[0].responder: must be one of customer, shop_admin, erp_partner, web_agency, it; did you mean "erp_partner"?',
    ],
    [
      'an id that is there twice',
      `errors:\n${entry('id: dup')}${entry('id: b')}${entry('id: dup')}`,
      'dup',
      'errors[2].id: errors[0] has the id "dup" too; give each its own id',
    ],
    [
      'an id with a meaning',
      `errors:\n${entry('id: unknown-1')}`,
      'unknown-1',
      /^errors\[0\]\.id: is not a valid id; /,
    ],
    [
      'an entry that matches nothing',
      `errors:\n  - { id: a, category: parse, responder: it, title: T, action: A }\n`,
      '{',
      'errors[0]: matches nothing; add codes or patterns',
    ],
    [
      'a code without a namespace',
      `errors:\n${entry('id: a, codes: ["1205"]')}`,
      '"1205"',
      /^errors\[0\]\.codes\[0\]: is not a code; write it with its namespace/,
    ],
    [
      'a misspelt key',
      `errors:\n${entry('id: a, flow: [orders]')}`,
      'flow',
      'errors[0].flow: unknown key; did you mean "flows"?',
    ],
    [
      'a language that there is not',
      `errors:\n  - { id: a, category: parse, responder: it, patterns: [x], title: { es: T }, action: A }\n`,
      'es: T',
      'errors[0].title.es: unknown key; use one of de, en, fr, nl',
    ],
    [
      'a title in no language',
      `errors:\n  - { id: a, category: parse, responder: it, patterns: [x], title: {}, action: A }\n`,
      '{}',
      'errors[0].title: is empty; write it in en, nl, de, fr',
    ],
    [
      'a flow that no monitor has',
      `errors:\n${entry('id: a, flows: [oders]')}`,
      'oders',
      'errors[0].flows[0]: no monitor has the flow "oders"; did you mean "orders"?',
    ],
    [
      'a shipped entry replaced for one flow only',
      `errors:\n${entry('id: parse, flows: [orders]')}`,
      'parse, flows',
      /^errors\[0\]\.id: replaces the shipped entry "parse", which would then be missing in every other flow/,
    ],
    [
      'a file of something else',
      '- a\n',
      '- a',
      'contains no known errors; add errors: with a list below it',
    ],
    ['a misspelt list', 'error: []\n', 'error', 'error: unknown key; did you mean "errors"?'],
    ['broken YAML', 'errors:\n  - "a\n', '"a', /./],
  ])('%s', async (_what, text, part, expected) => {
    const { problems } = await read(text, { flows: ['orders', 'payments'] });
    const place = `${placeOf(text, part)}: `;
    const there = problems
      .filter((problem) => problem.startsWith(place))
      .map((problem) => problem.slice(place.length));
    expect(there, problems.join('\n')).not.toEqual([]);
    if (typeof expected === 'string') expect(there[0]).toBe(expected);
    else expect(there[0]).toMatch(expected);
  });

  it('a file that is not there', async () => {
    const own = join(folder, 'none.yml');
    const { problems, catalogue } = await readKnownErrors(shippedErrorsFile, own, { responders: [] });
    expect(problems.map(formatProblem)).toEqual([`${own}:1:1: cannot be read: the file does not exist`]);
    expect(catalogue.errors.length).toBeGreaterThan(0);
  });
});
