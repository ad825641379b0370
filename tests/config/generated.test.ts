import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generated } from '../../scripts/generated.ts';
import { configJsonSchema, holdsSql } from '../../src/config/schema/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/source/problem.ts';
import { commonKeys } from '../../src/config/schema/monitor.ts';
import { asksDatabases } from '../../src/monitors/shared/asks-databases.ts';
import { kinds } from '../../src/monitors/kinds.ts';

const example = 'config/erp-exporter.example.yml';

describe('what is generated', async () => {
  it.each([...(await generated())])('%s is current; else run npm run generate', async (path, content) => {
    expect(await readFile(path, 'utf8')).toBe(content);
  });
});

describe('the example', () => {
  it('is right, without a warning, and has every kind', async () => {
    const env = { SHOP_URL: 'postgres://exporter:secret@shop.acme.lan/shop', ERP_PASSWORD: 'secret' };
    const result = await loadConfig(example, { env });
    expect(result.ok ? result.warnings : result.problems.map(formatProblem)).toEqual([]);
    const used = result.ok ? result.config.monitors.map(({ kind }) => kind.kind) : [];
    expect([...new Set(used)].sort()).toEqual(kinds.map(({ kind }) => kind).sort());
  });

  it('names its schema for editors', async () => {
    expect(await readFile(example, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\/erp-exporter\.schema\.json\n/,
    );
  });
});

describe('the schema', () => {
  const schema = configJsonSchema(kinds);

  it('knows where SQL stands, so that no variable is expanded there', () => {
    for (const key of ['failed', 'waiting', 'query', 'canary'])
      expect(holdsSql(schema, ['monitors', 3, key])).toBe(true);
    for (const path of [
      ['monitors', 0, 'record_url'],
      ['databases', 'shop', 'password'],
      ['monitors'],
      ['none'],
    ])
      expect(holdsSql(schema, path)).toBe(false);
  });

  it('describes every key', async () => {
    const document = (await generated()).get('docs/configuration.md') ?? '';
    const withoutMeaning = document.split('\n').filter((line) => /^\| `.*\|\s+\| [^|]*\|$/.test(line));
    expect(withoutMeaning).toEqual([]);
  });
});

describe('a kind', () => {
  it.each(kinds.map((kind) => [kind.kind, kind] as const))(
    '%s has no key that every monitor has',
    (_name, kind) => {
      const common = [...Object.keys(commonKeys), 'kind'];
      expect(Object.keys(kind.settings.shape).filter((key) => common.includes(key))).toEqual([]);
    },
  );

  const withQueries = kinds.filter(asksDatabases);
  it.each(withQueries.map((kind) => [kind.kind, kind] as const))(
    '%s marks each of its queries as SQL',
    (_name, kind) => {
      const index = kinds.indexOf(kind);
      const form = configJsonSchema(kinds).properties?.['monitors']?.items?.oneOf?.[index] ?? {};
      const paths = Object.keys(kind.settings.shape).flatMap((key) => [
        [key],
        ...Object.keys(form.properties?.[key]?.properties ?? {}).map((inner) => [key, inner]),
      ]);
      const marked = paths.filter((path) => holdsSql(form, path));
      expect(marked.length).toBeGreaterThan(0);
    },
  );
});
