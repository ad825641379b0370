import { createServer, request } from 'node:http';

/** Whether the process has read everything once, and a sentence about it. */
export type Readiness = () => { readonly ready: boolean; readonly text: string };

/** How long a question may take to arrive, and its answer to be waited for, in milliseconds. */
const requestTimeoutMs = 2000;
const answerTimeoutMs = 4000;
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
 * @returns what ends it. It is ended when the process is.
 * @throws Error when another process listens there.
 */
export async function listenForHealth(path: string, readiness: Readiness): Promise<() => void> {
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
  return () => void server.close();
}

/**
 * Asks the process that listens for health checks.
 *
 * @param path of `abstractSocketPath`.
 * @param ready whether every monitor has been tried as well, not only whether the process lives.
 * @throws Error when nobody answers in time.
 */
export function askHealth(
  path: string,
  ready: boolean,
): Promise<{ readonly ok: boolean; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({
      socketPath: path,
      path: ready ? '/-/ready' : '/-/healthy',
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    asked.on('error', reject).on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('error', reject).on('end', () => resolve({ ok: answer.statusCode === 200, text }));
    });
    asked.end();
  });
}
