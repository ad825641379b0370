import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startExporter } from '../helpers/exporter.ts';
import type { Exporter } from '../helpers/exporter.ts';
import { startPostgres } from '../helpers/postgres.ts';
import type { PostgresServer } from '../helpers/postgres.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import { describeRealAtNight } from '../helpers/real.ts';
import { startRedmine } from '../helpers/redmine/redmine.ts';
import type { RedmineServer } from '../helpers/redmine/redmine.ts';
import { startRt } from '../helpers/rt/rt.ts';
import type { RtServer } from '../helpers/rt/rt.ts';
import { freePort } from '../helpers/tcp.ts';
import { startAlertmanager } from '../notifications/alertmanager-process.ts';
import { startInbox } from '../notifications/inbox.ts';
import type { Inbox } from '../notifications/inbox.ts';
import * as redmine from '../tickets/trackers/redmine-colleague.ts';
import * as rt from '../tickets/trackers/rt-colleague.ts';
import type { Colleague } from '../tickets/trackers/suite-bench.ts';

const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const patienceMs = 400_000;
const until = { timeout: patienceMs, interval: 1000 };

type Json = Readonly<Record<string, unknown>>;

/** A ticket as its tracker has it. */
interface Seen {
  readonly id: string;
  readonly title: string;
  /** `New`, `Closed`; `new`, `resolved`. */
  readonly state: string;
}

/** A tracker, seen around the bridge. */
interface Desk {
  readonly colleague: Colleague;
  /** Its state of a ticket that is done. */
  readonly closed: string;
  tickets(): Promise<readonly Seen[]>;
  /** The remarks of a ticket, everybody's. */
  remarks(id: string): Promise<readonly string[]>;
}

function redmineDesk(server: RedmineServer): Desk {
  const call = redmine.managerOf(server);
  return {
    colleague: redmine.colleagueOf(call),
    closed: 'Closed',
    tickets: async () => {
      const { issues } = await call('GET', '/issues.json?status_id=*&limit=100');
      return (issues as readonly Json[]).map(({ id, subject, status }) => ({
        id: String(id),
        // An invisible sign keeps what could mean something from doing so.
        title: String(subject).replaceAll('\u2060', ''),
        state: String((status as Json)['name']),
      }));
    },
    remarks: async (id) => {
      const { issue } = await call('GET', `/issues/${id}.json?include=journals`);
      const journals = (issue as Json)['journals'] as readonly Json[];
      return journals.map(({ notes }) => String(notes)).filter(Boolean);
    },
  };
}

function rtDesk(server: RtServer): Desk {
  const call = rt.callerOf(server);
  return {
    colleague: rt.colleagueOf(call),
    closed: 'resolved',
    tickets: async () => {
      const { items } = await call('GET', '/tickets?query=id>0&fields=Subject,Status&per_page=100');
      return (items as readonly Json[]).map(({ id, Subject, Status }) => ({
        id: String(id),
        title: String(Subject).replaceAll('\u2060', ''),
        state: String(Status),
      }));
    },
    remarks: (id) => rt.remarksOf(call, id),
  };
}

/** What a person does to the tickets of a flow; to those of the first one nothing. */
const acts: Readonly<Record<string, (colleague: Colleague, id: string) => Promise<void>>> = {
  plain: () => Promise.resolve(),
  comment: (colleague, id) => colleague.comment(id, 'We look into it.'),
  assign: (colleague, id) => colleague.assign(id),
  retitle: (colleague, id) => colleague.retitle(id, 'Orders stand still'),
};
const trackers = ['redmine', 'rt'] as const;
const flows = trackers.flatMap((tracker) => Object.keys(acts).map((act) => `${tracker}_${act}`));

/** From a failing row of PostgreSQL to a ticket in a real Redmine and a real Request Tracker, and back. */
describeRealAtNight(
  'tickets of other systems',
  ['prometheus', 'alertmanager', 'postgres', 'redmine', 'rt'],
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'erp-trackers-'));
    const ends: (() => unknown)[] = [];
    let postgres: PostgresServer;
    let inbox: Inbox;
    let exporter: Exporter;
    let servers: { readonly redmine: RedmineServer; readonly rt: RtServer };
    let desks: Readonly<Record<(typeof trackers)[number], Desk>>;
    /** The ids of the first tickets, by flow. */
    const ids = new Map<string, string>();

    const secretFile = (name: string, secret: string): string => {
      const file = join(folder, name);
      writeFileSync(file, secret);
      return file;
    };
    const monitor = (name: string): string => `
  - name: ${name}
    kind: records
    flow: ${name}
    database: shop
    failed: >-
      SELECT number AS record, since, 'Gremlin in the gearbox' AS error, amount, 'EUR' AS currency
      FROM orders WHERE failed AND flow = '${name}'`;
    const yaml = (exporterPort: number, alertmanagerPort: number): string => {
      const { user = '', password = '', database = '' } = postgres.settings();
      const login = `driver: postgres, host: 127.0.0.1, port: ${postgres.port}, database: ${database}, user: ${user}, password: ${password}, tls: disable, connect_timeout: 30s`;
      const of = (tracker: string): string =>
        `{ match: { flow: [${flows.filter((flow) => flow.startsWith(`${tracker}_`)).join(', ')}] }, ticket: ${tracker} }`;
      return `
page_url: https://monitor.example
smtp: { smarthost: "127.0.0.1:${inbox.port}", from: erp@acme.example, require_tls: false }
databases: { shop: { ${login} } }
state_database: { ${login} }
companies: { acme: { title: ACME NV, contacts: { emails: [orders@acme.example] } } }
responders: { it: { emails: [it@acme.example], all_companies: true } }
defaults: { every: 1s, timeout: 5s }
tickets:
  webhook: { url: "http://127.0.0.1:${exporterPort}", token_file: ${secretFile('token', randomBytes(24).toString('hex'))} }
  alertmanager_url: http://127.0.0.1:${alertmanagerPort}
  trackers:
    redmine:
      type: redmine
      companies: [acme]
      url: ${servers.redmine.url.href}
      allow_private: true
      timeout: 60s
      api_key_file: ${secretFile('redmine', servers.redmine.bridgeKey)}
      project: erp
    rt:
      type: rt
      companies: [acme]
      url: ${servers.rt.url.href}
      allow_private: true
      timeout: 60s
      token_file: ${secretFile('rt', servers.rt.bridge.token)}
      queue: General
  routes:
    - ${of('redmine')}
    - ${of('rt')}
    - { ticket: false }
  comment_every: 1m
  close_after: 5s
monitors:${flows.map(monitor).join('')}
`;
    };

    /** Alertmanager is told where webhooks go before the exporter has a port. @returns a port that leads to it. */
    const forward = async (): Promise<number> => {
      const port = await freePort();
      const server = createServer((request, response) => {
        const pass = async (): Promise<void> => {
          const headers = { authorization: request.headers.authorization ?? '' };
          const body = await text(request);
          const answer = await fetch(new URL(request.url ?? '', exporter.url), {
            method: 'POST',
            headers,
            body,
          });
          response.writeHead(answer.status).end(await answer.text());
        };
        pass().catch(() => response.writeHead(503).end());
      });
      await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
      ends.unshift(() => server.close().closeAllConnections());
      return port;
    };

    const fails = (flow: string, number: string): Promise<unknown> =>
      postgres.admin(`INSERT INTO orders VALUES ('${number}', '${flow}', now(), 12.5, true)`);
    const deskOf = (flow: string): Desk => (flow.startsWith('redmine_') ? desks.redmine : desks.rt);
    const idOf = (flow: string): string => ids.get(flow) ?? '';
    const stateOf = async (flow: string): Promise<string | undefined> =>
      (await deskOf(flow).tickets()).find(({ id }) => id === idOf(flow))?.state;
    const remarksWith = async (flow: string, text: string): Promise<readonly string[]> =>
      (await deskOf(flow).remarks(idOf(flow))).filter((remark) => remark.includes(text));

    beforeAll(async () => {
      const [ofRedmine, ofRt] = await Promise.all([startRedmine('textile'), startRt()]);
      ends.unshift(
        () => ofRedmine.stop(),
        () => ofRt.stop(),
      );
      servers = { redmine: ofRedmine, rt: ofRt };
      desks = { redmine: redmineDesk(ofRedmine), rt: rtDesk(ofRt) };
      postgres = await startPostgres();
      ends.unshift(() => postgres.dispose());
      await postgres.admin(
        'CREATE TABLE orders (number text, flow text, since timestamptz, amount numeric(12, 2), failed boolean)',
      );
      inbox = await startInbox();
      ends.unshift(() => inbox.close());
      const [port, own] = [await freePort(), await forward()];
      const config = yaml(own, port);
      const file = join(folder, 'erp-exporter.yml');
      writeFileSync(file, config);
      exporter = await startExporter(config);
      ends.unshift(() => exporter.stop());
      const printed = execFileSync(process.execPath, [program, 'alertmanager', `--config.file=${file}`], {
        encoding: 'utf8',
      });
      const alertmanager = await startAlertmanager(
        printed
          .replaceAll(/group_wait: .*/g, 'group_wait: 1s')
          .replaceAll(/group_interval: .*/g, 'group_interval: 2s'),
        port,
      );
      ends.unshift(() => alertmanager.stop());
      const prometheus = await startPrometheus({
        targets: [new URL(exporter.url).host],
        alertmanager: alertmanager.url.host,
      });
      ends.unshift(() => prometheus.stop());
    }, 400_000);

    afterAll(async () => {
      for (const end of ends) await end();
      rmSync(folder, { recursive: true, force: true });
    }, 60_000);

    it(
      'are made of orders that fail, one for each flow',
      async () => {
        for (const flow of flows) await fails(flow, `${flow}-1`);
        for (const flow of flows) {
          const found = async (): Promise<readonly Seen[]> =>
            (await deskOf(flow).tickets()).filter(({ title }) => title.includes(`, ${flow}`));
          await expect.poll(found, until).toHaveLength(1);
          ids.set(flow, (await found())[0]?.id ?? '');
        }
        for (const tracker of trackers) expect(await desks[tracker].tickets()).toHaveLength(4);
      },
      patienceMs,
    );

    it(
      'are told of a second order in one comment',
      async () => {
        for (const flow of flows) await acts[flow.split('_')[1] ?? '']?.(deskOf(flow).colleague, idOf(flow));
        for (const tracker of trackers) await fails(`${tracker}_plain`, 'SECOND');
        for (const tracker of trackers)
          await expect.poll(() => remarksWith(`${tracker}_plain`, 'SECOND'), until).toHaveLength(1);
      },
      patienceMs,
    );

    describe('after the repair', () => {
      beforeAll(async () => {
        await postgres.admin('UPDATE orders SET failed = false');
      });

      it.each(trackers)(
        'are closed in %s, with one remark that says so',
        async (tracker) => {
          const flow = `${tracker}_plain`;
          await expect.poll(() => stateOf(flow), until).toBe(desks[tracker].closed);
          await expect.poll(() => remarksWith(flow, 'Recovered at'), until).toHaveLength(1);
          // The second order, and the recovery.
          expect(await desks[tracker].remarks(idOf(flow))).toHaveLength(2);
        },
        patienceMs,
      );

      it.each(flows.filter((flow) => !flow.endsWith('_plain')))(
        'are left open where a person has touched them, and told once that all is well: %s',
        async (flow) => {
          await expect.poll(() => remarksWith(flow, 'Recovered at'), until).toHaveLength(1);
          expect(await stateOf(flow)).not.toBe(deskOf(flow).closed);
          if (!flow.endsWith('_retitle')) return;
          const titles = (await deskOf(flow).tickets()).filter(({ id }) => id === idOf(flow));
          expect(titles.map(({ title }) => title)).toEqual(['Orders stand still']);
        },
        patienceMs,
      );

      it('are as many as before, and nothing went wrong', async () => {
        for (const tracker of trackers) expect(await desks[tracker].tickets()).toHaveLength(4);
        expect(exporter.log.filter((line) => line.includes('level=error'))).toEqual([]);
      });
    });
  },
);
