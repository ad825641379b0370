import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStateFile } from '../../src/state/file.ts';
import { lockStateFile } from '../../src/state/lock.ts';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  file = join(folder, 'state.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const refused = 'another erp-exporter uses it; stop that one, or name another file as state_file';

/** Another process that holds the lock and does nothing else. */
async function holder() {
  const lock = fileURLToPath(new URL('../../src/state/lock.ts', import.meta.url));
  const script = `const { lockStateFile } = await import(${JSON.stringify(lock)});
    const held = lockStateFile(${JSON.stringify(file)});
    setInterval(() => held, 1000);
    console.log('held');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

it('keeps a second process off until the first has ended, however it ends', async () => {
  const child = await holder();
  try {
    expect(() => lockStateFile(file)).toThrow(`the state file ${file} cannot be used: ${refused}`);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  lockStateFile(file).release();
});

it('is free again once it was released', () => {
  for (let round = 0; round < 3; round += 1) lockStateFile(file).release();
  const held = lockStateFile(file);
  expect(() => lockStateFile(file)).toThrow(refused);
  held.release();
});

it('holds for every name of a file, and for no other file', () => {
  writeFileSync(file, '');
  const link = join(folder, 'link.db');
  symlinkSync(file, link);
  const held = lockStateFile(link);
  expect(() => lockStateFile(file)).toThrow(refused);
  lockStateFile(join(folder, 'other.db')).release();
  held.release();
});

it('leaves the file itself to readers', () => {
  const held = lockStateFile(file);
  openStateFile(file).close();
  held.release();
});

it('says which folder is missing', () => {
  const inNoFolder = join(folder, 'none', 'state.db');
  expect(() => lockStateFile(inNoFolder)).toThrow(
    new RegExp(`the state file ${inNoFolder} cannot be used: .*name a file in a folder`),
  );
});
