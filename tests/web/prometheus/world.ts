import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { records } from '../../../src/monitors/records/index.ts';
import { createApp } from '../../../src/web/app.ts';
import { LongHistory } from '../../../src/web/prometheus/long-history.ts';
import { close, listen } from '../../../src/web/server/server.ts';
import { spanOf } from '../../../src/web/view/history.ts';
import { company, config } from '../../helpers/fake-config.ts';
import { appOptions, entranceOf } from '../app-options.ts';
import { hour, now, recordsReading, taskOf } from '../world.ts';
import { answerOf } from './wish.ts';

/** What a Prometheus was asked, and by what it was recognised what to answer. */
export async function parametersOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

/** Failures that come and go, for a month. */
export function usualAnswer(parameters: URLSearchParams): string {
  const days = Number(parameters.get('step')) === 1800 ? 7 : 30;
  const span = spanOf(days, now);
  const steps = Array.from({ length: span.steps }, (_, step) => step).filter((step) => step % 90 > 8);
  const each = (value: (step: number) => number) =>
    Object.fromEntries(steps.map((step) => [step, String(value(step))]));
  const wave = (step: number) => Math.max(0, Math.round(12 * Math.sin(step / 17)));
  const monitor = 'orders';
  return answerOf(
    [
      { metric: { figure: 'state', monitor, state: 'ok' }, values: each(() => 1) },
      {
        metric: { figure: 'state', monitor, state: 'critical' },
        values: Object.fromEntries(steps.filter((step) => wave(step) > 6).map((step) => [step, '1'])),
      },
      { metric: { figure: 'duration', monitor }, values: each((step) => 0.2 + (step % 7) / 10) },
      { metric: { figure: 'erp_failed_records', monitor }, values: each(wave) },
      { metric: { figure: 'erp_waiting_records', monitor }, values: each((step) => step % 20) },
    ],
    span,
  );
}

/** An exporter that asks a Prometheus; `acme` sees the company of that name alone, by a token. */
export class ChartWorld {
  readonly asked: URLSearchParams[] = [];
  readonly #prometheus: Server;
  #close = (): Promise<void> => Promise.resolve();
  url = '';

  private constructor(listener: RequestListener | undefined) {
    this.#prometheus = createServer((request, response) => {
      void parametersOf(request).then((parameters) => {
        this.asked.push(parameters);
        if (listener === undefined) response.end(usualAnswer(parameters));
        else listener(request, response);
      });
    });
  }

  /** @param listener what Prometheus answers; absent: figures. @param timeoutMs how long it may take: long, where that is not tried. */
  static async start(listener?: RequestListener, isOpen = false, timeoutMs = 20_000): Promise<ChartWorld> {
    const world = new ChartWorld(listener);
    world.#prometheus.listen(0, '127.0.0.1');
    await once(world.#prometheus, 'listening');
    const { port } = world.#prometheus.address() as AddressInfo;
    const server = { url: `http://127.0.0.1:${port}`, labels: {}, timeoutMs };
    const options = appOptions('', {
      now: () => now,
      ...(isOpen ? {} : { entrance: entranceOf({ visitors: [acme] }) }),
      longHistory: new LongHistory({
        server: () => server,
        readSecret: () => Promise.resolve({ fault: 'none' }),
        log: { warn: () => undefined },
        clock: () => performance.now(),
      }),
      history: { of: () => lastDay },
    });
    const companies = [company('acme', { timezone: 'Europe/Brussels' }), company('globex')];
    options.snapshot.setConfig(config([], undefined, companies));
    const reading = await recordsReading({ failed: [] }, ['acme', 'globex']);
    options.snapshot.setTask(taskOf('orders', records, ['acme', 'globex'], reading));
    const servers = await listen(createApp(options), [{ host: '127.0.0.1', port: 0 }]);
    world.url = `http://${servers[0]?.address ?? ''}`;
    world.#close = () => close(servers, 0);
    return world;
  }

  /** Asks for a page as the visitor of acme. */
  ask(path: string, language = 'en'): Promise<Response> {
    const headers = { Authorization: 'Bearer acme', 'Accept-Language': language };
    return fetch(`${this.url}${path}`, { headers });
  }

  async close(): Promise<void> {
    await this.#close();
    this.#prometheus.closeAllConnections();
    this.#prometheus.close();
  }
}

const acme = {
  by: 'token' as const,
  key: createHash('sha256').update('acme').digest('hex'),
  name: 'acme',
  companies: new Set(['acme']),
  rights: new Set(['page' as const]),
};

const lastDay = [{ at: now - hour, state: 'warning' as const, counts: { failed: 3 }, durationSeconds: 0.1 }];
