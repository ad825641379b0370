import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const root = new URL('../', import.meta.url);
const text = readFileSync(new URL('README.md', root), 'utf8');
const images = [...text.matchAll(/!\[([^\]]*)\]\(([^)]*)\)/g)].map(([, alternative = '', path = '']) => ({
  path,
  alternative,
}));
const links = [...text.matchAll(/[^!]\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, address = '']) => address);
const pngSignature = '89504e470d0a1a0a';

describe('the images of README.md', () => {
  it('are two pages and two dashboards', () => {
    expect(images.map(({ path }) => path)).toEqual([
      'docs/images/overview.png',
      'docs/images/page-monitor.png',
      'docs/images/dashboard-overview.png',
      'docs/images/dashboard-flow.png',
    ]);
  });

  it.each(images)('$path is a small PNG that says what it shows', ({ path, alternative }) => {
    const file = new URL(path, root);
    expect(readFileSync(file).subarray(0, 8).toString('hex')).toBe(pngSignature);
    expect(statSync(file).size).toBeLessThanOrEqual(150 * 1024);
    expect(alternative.length).toBeGreaterThan(20);
  });
});

it('README.md leads to files that exist', () => {
  const paths = links.filter((address) => !/^https?:/.test(address));
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});
