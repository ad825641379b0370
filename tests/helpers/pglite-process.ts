/** Runs in a process of its own, for PGlite computes on its thread: an empty database behind a socket; says its port. */
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const server = new PGLiteSocketServer({ db: await PGlite.create(), port: 0, maxConnections: 50 });
await server.start();
process.send?.(Number(server.getServerConn().split(':').at(-1)));
process.on('disconnect', () => process.exit());
