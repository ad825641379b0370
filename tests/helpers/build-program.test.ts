import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram, type Compile } from './build-program.ts';

let root: string;
let builds: number;

/** Copies the sources: what counts here is when, not how. */
const copy: Compile = (project, folder) => {
  builds += 1;
  mkdirSync(join(project, folder), { recursive: true });
  for (const name of readdirSync(join(project, 'src')))
    writeFileSync(
      join(project, folder, name.replace(/\.tsx?$/, '.js')),
      readFileSync(join(project, 'src', name)),
    );
  return Promise.resolve();
};

const write = (name: string, text: string, hoursAgo = 1) => {
  writeFileSync(join(root, name), text);
  const at = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(join(root, name), at, at);
};

const built = () => readFileSync(join(root, 'dist/main.js'), 'utf8');

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  builds = 0;
  mkdirSync(join(root, 'src'));
  write('src/main.ts', 'first');
  write('src/page.tsx', 'page');
  write('tsconfig.json', '{}');
  write('tsconfig.build.json', '{}');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('the build before the suites', () => {
  it('is made where there is none, and not again while nothing changes', async () => {
    await buildProgram(root, copy);
    await buildProgram(root, copy);
    expect([built(), builds]).toEqual(['first', 1]);
    expect(readdirSync(root).toSorted()).toEqual([
      'dist',
      'node_modules',
      'src',
      'tsconfig.build.json',
      'tsconfig.json',
    ]);
  });

  it.each([
    ['a source was edited', () => write('src/main.ts', 'second', -1)],
    ['a page was edited', () => write('src/page.tsx', 'second', -1)],
    ['a source was added, however old', () => write('src/other.ts', 'other', 99)],
    ['settings of the compiler were edited', () => write('tsconfig.json', '{ "a": 1 }', -1)],
    ['the build lost a file', () => rmSync(join(root, 'dist/main.js'))],
  ])('is made again when %s', async (_, change) => {
    await buildProgram(root, copy);
    change();
    await buildProgram(root, copy);
    expect(builds).toBe(2);
  });

  it('forgets sources that have gone', async () => {
    write('src/other.ts', 'other');
    await buildProgram(root, copy);
    rmSync(join(root, 'src/other.ts'));
    await buildProgram(root, copy);
    expect(readdirSync(join(root, 'dist'))).toEqual(['main.js', 'page.js']);
  });

  it('is older than an edit that was made while it ran', async () => {
    await buildProgram(root, async (project, folder) => {
      await copy(project, folder);
      writeFileSync(join(root, 'src/main.ts'), 'edited meanwhile');
      const soon = new Date(Date.now() + 5);
      utimesSync(join(root, 'src/main.ts'), soon, soon);
    });
    await buildProgram(root, copy);
    expect([built(), builds]).toEqual(['edited meanwhile', 2]);
  });

  it('is made once for several who ask at once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => buildProgram(root, copy)));
    expect(builds).toBe(1);
  });

  it('leaves what was there when it fails, and lets others try', async () => {
    await buildProgram(root, copy);
    write('src/main.ts', 'second', -1);
    await expect(buildProgram(root, () => Promise.reject(new Error('TS2322')))).rejects.toThrow('TS2322');
    expect(built()).toBe('first');
    write('src/main.ts', 'second', 1);
    write('tsconfig.json', '{}', 0.5);
    await buildProgram(root, copy);
    expect(readdirSync(join(root, 'node_modules/.cache'))).toEqual([]);
  });

  it('does not wait for a process that has died', async () => {
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
    // More than any system's highest number of a process.
    writeFileSync(join(root, 'node_modules/.cache/erp-exporter-build.lock'), '2147483647');
    await buildProgram(root, copy);
    expect(built()).toBe('first');
  });
});
