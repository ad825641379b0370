import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';

export interface FakeRequest {
  readonly method: string;
  /** Decoded, without empty ones: `['repos', 'acme', 'erp']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined: there is none. */
  readonly body: unknown;
}

export interface FakeAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler throws to answer with something else than success. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A body that has these keys and no others. @throws Refusal with the status by which the product refuses bad bodies */
export function bodyAs<Body>(schema: z.ZodType<Body>, { body }: FakeRequest, status: number): Body {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refusal(status, JSON.stringify(result.error.issues));
}

/** Real servers leave unknown parameters unread; here they are mistakes. */
export function onlyQuery({ query }: FakeRequest, allowed: readonly string[]): void {
  for (const key of query.keys())
    if (!allowed.includes(key)) throw new Refusal(400, `unknown parameter ${key}`);
}

/** The page that is asked for. @param size the parameter that says how many items it has, and the most that are given */
export function pageOf<Item>(
  items: readonly Item[],
  { query }: FakeRequest,
  [size, most]: readonly [string, number],
): readonly Item[] {
  const asked = Number(query.get(size) ?? 30);
  const page = Number(query.get('page') ?? 1);
  if (!Number.isInteger(asked) || !Number.isInteger(page) || asked < 1 || page < 1)
    throw new Refusal(400, 'bad page');
  const count = Math.min(asked, most);
  return items.slice((page - 1) * count, page * count);
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function requestOf(message: IncomingMessage): Promise<FakeRequest> {
  const { method = '', url = '/', headers } = message;
  const { pathname, searchParams } = new URL(url, 'http://fake');
  const text = await textOf(message);
  if (text !== '' && headers['content-type'] !== 'application/json')
    throw new Refusal(415, 'the body is no application/json');
  const path = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  return { method, path, query: searchParams, headers, body };
}

export interface FakeServer {
  readonly url: URL;
  stop(): Promise<void>;
}

/** @param handle answers a request, or throws a Refusal */
export async function startFake(handle: (request: FakeRequest) => FakeAnswer): Promise<FakeServer> {
  const server = createServer((incoming, outgoing) => {
    requestOf(incoming)
      .then(handle)
      .catch((error: unknown) => {
        const status = error instanceof Refusal ? error.status : 500;
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        return { status, body: { message: status === 500 ? message : (error as Error).message } };
      })
      .then(({ status, body, headers }: FakeAnswer) => {
        outgoing
          .writeHead(status, { 'Content-Type': 'application/json', ...headers })
          .end(body === undefined ? '' : JSON.stringify(body));
      })
      .catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
