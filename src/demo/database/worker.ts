/** The program of a worker thread: one database in memory behind a socket of its own. See embedded.ts. */
import { openAsBlob } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { searchPath } from './schema.ts';
import { SharedDatabase } from './shared-database.ts';
import type { DataDirectory, WorkerCommand, WorkerMessage } from './worker-messages.ts';

/** Room for the exporter, for its cancellations and for curious people; they share the one session anyway. */
const maxConnections = 20;

/**
 * PostgreSQL has functions of such a size that V8's optimizing compiler takes 600 MB and both cores for them, in the very
 * seconds in which the demo starts; its queries are quick enough without. Each flag alone has no effect once V8 runs.
 */
const compileOnce = '--no-wasm-tier-up --no-wasm-dynamic-tiering';

/** @param directoryFile a data directory to begin with; without one it takes seconds to make one. */
async function openDatabase(directoryFile: string | undefined): Promise<SharedDatabase> {
  const directory =
    directoryFile === undefined ? undefined : await openAsBlob(directoryFile, { type: 'application/gzip' });
  const database = new SharedDatabase({
    dataDir: 'memory://',
    ...(directory === undefined ? {} : { loadDataDir: directory }),
    relaxedDurability: true,
    // The whole server lives in memory: 1 MB segments keep its write-ahead log from taking hundreds of megabytes.
    initDbStartParams: ['--wal-segsize=1'],
    startParams: [
      ...PGlite.defaultStartParams,
      ...['shared_buffers=16MB', `search_path=${searchPath},public`].flatMap((setting) => ['-c', setting]),
    ],
  });
  await database.waitReady;
  return database;
}

async function execute(
  database: SharedDatabase,
  command: WorkerCommand,
): Promise<{ directory?: DataDirectory }> {
  if ('sql' in command) {
    await database.write(command.sql);
    return {};
  }
  const copy = await database.dumpDataDir('gzip');
  return { directory: new Uint8Array(await copy.arrayBuffer()) };
}

async function serve(port: NonNullable<typeof parentPort>, directoryFile: string | undefined): Promise<void> {
  const reply = (message: WorkerMessage): void => port.postMessage(message);
  setFlagsFromString(compileOnce);
  const database = await openDatabase(directoryFile);
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections });
  await server.start();
  port.on('message', (command: WorkerCommand) => {
    const { id } = command;
    execute(database, command).then(
      (result) => reply({ id, ...result }),
      (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  reply({ address: server.getServerConn() });
}

const given: unknown = workerData;
if (parentPort !== null) await serve(parentPort, typeof given === 'string' ? given : undefined);
