import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Forwards to `port` of 127.0.0.1 until `trap` is called; from then on a connection that was open before is reset by the
 * next byte that its client sends, as a firewall does that has forgotten it.
 */
export async function startForgetfulProxy(
  port: number,
): Promise<{ port: number; trap(): void; close(): Promise<void> }> {
  let forgotten = 0;
  let accepted = 0;
  const proxy = createServer((client) => {
    const number = (accepted += 1);
    const server = connect(port, '127.0.0.1');
    const end = (): void => {
      client.resetAndDestroy();
      server.destroy();
    };
    client.on('error', end).on('close', end);
    server.on('error', end).on('close', end);
    client.on('data', (bytes) => (number <= forgotten ? end() : server.write(bytes)));
    server.on('data', (bytes) => client.write(bytes));
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    trap: () => (forgotten = accepted),
    close: () => new Promise((resolve) => proxy.close(() => resolve())),
  };
}
