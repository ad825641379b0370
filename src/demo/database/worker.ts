/** The program of a worker thread: one database in memory behind a socket of its own. See embedded.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import type { Answer, Cluster, Order } from './embedded.ts';
import { SharedDatabase } from './shared-database.ts';

/** Room for the exporter, for its cancellations and for curious people; they share the one session anyway. */
const maxConnections = 20;

const isCluster = (given: unknown): given is Cluster => given instanceof Uint8Array;

async function serve(port: NonNullable<typeof parentPort>, cluster: Cluster | undefined): Promise<void> {
  const tell = (answer: Answer): void => port.postMessage(answer);
  const database = new SharedDatabase({
    dataDir: 'memory://',
    ...(cluster === undefined ? {} : { loadDataDir: new Blob([cluster]) }),
    relaxedDurability: true,
    // The whole server lives in memory: 1 MB segments keep its write-ahead log from taking hundreds of megabytes.
    initDbStartParams: ['--wal-segsize=1'],
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  });
  await database.waitReady;
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections });
  await server.start();
  const obey = async (order: Order): Promise<{ cluster?: Cluster }> => {
    if ('sql' in order) {
      await database.write(order.sql);
      return {};
    }
    const copy = await database.dumpDataDir('none');
    return { cluster: new Uint8Array(await copy.arrayBuffer()) };
  };
  port.on('message', (order: Order) => {
    obey(order).then(
      (result) => tell({ id: order.id, ...result }),
      (error: unknown) =>
        tell({ id: order.id, error: error instanceof Error ? error.message : String(error) }),
    );
  });
  tell({ address: server.getServerConn() });
}

const given: unknown = workerData;
if (parentPort !== null) await serve(parentPort, isCluster(given) ? given : undefined);
