import { request } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Config, TrackerSettings } from '../../../src/config/config.ts';
import { makeTickets } from '../../../src/commands/acting/tickets.ts';
import type { TicketService } from '../../../src/commands/acting/ticket-service.ts';
import { serve } from '../../../src/commands/serve.ts';
import type { Serving } from '../../../src/commands/serve.ts';
import { openSqliteStore } from '../../../src/outbox/sqlite-store.ts';
import { SnapshotStore } from '../../../src/poll/snapshot.ts';
import { RemedyCounts } from '../../../src/remedies/metrics.ts';
import type { TrackerKind } from '../../../src/tickets/contract.ts';
import { fires, ticketsConfig, trackerSettings, webhook } from '../../tickets/world.ts';

const token = 'a-token-of-some-length';
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acting-tickets-'));
  writeFileSync(join(folder, 'token'), token);
});
const serving: Serving[] = [];
afterEach(async () => {
  for (const each of serving.splice(0)) await each.stop();
  rmSync(folder, { recursive: true, force: true });
});

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const nobody = { taskChanged: () => {}, taskRemoved: () => {}, othersChanged: () => {} };

const builtin = (name: string): TrackerSettings => trackerSettings(name, { type: 'builtin', url: '' });
const configOf = (...trackers: readonly TrackerSettings[]): Config =>
  ticketsConfig({ trackers: new Map(trackers.map((each) => [each.name, each])) });

/** What `makeTickets` is given, over one store. */
function tools() {
  const store = openSqliteStore(':memory:', { leaseClock: () => 0 });
  const snapshot = new SnapshotStore(nobody);
  const rest = {
    snapshot,
    log: quiet,
    now: () => Date.now(),
    remedyCounts: new RemedyCounts(),
    remediesOf: () => new Map(),
  };
  return (config: Config, ticketsBefore?: TicketService, of = store) => ({
    ...{ config, store: of, ticketsBefore, ...rest },
  });
}

const counted = (service: TicketService | undefined): number | undefined =>
  service?.bridge.samples().find(({ family }) => family.name === 'erp_ticket_alerts_total')?.value;

it('keeps what it knows over a reload, and exchanges trackers', async () => {
  const of = tools();
  const one = configOf(builtin('desk'));
  const first = makeTickets(of(one));
  first?.start?.();
  const service = first?.tickets;
  expect(await service?.bridge.receive(webhook(fires('W-1', Date.now())))).toBe('stored');
  expect(counted(service)).toBe(1);
  expect([...(service?.open(one).keys() ?? [])]).toEqual(['desk']);

  const second = makeTickets(of(configOf(builtin('other')), service));
  expect(second?.tickets).toBe(service);
  await first?.stop?.();
  second?.start?.();
  // Its only tracker is another one: this alert becomes no ticket.
  await service?.bridge.receive(webhook(fires('W-2', Date.now())));
  const verdicts = service?.bridge
    .samples()
    .filter(({ family }) => family.name === 'erp_ticket_alerts_total');
  expect(verdicts?.map(({ labels, value }) => [labels['verdict'], value])).toEqual([
    ['tracker', 1],
    ['no_tracker', 1],
  ]);
  await second?.stop?.();
});

it('begins anew with another store, and is not there without tickets', () => {
  const of = tools();
  const first = makeTickets(of(configOf(builtin('desk'))));
  const other = openSqliteStore(':memory:', { leaseClock: () => 0 });
  const second = makeTickets(of(configOf(builtin('desk')), first?.tickets, other));
  expect(second?.tickets).not.toBe(first?.tickets);
  const { tickets: _, ...without } = configOf(builtin('desk'));
  expect(makeTickets(of(without))).toBeUndefined();
});

it('cannot log in where the file of a secret is missing, and goes on', async () => {
  const kind: TrackerKind = {
    ...{ type: 'fake', title: 'Fake', provenance: 'of a test', settings: z.strictObject({}) },
    open: (_, __, { secret }) => {
      const asks = async (): Promise<never> => {
        throw new Error(await secret(join(folder, 'secret')));
      };
      return { find: asks, create: asks, read: asks, comment: asks, close: asks, reopen: asks };
    },
  };
  const config = configOf(trackerSettings('desk', { url: 'http://127.0.0.1:9' }));
  const tracker = makeTickets(tools()(config))?.tickets?.open(config, [kind]).get('desk');
  const find = () => tracker?.find('erp-1', AbortSignal.timeout(10_000));
  await expect(find()).rejects.toMatchObject({ name: 'TrackerError', fault: 'login' });
  writeFileSync(join(folder, 'secret'), '\n');
  await expect(find()).rejects.toMatchObject({ name: 'TrackerError', fault: 'login' });
  // It is read anew: what somebody mended works at the next attempt.
  writeFileSync(join(folder, 'secret'), ' s3cret\n');
  await expect(find()).rejects.toThrow(/^s3cret$/);
});

const yaml = (closeAfter: string) => `
databases: { shop: { driver: sqlite, file: shop.db } }
state_file: state.db
companies: { acme: {} }
monitors:
  - name: web_orders
    kind: records
    flow: orders
    companies: [acme]
    database: shop
    every: 1h
    failed: SELECT 1 AS record WHERE 0
tickets:
  webhook: { url: "http://erp-exporter:9745", token_file: token }
  trackers: { desk: { type: builtin, companies: all } }
  close_after: ${closeAfter}
`;

/** The status of an answer to Alertmanager, or to whoever says to be it, which calls the exporter by another name. */
function post(url: string, host: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { Host: host, Authorization: `Bearer ${token}` };
    const outgoing = request(url, { method: body === '' ? 'GET' : 'POST', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    outgoing.on('error', reject).end(body);
  });
}

it('goes on counting over a reload of an exporter, and takes alerts by whatever name it is called', async () => {
  const file = join(folder, 'erp-exporter.yml');
  writeFileSync(file, yaml('5m'));
  const exporter = await serve({
    ...{ file, env: {}, version: 'test', log: quiet },
    listenAddresses: [{ host: '127.0.0.1', port: 0 }],
    externalUrl: new URL('http://exporter.lan'),
  });
  serving.push(exporter);
  const url = exporter.urls[0] ?? '';
  const [alert] = webhook(fires('W-1', Date.now())).alerts;
  const body = JSON.stringify({
    version: '4',
    status: 'firing',
    alerts: [
      {
        status: 'firing',
        labels: alert?.labels,
        startsAt: new Date().toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        fingerprint: 'c0ffee',
      },
    ],
  });
  const count = async (): Promise<string | undefined> => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    return /^erp_ticket_alerts_total\{verdict="tracker"\} (\d+)$/m.exec(metrics)?.[1];
  };
  expect(await post(`${url}/api/v1/alertmanager`, 'erp-exporter:9745', body)).toBe(200);
  for (const path of ['/', '/tickets', '/metrics', '/api/v1/overview'])
    expect(await post(`${url}${path}`, 'erp-exporter:9745', ''), path).toBe(403);
  expect(await count()).toBe('1');
  writeFileSync(file, yaml('10m'));
  expect(await exporter.reload()).toEqual([]);
  expect(await post(`${url}/api/v1/alertmanager`, 'erp-exporter:9745', body)).toBe(200);
  expect(await count()).toBe('2');
  expect(await (await fetch(`${url}/tickets`)).text()).toContain('/tickets/1');
}, 60_000);
