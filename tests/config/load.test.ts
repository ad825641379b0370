import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config, MonitorConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/source/problem.ts';
import { messages } from './messages.ts';

const folder = 'tests/fixtures/config';

async function loadGood(name: string, env: Readonly<Record<string, string>> = {}): Promise<Config> {
  const result = await loadConfig(`${folder}/${name}`, { env });
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.config;
}

function monitorOf(config: Config, name: string): MonitorConfig {
  const found = config.monitors.find((monitor) => monitor.name === name);
  if (found === undefined) throw new Error(`no monitor ${name}`);
  return found;
}

describe('keys x-…', () => {
  const rest = `
databases: { shop: { driver: postgres, url: 'postgres://h/d' } }
monitors:
  - { name: a, kind: records, flow: f, database: shop, waiting: *sql, <<: *common }
`;
  const load = async (text: string) => {
    const folder = await mkdtemp(join(tmpdir(), 'load-'));
    try {
      await writeFile(join(folder, 'c.yml'), text);
      const result = await loadConfig(join(folder, 'c.yml'), { env: {} });
      return result.ok
        ? { settings: result.config.monitors[0]?.settings, warnings: result.warnings.length }
        : result.problems.map(({ line, path, message }) => `${line}: ${path}: ${message}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  it('hold anchors at the top level, and no variable of them is read', async () => {
    const anchors =
      'x-sql: &sql "SELECT $${a} AS record, ${NONE} AS since"\nx-common: &common { late_after: { warning: 1h } }';
    expect(await load(anchors + rest)).toMatchObject({
      settings: { waiting: 'SELECT $${a} AS record, ${NONE} AS since', late_after: [{ value: 3_600_000 }] },
      warnings: 0,
    });
  });

  it('are refused elsewhere, as other unknown keys are', async () => {
    const anchors = 'x-sql: &sql SELECT 1 AS record, 2 AS since\ny: &common { x-late: 1 }';
    expect(await load(anchors + rest)).toEqual([
      expect.stringMatching(/^2: y: unknown key/),
      expect.stringMatching(/^2: monitors\[0\]\.x-late: unknown key/),
    ]);
  });
});

describe('a file that is wrong', () => {
  it('has a fixture for each message, and messages for each fixture', () => {
    const fixtures = readdirSync(folder).filter((name) => name.endsWith('.bad.yml'));
    expect(fixtures.map((name) => name.replace('.bad.yml', '')).sort()).toEqual(Object.keys(messages).sort());
  });

  it.each(Object.entries(messages))('%s', async (name, lines) => {
    const file = `${folder}/${name}.bad.yml`;
    const result = await loadConfig(file, { env: { SHOP_PORT: 'http' } });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual(
      lines.map((line) => `${file}:${line}`),
    );
  });

  it('need not be there', async () => {
    const result = await loadConfig(`${folder}/none.yml`, { env: {} });
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      `${folder}/none.yml:1:1: cannot be read: the file does not exist`,
    ]);
  });

  it('shows no secret', async () => {
    for (const name of [
      'url-bare-at',
      'url-bare-slash',
      'url-file-bad',
      'syntax-star',
      'syntax-text-after-quote',
    ]) {
      const result = await loadConfig(`${folder}/${name}.bad.yml`, { env: {} });
      expect(result.ok ? '' : result.problems.map(formatProblem).join('\n')).not.toMatch(
        /p@ss|p\/ss|geheim|it's/,
      );
    }
  });
});

describe('a file that is right', () => {
  const env = { USER_NAME: 'a}, host: evil', CONNECTIONS: '4', DIGITS: '0123' };

  it('fills in every default', async () => {
    const { timezone, databases, companies, responders, monitors } = await loadGood('minimal.yml');
    expect(timezone).toBe('UTC');
    expect([...databases.values()]).toEqual([
      {
        name: 'shop',
        driver: 'postgres',
        host: 'localhost',
        timezone: 'UTC',
        connections: 2,
        connectTimeoutMs: 5_000,
        lockTimeoutMs: 2_000,
        tls: { mode: 'disable' },
      },
    ]);
    expect([...companies.values()]).toEqual([
      { name: 'default', title: 'default', project: '', language: 'en', timezone: 'UTC' },
    ]);
    expect(responders.size).toBe(0);
    expect(monitors).toHaveLength(1);
    expect(monitors[0]).toMatchObject({
      name: 'orders',
      flow: 'orders',
      companies: ['default'],
      shared: false,
      criticality: 'normal',
      schedule: { everyMs: 60_000 },
      calendarKey: 'always',
      timeoutMs: 10_000,
      holdMs: 3_600_000,
      maxRows: 10_000,
      maxBytes: 67_108_864,
      maxSeries: 10_000,
      responder: '',
      databases: ['shop'],
    });
    expect(monitors[0]).not.toHaveProperty('canary');
    expect(monitors[0]).not.toHaveProperty('recordUrl');
  });

  it('means the same however it is written', async () => {
    const one = await loadGood('minimal.yml');
    const other = await loadGood('minimal-otherwise.yml');
    expect(other).toStrictEqual(one);
    expect(JSON.stringify(other.monitors)).toBe(JSON.stringify(one.monitors));
  });

  it('takes URLs apart and reads files', async () => {
    const { databases } = await loadGood('everything.yml', env);
    expect(databases.get('by_url')).toMatchObject({
      host: '::1',
      port: 5433,
      database: 'shop',
      user: 'ex@porter',
      password: 'p/w@d',
      tls: { mode: 'disable' },
    });
    expect(databases.get('by_file')).toMatchObject({
      host: 'shop.lan',
      port: 5433,
      password: 'geheim',
      tls: { mode: 'verify-ca', ca: expect.stringMatching(/^-----BEGIN CERTIFICATE-----/) as string },
    });
    expect(databases.get('sql_server')).toMatchObject({
      host: 'erp.lan',
      port: 1433,
      database: 'ACME',
      user: 'sa',
      password: 'geheim',
      timezone: 'Europe/Paris',
      connections: 4,
      connectTimeoutMs: 90_000,
      lockTimeoutMs: 500,
      tls: { mode: 'verify-full' },
    });
  });

  it('encrypts what leaves the machine, and nothing else', async () => {
    const { databases } = await loadGood('everything.yml', env);
    const modes = ['plain', 'local', 'socket'].map((name) => databases.get(name)?.tls.mode);
    expect(modes).toEqual(['require', 'disable', 'disable']);
  });

  it('puts variables into values, where they change nothing but the text', async () => {
    const { databases, companies, monitors } = await loadGood('everything.yml', env);
    // Where a number is wanted a text of digits becomes one; a password stays what it is.
    expect(databases.get('sql_server')?.connections).toBe(4);
    expect(databases.get('socket')?.password).toBe('0123');
    expect(databases.get('socket')).toMatchObject({
      user: 'a}, host: evil',
      host: '/run/mysqld/mysqld.sock',
    });
    expect(companies.get('001')).toMatchObject({ title: 'Number ${one}', project: 'P-4' });
    expect(monitors[0]?.settings['query']).toContain("'${NOT_A_VARIABLE} $${x}'");
  });

  it('lets a monitor have its own way, else that of defaults', async () => {
    const config = await loadGood('everything.yml', env);
    expect(monitorOf(config, 'own')).toMatchObject({
      companies: ['acme', '001'],
      schedule: { everyMs: 120_000 },
      timeoutMs: 20_000,
      maxRows: 500,
      maxBytes: 67_108_864,
      responder: 'helpdesk',
      criticality: 'normal',
      databases: ['by_url'],
    });
    expect(monitorOf(config, 'shared')).toMatchObject({
      schedule: { cron: '0 2 * * *', timezone: 'UTC' },
      holdMs: 0,
      maxSeries: 7,
      maxRows: 500,
      maxBytes: 67_108_864,
      responder: 'it',
      criticality: 'critical',
      canary: 'SELECT 1',
      recordUrl: 'https://erp/{record}',
    });
    expect(monitorOf(config, 'single').schedule).toEqual({ cron: '0 3 * * *', timezone: 'Europe/Brussels' });
  });

  it('shares a run among companies only when no query asks for one of them', async () => {
    const config = await loadGood('everything.yml', env);
    const shared = ['own', 'shared', 'single'].map((name) => monitorOf(config, name).shared);
    expect(shared).toEqual([false, true, false]);
  });

  it('gives one calendar one key, and builds it in its zone', async () => {
    const config = await loadGood('everything.yml', env);
    const { calendar, calendarKey } = monitorOf(config, 'own');
    expect(calendarKey).toBe(monitorOf(config, 'shared').calendarKey);
    expect(calendarKey).toContain('Europe/Brussels');
    // Monday 2026-11-23, 08:19 and 08:20 in Brussels.
    expect(calendar.isOpen(Date.parse('2026-11-23T07:19:59Z'))).toBe(false);
    expect(calendar.isOpen(Date.parse('2026-11-23T07:20:00Z'))).toBe(true);
  });

  it('is frozen', async () => {
    const config = await loadGood('everything.yml', env);
    const [monitor] = config.monitors;
    const parts = [
      config,
      config.monitors,
      monitor,
      monitor?.settings,
      monitor?.companies,
      monitor?.schedule,
    ];
    const entries = [
      config.databases.get('by_url'),
      config.databases.get('by_url')?.tls,
      config.companies.get('acme'),
    ];
    for (const part of [...parts, ...entries, monitor?.settings['alert_after']])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('may have something that should be known', async () => {
    const file = `${folder}/warnings.yml`;
    const result = await loadConfig(file, { env: {} });
    expect(result.ok ? result.warnings.map(formatProblem) : []).toEqual(
      [
        '4:10: databases.shop.url: its parameter "application_name" has no meaning here and is ignored; remove it',
        '5:3: databases.spare: is not used by any monitor; remove it, or use it in a monitor',
        '8:5: databases.spare.tls_ca_file: with tls require no certificate is checked; say tls: verify-full to use it',
        '10:3: calendars.office: is not used by any monitor; remove it, or use it in a monitor',
        '13:3: companies.globex: is not used by any monitor; remove it, or use it in a monitor',
        '20:12: monitors[0].every: every is shorter than timeout: scheduled runs are skipped while a slow one is still running; lengthen every or shorten timeout',
        '28:14: monitors[1].timeout: every is shorter than timeout: scheduled runs are skipped while a slow one is still running; lengthen every or shorten timeout',
        '29:12: monitors[1].query: the sync may stop for ever without an alert: add alert_after, such as { warning: 45m }; write alert_after: {} if that is meant',
        '32:11: monitors[2].flow: emails is a name like any other: ErpMailsNotGenerated is for monitors with sends: mail; add that, or rename the flow',
        '36:14: monitors[2].waiting: a record may wait for ever without an alert: ErpRecordsLate needs late_after, such as { warning: 30m }; write late_after: {} if that is meant',
        '37:15: monitors[2].finished: the flow may go silent without an alert: add silent_after, such as { warning: 4h }; write silent_after: {} if that is meant',
        '45:14: monitors[3].waiting: a record may wait for ever without an alert: ErpMailsNotGenerated needs late_after, such as { warning: 30m }; write late_after: {} if that is meant',
        '51:12: monitors[4].query: a job may never run again without an alert: add max_age, such as { warning: 26h }, or the column max_age; write max_age: {} if that is meant',
      ].map((line) => `${file}:${line}`),
    );
  });

  it('places what is found later', async () => {
    const result = await loadConfig(`${folder}/minimal.yml`, { env: {} });
    expect(result.ok && formatProblem(result.problemAt(['monitors', 0, 'query'], 'is wrong'))).toBe(
      `${folder}/minimal.yml:8:12: monitors[0].query: is wrong`,
    );
  });
});
