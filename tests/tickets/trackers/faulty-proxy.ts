import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * - `drop`: the server does it, and its answer is lost
 * - a number: that status is answered, and the server hears nothing
 */
export interface Fault {
  readonly of: 'drop' | number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Which requests; absent: all. */
  readonly when?: (method: string, path: string) => boolean;
}

/** In front of a tracker. */
export interface FaultyProxy {
  readonly url: URL;
  /** Of the next request that it is for. */
  next(fault: Fault): void;
  /** Faults that no request has met. */
  readonly pending: number;
  /** `POST /issues.json`, since the last call. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(target: URL, incoming: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { method, headers, url = '/' } = incoming;
  const own = { ...headers, host: target.host, 'content-length': String(body.length) };
  const outgoing = request(new URL(url, target), { method: method ?? 'GET', headers: own, agent: false });
  outgoing.end(body);
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  return answer;
}

/** A proxy that answers in the place of `target` when it is told to. The URL has the path of the target's. */
export async function startFaultyProxy(target: URL): Promise<FaultyProxy> {
  const faults: Fault[] = [];
  const seen: string[] = [];

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '' } = incoming;
    seen.push(`${method} ${url}`);
    const body = await bodyOf(incoming);
    const index = faults.findIndex(({ when }) => when?.(method, url) ?? true);
    const [fault] = index < 0 ? [] : faults.splice(index, 1);
    if (typeof fault?.of === 'number') {
      outgoing.writeHead(fault.of, { 'Content-Type': 'application/json', ...fault.headers }).end('{}');
      return;
    }
    const answer = await forward(target, incoming, body);
    const content = await bodyOf(answer);
    if (fault?.of === 'drop') outgoing.destroy();
    else outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(content);
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(target);
  own.port = String((server.address() as AddressInfo).port);
  own.hostname = '127.0.0.1';
  return {
    url: own,
    next: (fault) => void faults.push(fault),
    get pending() {
      return faults.length;
    },
    requests: () => seen.splice(0),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
