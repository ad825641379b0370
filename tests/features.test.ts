import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../src/config/schema/json-schema.ts';
import { kinds } from '../src/monitors/kinds.ts';

const read = (path: string): string => readFileSync(path, 'utf8');

const rows = read('docs/features.md')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => {
    const [number = '', wish = '', state = '', where = ''] = line.slice(1, -1).split('|');
    return { number: number.trim(), wish: wish.trim(), state: state.trim(), where: where.trim() };
  });

/** What stands between backticks. */
const named = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe('docs/features.md', () => {
  it('has a line for each of the 64 wishes', () => {
    expect(rows.map(({ number }) => number)).toEqual(
      Array.from({ length: 64 }, (_, index) => String(index + 1)),
    );
  });

  it('says of each that it works, and which tests show it, or that it does not yet', () => {
    const wrong = rows.filter(({ state, where }) =>
      state === 'works' ? !/`tests\/[^`]+\.test\.ts`/.test(where) : state !== 'not yet',
    );
    expect(wrong).toEqual([]);
  });

  it('names files that there are', () => {
    const paths = rows.flatMap(({ where }) => named(where)).filter((name) => /^[\w-]+\//.test(name));
    expect(paths.length).toBeGreaterThan(64);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('names alerts, metrics and keys that there are', () => {
    const { groups } = parse(read('alerts/erp.rules.yml')) as { groups: { rules: { alert: string }[] }[] };
    const alerts = new Set(groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)));
    const metrics = read('docs/metrics.md');
    const keys = JSON.stringify(configJsonSchema(kinds));
    const text = rows.map(({ where }) => where).join('\n');
    const unknown = [
      ...[...text.matchAll(/\bErp[A-Z]\w+/g)].map(([name]) => name).filter((name) => !alerts.has(name)),
      ...named(text).filter((name) => /^erp_\w+$/.test(name) && !metrics.includes(`\`${name}\``)),
      ...[...text.matchAll(/`(\w+):/g)]
        .map(([, key = '']) => key)
        .filter((key) => !keys.includes(`"${key}"`)),
    ];
    expect(unknown).toEqual([]);
  });
});
