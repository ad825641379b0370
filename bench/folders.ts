import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';

/** Creates a temporary directory that every user may read, because servers change their user; `cleanup` removes it. */
export function makeFolder(cleanup: Cleanup, subfolders: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'erp-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of [folder, ...subfolders.map((name) => join(folder, name))]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  return folder;
}
