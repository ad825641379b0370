/** The program of a worker thread: one database in memory behind a socket of its own. See embedded.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { SharedDatabase } from './shared-database.ts';
import type { DataDirectory, WorkerCommand, WorkerMessage } from './worker-messages.ts';

/** Room for the exporter, for its cancellations and for curious people; they share the one session anyway. */
const maxConnections = 20;

const isDataDirectory = (given: unknown): given is DataDirectory => given instanceof Uint8Array;

async function openDatabase(directory: DataDirectory | undefined): Promise<SharedDatabase> {
  const database = new SharedDatabase({
    dataDir: 'memory://',
    ...(directory === undefined ? {} : { loadDataDir: new Blob([directory]) }),
    relaxedDurability: true,
    // The whole server lives in memory: 1 MB segments keep its write-ahead log from taking hundreds of megabytes.
    initDbStartParams: ['--wal-segsize=1'],
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
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
  const copy = await database.dumpDataDir('none');
  return { directory: new Uint8Array(await copy.arrayBuffer()) };
}

async function serve(
  port: NonNullable<typeof parentPort>,
  directory: DataDirectory | undefined,
): Promise<void> {
  const reply = (message: WorkerMessage): void => port.postMessage(message);
  const database = await openDatabase(directory);
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
if (parentPort !== null) await serve(parentPort, isDataDirectory(given) ? given : undefined);
