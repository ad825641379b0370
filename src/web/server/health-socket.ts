import { createServer } from 'node:http';
import type { Server } from 'node:http';

/** Whether the process has read everything once, and a sentence about it. */
export type Readiness = () => { readonly ready: boolean; readonly text: string };

/** How long a check may take, in milliseconds. */
const requestTimeoutMs = 2000;
/** Checks at the same time. */
const mostConnections = 8;

/**
 * The path of an abstract socket of Linux, which is in no file system and is gone when the process is.
 *
 * @param name such as `@erp-exporter`.
 * @throws Error for anything but such a name.
 */
export function abstractSocketPath(name: string): string {
  if (!/^@[\w.-]{1,100}$/.test(name))
    throw new Error(
      `${JSON.stringify(name)}: write @ and a name of letters, digits, ".", "-" and "_", such as @erp-exporter`,
    );
  return `\0${name.slice(1)}`;
}

/**
 * Answers `/-/healthy` and `/-/ready` on a socket of this machine, without TLS, passwords or prefix, so that a health check need not
 * know with which the process serves.
 *
 * @param path of `abstractSocketPath`.
 * @throws Error when another process listens there.
 */
export async function listenForHealth(path: string, readiness: Readiness): Promise<Server> {
  const server = createServer({ requestTimeout: requestTimeoutMs }, ({ url }, response) => {
    const { ready, text } =
      url === '/-/ready' ? readiness() : { ready: true, text: 'erp-exporter is healthy.' };
    const isKnown = url === '/-/ready' || url === '/-/healthy';
    response.writeHead(isKnown ? (ready ? 200 : 503) : 404, { Connection: 'close' });
    response.end(isKnown ? text : 'There is nothing here.');
  });
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return server;
}
