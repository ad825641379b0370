/** Runs in a process of its own, for PGlite computes on its thread: an empty database behind a socket; says its port. */
import { openAsBlob } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { preparedCluster } from '../../src/demo/database/cluster.ts';

/** Without what `npm ci` has prepared for the demo, initdb takes 3 s of the processor. */
const prepared = await preparedCluster();
const db = await PGlite.create(
  prepared === undefined ? {} : { loadDataDir: await openAsBlob(prepared, { type: 'application/gzip' }) },
);
const server = new PGLiteSocketServer({ db, port: 0, maxConnections: 50 });
await server.start();
process.send?.(Number(server.getServerConn().split(':').at(-1)));
process.on('disconnect', () => process.exit());
