import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect as connectPlainly } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { connect as connectEncrypted } from 'node:tls';
import type { Arbitrary } from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { makeCertificate } from '../helpers/certificate.ts';
import { startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { fuzz, fuzzTimeout, isFuzzing } from '../helpers/fuzz.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { describeReal } from '../helpers/real.ts';
import { conversation, frames, noise } from './requests.ts';

const secret = 'kT7pXq29fLmZ4rVbW8';
/** Where its record is shown. */
const shown = '/companies/default/web_orders';
/** Far more than a machine with much to do needs; what hangs does so for ever, or as long as a time-out of the server. */
const answerMs = 15_000;

const yaml = `
databases:
  shop: { driver: postgres, url: "\${SHOP_URL}" }
defaults: { every: 1s }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    database: shop
    failed: >-
      SELECT '10045'::text AS record, now() - interval '1 h' AS since, 'Credit limit, password=${secret}' AS error
`;

/**
 * Everything that a socket gets as an answer to these bytes, until the server closes it. A connection that was answered may stay open
 * for a next request, for as long as the server allows, which its own tests hold.
 * @throws when neither an answer nor the end comes in time.
 */
async function exchange(socket: Socket, bytes: Buffer): Promise<string> {
  const parts: Buffer[] = [];
  // The server may close or reset before it has read everything.
  socket.on('error', () => undefined).on('data', (part: Buffer) => parts.push(part));
  const closed = once(socket, 'close', { signal: AbortSignal.timeout(answerMs) });
  socket.end(bytes);
  try {
    await closed;
  } catch (error) {
    // A reset ends it as well.
    const isLate = error instanceof Error && error.name === 'AbortError';
    if (isLate && parts.length === 0)
      throw new Error(`no answer within ${answerMs / 1000} s: ${bytes.toString('latin1').slice(0, 2000)}`, {
        cause: error,
      });
  } finally {
    socket.destroy();
  }
  return Buffer.concat(parts).toString('latin1');
}

/** What of a process could grow: its memory in MiB, and its open files and sockets. */
function sizeOf({ pid }: Exporter): { readonly memory: number; readonly handles: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    memory: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    handles: readdirSync(`/proc/${pid}/fd`).length,
  };
}

describeReal('whatever comes over the network, against the built program', ['postgres'], () => {
  let server: PostgresServer;
  let folder: string;
  let exporter: Exporter | undefined;
  let shopUrl: string;

  beforeAll(async () => {
    server = await startPostgres();
    await server.admin(`ALTER ROLE exporter PASSWORD '${secret}'`);
    shopUrl = `postgres://exporter:${secret}@127.0.0.1:${server.port}/postgres`;
    folder = mkdtempSync(join(tmpdir(), 'fuzz-http-'));
    const { certFile, keyFile } = makeCertificate(folder, 'server', 'localhost');
    const tls = { tls_server_config: { cert_file: certFile, key_file: keyFile } };
    writeFileSync(join(folder, 'web.yml'), JSON.stringify(tls));
  });
  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    const ended = await exporter?.stop();
    const log = exporter?.log.join('\n') ?? '';
    exporter = undefined;
    expect(ended?.code).toBe(0);
    expect(log).not.toMatch(/unhandled|uncaught|request failed|reason=internal/i);
    expect(log).not.toContain(secret);
  });

  /** The page of the exporter, by a client that keeps to the rules. @throws when it does not come in time. */
  async function page(url: string): Promise<string> {
    const signal = AbortSignal.timeout(answerMs);
    if (url.startsWith('http:')) return await (await fetch(url, { signal })).text();
    const request = get(url, { rejectUnauthorized: false, signal });
    const [answer] = (await once(request, 'response')) as [NodeJS.ReadableStream];
    return await textOf(answer);
  }

  /** Whether the process still serves, and has not grown since. */
  async function judge(running: Exporter, before: ReturnType<typeof sizeOf>): Promise<void> {
    expect(await page(`${running.url}/`)).toContain('web_orders');
    await expect.poll(() => sizeOf(running).handles, { timeout: answerMs }).toBeLessThan(before.handles + 20);
    expect(sizeOf(running).memory - before.memory).toBeLessThan(120);
  }

  async function warmedUp(running: Exporter): Promise<void> {
    await expect.poll(() => page(running.url + shown), { timeout: answerMs }).toContain('10045');
  }

  /**
   * Tries in two halves: what the process holds after the first is no growth, since V8 keeps what it once needed; the second must not
   * add to it.
   */
  async function tryTwice<Value>(
    running: Exporter,
    values: Arbitrary<Value>,
    attempt: (value: Value) => Promise<void>,
  ): Promise<void> {
    await warmedUp(running);
    expect(await fuzz(values, attempt, 0.25)).toBeGreaterThan(0);
    const before = sizeOf(running);
    expect(await fuzz(values, attempt, 0.25)).toBeGreaterThan(0);
    await judge(running, before);
  }

  it.runIf(isFuzzing)(
    'over HTTP/1.1 neither ends, hangs nor fattens it, and gets no secret',
    { timeout: fuzzTimeout(0.5) },
    async () => {
      exporter = await startExporter(yaml, { SHOP_URL: shopUrl });
      const port = Number(new URL(exporter.url).port);
      await tryTwice(exporter, conversation, async (bytes) => {
        const answer = await exchange(connectPlainly(port, '127.0.0.1'), bytes);
        expect(answer).not.toContain(secret);
        if (answer !== '') expect(answer).toMatch(/^HTTP\/1\.1 (?!500)\d{3} /);
        // What was not even read must not have been answered as if it were ours.
        expect(answer).not.toMatch(/at \w+ \(|node_modules|node:internal/);
      });
    },
  );

  it.runIf(isFuzzing)('over TLS and HTTP/2 neither', { timeout: fuzzTimeout(0.5) }, async () => {
    exporter = await startExporter(yaml, { SHOP_URL: shopUrl }, [
      `--web.config.file=${join(folder, 'web.yml')}`,
    ]);
    const port = Number(new URL(exporter.url).port);
    const encrypted = async (protocol: string): Promise<Socket> => {
      const options = { port, host: '127.0.0.1', ALPNProtocols: [protocol], rejectUnauthorized: false };
      const socket = connectEncrypted(options);
      await once(socket, 'secureConnect', { signal: AbortSignal.timeout(answerMs) });
      return socket;
    };
    await tryTwice(exporter, noise, async ({ way, plain, framed, spoken }) => {
      if (way === 'no TLS') await exchange(connectPlainly(port, '127.0.0.1'), plain);
      else if (way === 'HTTP/2') expect(await exchange(await encrypted('h2'), framed)).not.toContain(secret);
      else expect(await exchange(await encrypted('http/1.1'), spoken)).not.toContain(secret);
    });
  });

  it.runIf(isFuzzing)(
    'finds an answer where there is one, so that silence proves something',
    { timeout: fuzzTimeout(0) },
    async () => {
      exporter = await startExporter(yaml, { SHOP_URL: shopUrl }, [
        `--web.config.file=${join(folder, 'web.yml')}`,
      ]);
      const port = Number(new URL(exporter.url).port);
      const socket = connectEncrypted({
        port,
        host: '127.0.0.1',
        ALPNProtocols: ['h2'],
        rejectUnauthorized: false,
      });
      await once(socket, 'secureConnect');
      // The server's own settings come as a frame of type 4.
      expect(Buffer.from(await exchange(socket, frames([])), 'latin1')[3]).toBe(4);
    },
  );
});
