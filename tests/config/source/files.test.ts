import { execFileSync } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readText, realPath } from '../../../src/config/source/files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);
const notRegular = { fault: 'it is no regular file, but a pipe, a socket or a device' };

describe('readText', () => {
  it('reads a regular file whole, over a link too, and one of more than a chunk', async () => {
    const text = 'a: ü\n'.repeat(30_000);
    await writeFile(path('a.yml'), text);
    await symlink('a.yml', path('link.yml'));
    expect(await readText(path('link.yml'))).toEqual({ text });
  });

  it('reads files of /proc, whose size is 0', async () => {
    expect(await readText('/proc/self/status')).toEqual({ text: expect.stringContaining('Pid:') as string });
  });

  // A second: a pipe without a writer and /dev/zero would take for ever.
  it('refuses at once what is no regular file', { timeout: 1000 }, async () => {
    execFileSync('mkfifo', [path('pipe')]);
    expect(await readText(path('pipe'))).toEqual(notRegular);
    expect(await readText('/dev/zero')).toEqual(notRegular);
    expect(await readText(folder)).toEqual({ fault: 'it is a directory' });
    const server = createServer().listen(path('socket'));
    expect(await readText(path('socket'))).toEqual(notRegular);
    server.close();
    await symlink('loop', path('loop'));
    expect(await readText(path('loop'))).toEqual({ fault: 'its symbolic links lead in a circle' });
    expect(await realPath(path('loop'))).toBe(path('loop'));
  });

  it('refuses a file that is too large without reading it', async () => {
    await writeFile(path('big'), '');
    await truncate(path('big'), 8 * 1024 * 1024 + 1);
    expect(await readText(path('big'))).toEqual({ fault: 'it is larger than 8 MiB' });
  });
});
