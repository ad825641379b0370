import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fromTemplate } from './templates.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'templates-'));
  mkdirSync(join(home, 'templates'));
  vi.stubEnv('TEST_TEMPLATES', join(home, 'templates'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

it('gives a copy to each, also to those who ask at once, and makes one for all who come later', async () => {
  let made = 0;
  const give = async (name: string): Promise<string> => {
    await fromTemplate('server', join(home, name), (folder) => {
      made += 1;
      mkdirSync(folder);
      writeFileSync(join(folder, 'file'), 'as it was');
      return Promise.resolve();
    });
    return readFileSync(join(home, name, 'file'), 'utf8');
  };
  expect(await Promise.all([give('one'), give('two')])).toEqual(['as it was', 'as it was']);
  const before = made;
  writeFileSync(join(home, 'one', 'file'), 'changed');
  expect(await give('three')).toBe('as it was');
  expect(made).toBe(before);
  expect(readdirSync(join(home, 'templates'))).toEqual(['server']);
});
