import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { alertmanager } from '../../src/commands/alertmanager.ts';
import { loadConfig } from '../../src/config/load.ts';
import { erpSchema, shopSchema } from '../../src/demo/database/schema.ts';
import { paths } from '../../stack/erp-api/api.ts';
import { describeReal, findProgram } from '../helpers/real.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

interface Service {
  build?: string;
  image: string;
  restart: string;
  read_only?: boolean;
  ports?: string[];
  volumes?: string[];
  environment?: Record<string, string>;
  command?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);

/** What a service gets from where: `[source, target, mode]`. */
const mountsOf = ({ volumes = [] }: Service) => volumes.map((volume) => volume.split(':'));
const serviceOf = (name: string): Service => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no service ${name}`);
  return found;
};
/** Where a service finds a path of this repository. */
const seenAs = (name: string, path: string): string | undefined =>
  mountsOf(serviceOf(name)).find(([source]) => source === `./${path}`)?.[1];

const env = { SHOP_URL: 'postgres://exporter:x@shop-db/shop', ERP_PASSWORD: 'x' };
const configFile = join(root, 'stack/erp-exporter.yml');

describe('docker-compose.yml', () => {
  it('holds all parts of the chain', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      [
        ...['alertmanager', 'blackbox', 'erp-api', 'erp-db', 'erp-seed', 'exporter', 'grafana', 'mailpit'],
        ...['prometheus', 'shop-db', 'traffic'],
      ].sort(),
    );
  });

  it.each(services)('%s mounts what exists, and files of the repository read-only', (_, service) => {
    for (const [source = '', target = '', mode] of mountsOf(service)) {
      expect(target).toMatch(/^\//);
      if (source.startsWith('.')) {
        expect(existsSync(join(root, source)), source).toBe(true);
        expect(mode, source).toBe('ro');
      } else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('declares no volume that nobody uses', () => {
    const used = services.flatMap(([, service]) => mountsOf(service).map(([source]) => source));
    expect(Object.keys(compose.volumes).filter((name) => !used.includes(name))).toEqual([]);
  });

  it.each(services)('%s publishes ports on the loopback alone', (_, { ports = [] }) => {
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('publishes no port twice', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it.each(services)('%s has a pinned image', (_, { image }) => {
    expect(image).toMatch(/^[\w./-]+:v?\d+[.-][\w.-]*\d[\w.-]*$/);
    expect(image).not.toContain('latest');
  });

  it.each(services)(
    '%s has a health check, or is waited for until it ends',
    (name, { healthcheck, restart }) => {
      const conditions = services.flatMap(([, { depends_on: needed }]) => needed?.[name]?.condition ?? []);
      if (healthcheck?.disable === true) {
        expect(restart).toBe('no');
        expect(new Set(conditions)).toEqual(new Set(['service_completed_successfully']));
      } else {
        expect(healthcheck?.test?.length).toBeGreaterThan(1);
        expect(conditions.filter((condition) => condition !== 'service_healthy')).toEqual([]);
      }
    },
  );

  it.each(services)('%s waits for services that exist', (_, { depends_on: needed = {} }) => {
    for (const name of Object.keys(needed)) expect(Object.keys(compose.services)).toContain(name);
  });

  it('runs every container read-only that can', () => {
    const writable = services.filter(([, service]) => service.read_only !== true).map(([name]) => name);
    expect(writable).toEqual(['erp-db']);
  });

  it('holds no password but those that say that they are of a demo', () => {
    const text = read('docker-compose.yml');
    const given = [
      ...[...text.matchAll(/_PASSWORD: (.*)$/gm)].map(([, password = '']) => password),
      ...[...text.matchAll(/:\/\/\w+:([^@\s]+)@/g)].map(([, password = '']) => password),
      ...[...text.matchAll(/-P,\s*([^,]+),/g)].map(([, password = '']) => password),
    ];
    expect(given.length).toBeGreaterThan(8);
    for (const password of given) expect(password).toMatch(/^demo-\w+-1$/);
  });

  it('gives the exporter the login that may only read, and the integration the other', () => {
    const seeds = [serviceOf('shop-db'), serviceOf('erp-seed')].map(({ environment }) => environment);
    for (const seed of seeds)
      expect(seed).toMatchObject({ LINK_PASSWORD: 'demo-Link-1', EXPORTER_PASSWORD: 'demo-Exporter-1' });
    expect(serviceOf('exporter').environment).toEqual({
      SHOP_URL: 'postgres://exporter:demo-Exporter-1@shop-db:5432/shop',
      ERP_PASSWORD: 'demo-Exporter-1',
    });
    expect(serviceOf('traffic').environment).toMatchObject({
      SHOP_URL: 'postgres://link:demo-Link-1@shop-db:5432/shop',
      ERP_PASSWORD: 'demo-Link-1',
    });
  });

  it('starts its own programs from files that their containers have', () => {
    expect(seenAs('traffic', 'src')).toBe('/app/src');
    expect(seenAs('traffic', 'stack/traffic')).toBe('/app/stack/traffic');
    expect(seenAs('erp-api', 'stack/erp-api')).toBe('/app/stack/erp-api');
    expect(read('Dockerfile')).toMatch(/^FROM node:24[\w.-]*@sha256:[0-9a-f]{64} AS base\nWORKDIR \/app\n/m);
    expect(seenAs('exporter', 'stack/erp-exporter.yml')).toBe(
      /--config\.file=([^"]+)"/.exec(read('Dockerfile'))?.[1],
    );
  });
});

describeReal('docker-compose.yml with docker-compose', ['compose'], () => {
  it('is valid', () => {
    const out = execFileSync(findProgram('docker-compose') ?? '', ['config', '--quiet'], {
      cwd: root,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(out).toBe('');
  });
});

describeReal('stack/alertmanager.yml with amtool', ['alertmanager'], () => {
  it('is valid, its templates beside it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'erp-stack-'));
    try {
      const file = join(folder, 'alertmanager.yml');
      copyFileSync(join(root, 'stack/alertmanager.yml'), file);
      cpSync(join(root, 'alertmanager/templates'), join(folder, 'templates'), { recursive: true });
      const out = execFileSync(findProgram('amtool') ?? '', ['check-config', file], { encoding: 'utf8' });
      expect(out).toMatch(/1 templates[^]*SUCCESS/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('stack/', () => {
  interface Job {
    job_name: string;
    static_configs?: { targets: string[] }[];
    relabel_configs?: { target_label: string; replacement?: string }[];
  }
  interface Prometheus {
    rule_files: string[];
    alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
    scrape_configs: Job[];
  }
  const prometheus = parse(read('stack/prometheus.yml')) as Prometheus;
  const endpoints = parse(read('stack/endpoints.yml')) as {
    targets: string[];
    labels: Record<string, string>;
  }[];

  it('has a configuration of Prometheus whose rules and targets are there', () => {
    const folders = mountsOf(serviceOf('prometheus'));
    for (const file of prometheus.rule_files) {
      const inside = `/etc/prometheus/${file}`;
      const mount = folders.find(([, target = '']) => inside.startsWith(target) && target !== '/prometheus');
      const outside = inside.replace(mount?.[1] ?? '', mount?.[0] ?? '');
      expect(existsSync(join(root, outside)), file).toBe(true);
    }
    const targets = [
      ...prometheus.scrape_configs.flatMap(({ static_configs = [] }) => static_configs),
      ...prometheus.alerting.alertmanagers.flatMap(({ static_configs }) => static_configs),
    ].flatMap(({ targets: found }) => found);
    for (const target of targets) {
      const [name = '', port = ''] = target.split(':');
      const service = name === 'localhost' ? 'prometheus' : name;
      expect(serviceOf(service).ports?.[0]).toBe(`127.0.0.1:${port}:${port}`);
    }
  });

  it('labels endpoints as prometheus/prometheus.yml does', () => {
    const stepsOf = (configuration: Prometheus) =>
      configuration.scrape_configs
        .find(({ job_name }) => job_name === 'erp-endpoints')
        ?.relabel_configs?.filter(({ target_label }) => target_label !== '__address__');
    expect(stepsOf(prometheus)).toEqual(stepsOf(parse(read('prometheus/prometheus.yml')) as Prometheus));
  });

  it('probes interfaces that there are with modules that there are', () => {
    const { modules } = parse(read('prometheus/blackbox.yml')) as { modules: Record<string, unknown> };
    for (const { targets, labels } of endpoints) {
      const url = new URL(targets[0] ?? '');
      expect(url.host).toBe('erp-api:8080');
      expect(paths).toContain(url.pathname);
      expect(Object.keys(modules)).toContain(labels['__param_module']);
    }
    expect(new Set(endpoints.map(({ labels }) => labels['flow']))).toEqual(new Set(['api', 'punchout']));
  });

  it('has a valid configuration of the exporter, with the companies of its endpoints', async () => {
    const result = await loadConfig(configFile, { env });
    expect(result.ok ? result.warnings : result.problems).toEqual([]);
    if (!result.ok) return;
    for (const { labels } of endpoints)
      expect([...result.config.companies.keys()]).toContain(labels['company']);
    expect(result.config.databases.get('erp')).toMatchObject({ driver: 'mssql', host: 'erp-db' });
    expect(result.config.alerting.smtp?.smarthost).toBe('mailpit:1025');
  });

  it('has the alertmanager.yml that `erp-exporter alertmanager` makes of it', async () => {
    const lines: string[] = [];
    const code = await alertmanager({
      ...{ file: configFile, env },
      write: (line) => lines.push(line),
      writeError: (line) => lines.push(line),
    });
    expect(code).toBe(0);
    expect(read('stack/alertmanager.yml').trimEnd().split('\n')).toEqual(lines);
    const folder = '/etc/alertmanager';
    expect(seenAs('alertmanager', 'stack/alertmanager.yml')).toBe(`${folder}/alertmanager.yml`);
    expect(seenAs('alertmanager', 'alertmanager/templates')).toBe(`${folder}/templates`);
    expect(readdirSync(join(root, 'alertmanager/templates')).length).toBeGreaterThan(0);
  });

  it('gives Grafana its datasource, its dashboards and the folder where they are looked for', () => {
    const provider = parse(read('grafana/provisioning/dashboards/erp-exporter.yml')) as {
      providers: { options: { path: string } }[];
    };
    const path = seenAs('grafana', 'grafana/dashboards');
    expect(provider.providers.map(({ options }) => options.path)).toEqual([path]);
    const home = serviceOf('grafana').environment?.['GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH'] ?? '';
    expect(existsSync(join(root, home.replace(path ?? '', 'grafana/dashboards')))).toBe(true);
    const source = parse(read('grafana/provisioning/datasources/prometheus.yml')) as {
      datasources: { url: string }[];
    };
    expect(source.datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090']);
  });

  it("seeds the shop with the demo's tables", () => {
    expect(read('stack/shop/schema.sql')).toContain(shopSchema.trim());
  });

  it("seeds the ERP with the columns of the demo's tables", () => {
    const columnsOf = (sql: string) =>
      new Map(
        [...sql.matchAll(/CREATE TABLE (?:dbo\.)?(\w+) \(([^]*?)\n\s*\);/g)].map(
          ([, table = '', body = '']) =>
            [table, [...body.matchAll(/(?:^|,)\s*([a-z_]+) [a-z]/g)].map(([, column]) => column)] as const,
        ),
      );
    const expected = columnsOf(erpSchema);
    expect(expected.size).toBe(6);
    expect(columnsOf(read('stack/erp/seed.sql'))).toEqual(expected);
  });
});
