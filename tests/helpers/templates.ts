import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The variable with the folder of a run of vitest. */
const variable = 'TEST_TEMPLATES';

/** Vitest's global set-up: a folder for what is made once in a run. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'erp-templates-'));
  // Servers have users of their own.
  chmodSync(folder, 0o755);
  process.env[variable] = folder;
  // The program is started a hundred times: what Node.js makes of its sources is kept from the first time on.
  process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true });
}

/**
 * Makes `folder`, as a copy of what `make` makes once in a run of vitest. Several may ask at once, of one process or of more: each
 * makes one then, and the first is kept.
 */
export async function fromTemplate(
  name: string,
  folder: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const templates = process.env[variable];
  if (templates === undefined) return make(folder);
  const template = join(templates, name);
  if (!existsSync(template)) {
    const unfinished = `${template}.${randomUUID()}`;
    await make(unfinished);
    await rename(unfinished, template).catch(() => rm(unfinished, { recursive: true, force: true }));
  }
  await run('cp', ['-a', template, folder]);
}
