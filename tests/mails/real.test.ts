import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Acting } from '../../src/commands/acting/acting.ts';
import { check } from '../../src/commands/check.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createOutboxMetrics } from '../../src/metrics/outbox.ts';
import { SnapshotStore } from '../../src/poll/snapshot.ts';
import { nextRun } from '../../src/calendar/schedule.ts';
import { startPrometheus } from '../helpers/prometheus.ts';
import type { RunningPrometheus } from '../helpers/prometheus.ts';
import { describeReal } from '../helpers/real.ts';
import { begin, day, end, fortnight, hour, planted, zone } from '../report/world.ts';
import { openMetrics } from '../web/prometheus/past.ts';
import { startMailSink } from './mail-sink.ts';
import type { MailSink } from './mail-sink.ts';

describeReal(
  'mails of a configuration, from a real Prometheus to a real mail server',
  ['prometheus', 'promtool'],
  () => {
    let prometheus: RunningPrometheus;
    let sink: MailSink;
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'mails-'));
      sink = await startMailSink({
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth: ({ password }, _, callback) =>
          password === 'hush' ? callback(null, { user: 'erp' }) : callback(new Error('no')),
      });
      const past = openMetrics(fortnight, begin, end + hour);
      prometheus = await startPrometheus({ targets: [], alertmanager: '127.0.0.1:9', past });
    }, 60_000);
    afterAll(async () => {
      await sink.close();
      await prometheus.stop();
      rmSync(folder, { recursive: true });
    });

    function configFile(name: string): string {
      writeFileSync(join(folder, 'password'), 'hush\n');
      writeFileSync(join(folder, 'wrong'), 'guess\n');
      const file = join(folder, `${name}.yml`);
      writeFileSync(
        file,
        `state_file: state.db
timezone: ${zone}
databases: { shop: { driver: sqlite, file: shop.db } }
prometheus: { url: '${prometheus.url}', timeout: 30s }
companies:
  acme: { title: ACME NV, timezone: ${zone}, language: nl }
  ${planted}: { title: ${planted} NV, timezone: ${zone} }
monitors:
  - { name: orders, kind: records, flow: orders, database: shop, companies: [acme, ${planted}], failed: "SELECT 1 AS record WHERE :company = ''" }
mails:
  smtp: { smarthost: "127.0.0.1:${sink.port}", from: erp@acme.example, username: erp, password_file: ${name}, require_tls: false }
  reports:
    daily: { cron: "0 7 * * *", companies: [acme], to: [orders@acme.example] }
`,
      );
      return file;
    }

    async function actingOf(file: string, now: () => number): Promise<Acting> {
      const loaded = await loadConfig(file, { env: {} });
      if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
      const silent = () => undefined;
      const snapshot = new SnapshotStore({ taskChanged: silent, taskRemoved: silent, othersChanged: silent });
      snapshot.setConfig(loaded.config);
      const log = { debug: silent, info: silent, warn: silent, error: silent };
      const acting = new Acting({
        snapshot,
        log,
        now,
        random: () => 0.5,
        metrics: createOutboxMetrics(new Registry()),
      });
      await acting.load(loaded.config);
      await acting.apply(acting.prepare(loaded.config));
      return acting;
    }

    it('sends the report of a company in its language, once, also over a restart', async () => {
      const file = configFile('password');
      const due = nextRun({ cron: '0 7 * * *', timezone: zone }, '', end);
      let now = due - day;
      const first = await actingOf(file, () => now);
      await first.mails?.look();
      await first.stop();
      // It is down at its moment.
      now = due + 2 * hour;
      for (let restart = 0; restart < 3; restart += 1) {
        const acting = await actingOf(file, () => now);
        await acting.mails?.look();
        await expect.poll(() => sink.mails.length, { timeout: 30_000 }).toBe(1);
        await expect
          .poll(async () => (await acting.store?.entries({ limit: 9 }))?.map(({ state }) => state), {
            timeout: 10_000,
          })
          .toEqual(['done']);
        await acting.mails?.look();
        expect(await acting.withOwn(() => Promise.resolve(''))).toMatch(
          /erp_mail_last_sent_timestamp_seconds\{mail="daily",type="report"\} \d/,
        );
        await acting.stop();
      }
      const [mail] = sink.mails;
      expect([mail?.user, mail?.to]).toEqual(['erp', ['orders@acme.example']]);
      expect(mail?.parsed.subject).toMatch(/^Rapport 20\d\d-\d\d-\d\d tot 20\d\d-\d\d-\d\d: ACME NV$/);
      expect(mail?.parsed.html).toMatch(/Automatische herstellingen/);
      expect(mail?.parsed.text).toMatch(/Gefaald|Mislukt, op zijn ergst: +minstens 40/);
      expect(mail?.parsed.attachments[0]?.content.toString()).toContain('tickets;orders;;opened;3');
      for (const name of [planted, '5.000', '999']) expect(mail?.source).not.toContain(name);
    });

    it('is checked with a login and without a mail', async () => {
      const run = async (name: string) => {
        const lines: string[] = [];
        const code = await check({
          file: configFile(name),
          connect: true,
          env: {},
          write: (line) => void lines.push(line),
        });
        return { code, text: lines.join('\n') };
      };
      const before = sink.mails.length;
      expect((await run('password')).text).toContain(
        `mail server 127.0.0.1:${sink.port}: it answers, nothing was sent`,
      );
      const wrong = await run('wrong');
      expect(wrong.code).toBe(1);
      expect(wrong.text).toMatch(/wrong\.yml:\d+:\d+: mails\.smtp: 127\.0\.0\.1:\d+: .*535/);
      expect(wrong.text).not.toContain('guess');
      expect(sink.mails).toHaveLength(before);
    });
  },
);
