import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';

/** A temporary folder that everybody may read, as servers change their user; it goes with `cleanup`. */
export function makeFolder(cleanup: Cleanup, subfolders: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'erp-bench-'));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of [folder, ...subfolders.map((name) => join(folder, name))]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  return folder;
}
