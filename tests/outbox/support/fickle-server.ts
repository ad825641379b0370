import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A system that creates what it is asked to, and does not always say so. */
export interface FickleServer {
  readonly url: string;
  /** How often each key was created. */
  readonly created: ReadonlyMap<string, number>;
  close(): void;
}

/** @param random from 0 to 1. */
export async function startFickleServer(random: () => number): Promise<FickleServer> {
  const created = new Map<string, number>();
  const server = createServer((request, response) => {
    const key = request.url ?? '';
    const answer = (status: number): void => void response.writeHead(status).end();
    if (request.method === 'GET') {
      answer(random() < 0.05 ? 500 : created.has(key) ? 200 : 404);
      return;
    }
    const dice = random();
    if (dice < 0.2) {
      answer([429, 500, 401][Math.floor(dice * 15)] ?? 500);
      return;
    }
    // It takes its time, before and after.
    setTimeout(() => {
      created.set(key, (created.get(key) ?? 0) + 1);
      if (random() < 0.25) request.socket.destroy();
      else setTimeout(() => answer(201), random() * 5);
    }, random() * 5);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    created,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
