import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Tracker } from '../../../src/tickets/contract.ts';
import { webhook } from '../../../src/tickets/trackers/webhook.ts';
import { startServer, type Arrived, type RunningServer } from '../../outbound/servers.ts';
import { draftOf, faultOf, never, remarkOf, sendTo } from './suite-bench.ts';

const secret = 'a shared secret';
const running: RunningServer[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

async function start(
  answer: (request: Arrived, response: ServerResponse) => void = (_, response) => response.end(),
): Promise<RunningServer> {
  const server = await startServer(answer);
  running.push(server);
  return server;
}

function open(server: RunningServer, settings: Readonly<Record<string, unknown>> = {}): Tracker {
  const url = new URL('/hooks/t0ken', server.url);
  const tools = { send: sendTo(url), secret: () => Promise.resolve(secret) };
  return webhook.open(webhook.settings.parse({ secret_file: '/secret', ...settings }), url, tools);
}

/** As a receiver checks it, with a means of its own. */
const isSigned = ({ headers, body }: Arrived): boolean =>
  headers['x-erp-signature'] === `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`;

describe('generic webhook', () => {
  it('posts each step, signed, with a key that stays the same', async () => {
    const server = await start();
    const tracker = open(server);
    const draft = draftOf({ isCritical: true });
    const { id } = await tracker.create(draft, never);
    await tracker.create(draft, never);
    const remark = remarkOf('Recovered.');
    await tracker.comment(id, remark, never);
    await tracker.close(id, remark, never);
    await tracker.reopen(id, remark, never);
    const { marker, title, text, company } = draft;
    const created = { event: 'create', marker, title, text, critical: true, company };
    const told = { marker, remark: remark.marker, text: 'Recovered.' };
    expect(server.arrived.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      created,
      created,
      { event: 'comment', ...told },
      { event: 'close', ...told },
      { event: 'reopen', ...told },
    ]);
    expect(server.arrived.map(({ headers }) => headers['idempotency-key'])).toEqual([
      ...[marker, marker],
      ...[remark.marker, remark.marker, remark.marker],
    ]);
    for (const one of server.arrived) {
      expect(one).toMatchObject({ method: 'POST', path: '/hooks/t0ken' });
      expect(one.headers['content-type']).toBe('application/json');
      expect(isSigned(one)).toBe(true);
    }
  });

  it('signs the bytes that are sent, whatever the text', async () => {
    const server = await start();
    const tracker = open(server);
    const texts = [...fc.sample(fc.string({ unit: 'binary', maxLength: 200 }), 20), '\ud800', '{{x}}\r\n"'];
    for (const text of texts) await tracker.comment('erp-1', remarkOf(text), never);
    expect(server.arrived).toHaveLength(texts.length);
    expect(server.arrived.every(isSigned)).toBe(true);
  });

  it('says what is known, which is nothing, and never that nobody has touched a ticket', async () => {
    const tracker = open(await start());
    expect(await tracker.find('erp-1', never)).toBeUndefined();
    expect(await tracker.read('erp-1', never)).toMatchObject({
      id: 'erp-1',
      state: 'open',
      touched: 'unknown',
      closedAt: undefined,
    });
  });

  it('links tickets where the configuration says, and never at the address of the hook', async () => {
    const server = await start();
    const linked = open(server, { ticket_url: 'https://desk.example/by-key/{marker}/show' });
    expect((await linked.read('erp-1', never))?.url).toBe('https://desk.example/by-key/erp-1/show');
    expect((await open(server).create(draftOf(), never)).url).toBe(server.url.href);
    const wrong = { secret_file: '/secret', ticket_url: 'javascript:alert(1)' };
    expect(webhook.settings.safeParse(wrong).success).toBe(false);
  });

  it.each([
    [200, undefined],
    [204, undefined],
    [302, 'login'],
    [400, 'refused'],
    [401, 'login'],
    [403, 'login'],
    [404, 'login'],
    [409, 'retry'],
    [422, 'refused'],
    [500, 'retry'],
    [503, 'retry'],
  ])('takes the answer %i for %s', async (status, fault) => {
    const tracker = open(await start((_, response) => response.writeHead(status).end('no')));
    const call = tracker.create(draftOf(), never);
    if (fault === undefined) await expect(call).resolves.toBeDefined();
    else expect((await faultOf(call)).fault).toBe(fault);
  });

  it('waits as long as the receiver asks', async () => {
    const tracker = open(
      await start((_, response) => response.writeHead(429, { 'Retry-After': '42' }).end()),
    );
    expect(await faultOf(tracker.create(draftOf(), never))).toMatchObject({
      fault: 'retry',
      retryAfterMs: 42_000,
    });
  });

  it('tries again when the answer was lost', async () => {
    const tracker = open(await start((_, response) => response.destroy()));
    expect((await faultOf(tracker.create(draftOf(), never))).fault).toBe('retry');
  });
});
