import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { files } from '../../../src/monitors/files/index.ts';
import { mostErrorTexts } from '../../../src/monitors/files/folder.ts';
import { mostEntries, scanFolder } from '../../../src/monitors/files/scan.ts';
import { MemoryDatabase, observe } from '../run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (...paths: readonly string[]): void => {
  for (const path of paths) writeFileSync(join(folder, path), '');
};

describe('scanFolder', () => {
  it('looks at so many entries and no more, and says that there are more', async () => {
    write('1.xml', '2.xml', '3.txt', '4.xml');
    expect(await scanFolder(folder, '*.xml', 4)).toMatchObject({ isCut: false, files: { length: 3 } });
    const cut = await scanFolder(folder, '*.xml', 3);
    expect(cut.isCut).toBe(true);
    expect(cut.files.length).toBeLessThanOrEqual(3);
    expect(mostEntries).toBe(100_000);
  });

  it('goes so deep and no deeper', async () => {
    let path = folder;
    for (let depth = 1; depth <= 20; depth += 1) {
      path = join(path, `d${depth}`);
      mkdirSync(path);
      writeFileSync(join(path, 'a.xml'), '');
    }
    const { files: found } = await scanFolder(folder, '**/*.xml');
    expect(found).toHaveLength(16);
  });
});

it('a run reads the messages of so many failed files, and says of how many they are not known', async () => {
  for (let index = 0; index < mostErrorTexts + 2; index += 1) write(`${index}.xml`);
  const failed = { files: '*.xml', error: {} };
  const { notes } = await observe(files, { folder, failed }, new MemoryDatabase({}));
  expect(notes).toContain(
    'failed: the messages of the oldest 2000 files were read; those of 2 more are not known.',
  );
});
