import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from './embedded.ts';

/** Beside the sources and the build, which both find it there. */
const clusterFile = fileURLToPath(new URL('../../../prepared/cluster.tar.gz', import.meta.url));

/** How long it may take, in milliseconds. */
const prepareMs = 120_000;

/** PGlite connects to `postgres` alone, and each of the others takes 7 MB of memory. */
const dropOthers: readonly string[] = [
  'UPDATE pg_database SET datistemplate = false, datallowconn = true',
  'DROP DATABASE template0',
  'DROP DATABASE template1',
  'VACUUM FREEZE',
  'CHECKPOINT',
];

/** The file of the empty data directory that `npm ci` has prepared; undefined where it has not. */
export async function preparedCluster(file: string = clusterFile): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.isFile() === true ? file : undefined;
}

/**
 * Makes the data directory from which the demo starts, by initdb, which takes longer than all the rest of the demo's start.
 * @throws Error when PGlite, which is optional, is missing or does not start; the demo does without, it only starts later.
 */
export async function prepareCluster(file: string = clusterFile): Promise<void> {
  const database = await startEmbedded('prepared', AbortSignal.timeout(prepareMs));
  try {
    for (const sql of dropOthers) await database.run(sql);
    await mkdir(dirname(file), { recursive: true });
    const unfinished = `${file}.${process.pid}`;
    await writeFile(unfinished, await database.copy());
    await rename(unfinished, file);
  } finally {
    await database.stop();
  }
}
