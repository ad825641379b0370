import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { erpApi } from '../../stack/erp-api/api.ts';
import { describeReal, findProgram } from '../helpers/real.ts';
import { freePort } from '../helpers/tcp.ts';
import { startProgram } from './programs.ts';
import type { Running } from './programs.ts';

const folder = fileURLToPath(new URL('../../prometheus/', import.meta.url));
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

interface Job {
  job_name: string;
  scrape_interval: string;
  scrape_timeout: string;
  relabel_configs: { target_label: string; replacement: string }[];
}
interface Configuration {
  rule_files: string[];
  scrape_configs: Job[];
}
interface Rule {
  alert?: string;
  labels?: { severity: string };
  annotations?: Readonly<Record<string, string>>;
}
const rules = (parse(read('blackbox.rules.yml')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) =>
  group.rules.filter(({ alert }) => alert !== undefined),
);

describe('prometheus/', () => {
  it('has the same scrape jobs in its example as in its configuration', () => {
    const whole = parse(read('prometheus.yml')) as Configuration;
    expect(parse(read('scrape-config.example.yml'))).toEqual({ scrape_configs: whole.scrape_configs });
  });

  it('gives a probe more time than any module has', () => {
    const { scrape_configs: jobs } = parse(read('prometheus.yml')) as Configuration;
    const limit = parseInt(
      jobs.find(({ job_name }) => job_name === 'erp-endpoints')?.scrape_timeout ?? '',
      10,
    );
    const { modules } = parse(read('blackbox.yml')) as { modules: Record<string, { timeout: string }> };
    for (const { timeout } of Object.values(modules)) {
      expect(timeout).toMatch(/^\d+s$/);
      expect(parseInt(timeout, 10)).toBeLessThan(limit);
    }
  });

  it('has a section of the runbook for each alert', () => {
    const runbook = readFileSync(new URL('../../alerts/runbook.md', import.meta.url), 'utf8');
    for (const { alert = '', annotations } of rules) {
      expect(runbook).toContain(`### ${alert}\n`);
      expect(annotations?.['runbook_url']).toMatch(new RegExp(`^/docs/runbook#${alert.toLowerCase()}$`));
    }
  });

  it('asks for one query per alert at most, none in a description, and leaves other languages to the mails', () => {
    for (const { alert, annotations = {} } of rules) {
      const queries = Object.values(annotations).flatMap((text) => text.match(/\bquery [("]/g) ?? []);
      expect(queries.length, alert).toBeLessThanOrEqual(1);
      expect(annotations['description'], alert).not.toMatch(/\bquery [("]/);
      expect(Object.keys(annotations), alert).not.toContain(expect.stringMatching(/^description_/));
    }
  });

  it('tests each alert in each of its severities', () => {
    const told = new Set(
      readdirSync(join(folder, 'tests')).flatMap((file) =>
        [...read(join('tests', file)).matchAll(/exp_labels:\s*(\{[^}]*\})/g)].map(
          ([, labels = '']) => (parse(labels) as { severity: string }).severity,
        ),
      ),
    );
    expect(told).toEqual(new Set(['warning', 'critical']));
    const names = new Set(rules.map(({ alert }) => alert));
    const tested = new Set(
      readdirSync(join(folder, 'tests')).flatMap((file) =>
        [...read(join('tests', file)).matchAll(/alertname: (\w+)/g)].map(([, name]) => name),
      ),
    );
    expect(tested).toEqual(names);
  });
});

describeReal('prometheus/ with promtool', ['promtool'], () => {
  const promtool = (...parameters: string[]): string =>
    execFileSync(findProgram('promtool') ?? '', parameters, { encoding: 'utf8', stdio: 'pipe', cwd: folder });

  it('is a valid configuration with valid rules', () => {
    const { status, stderr, stdout } = spawnSync(
      findProgram('promtool') ?? '',
      ['check', 'config', 'prometheus.yml'],
      { encoding: 'utf8', cwd: folder },
    );
    expect(stderr).not.toMatch(/FAILED|WARNING/);
    expect(stdout).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it.each(readdirSync(join(folder, 'tests')))(
    'passes tests/%s',
    (file) => {
      expect(promtool('test', 'rules', join('tests', file))).toContain('SUCCESS');
    },
    180_000,
  );
});

describeReal('the scrape of endpoints', ['prometheus', 'blackbox'], () => {
  const home = mkdtempSync(join(tmpdir(), 'erp-endpoints-'));
  const started: Running[] = [];
  let api: Server;
  let prometheusUrl: string;

  beforeAll(async () => {
    api = createServer(erpApi({ behaviour: () => 'right', slowMs: 0 }));
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const host = `localhost:${(api.address() as AddressInfo).port}`;
    const [blackboxPort, prometheusPort] = [await freePort(), await freePort()];
    writeFileSync(
      join(home, 'endpoints.example.yml'),
      stringify([
        {
          targets: [`http://probe:geheim@${host}/api/status?key=geheim`],
          labels: { company: 'acme', flow: 'api', __param_module: 'erp_json' },
        },
        {
          targets: [`http://${host}/punchout/setup`],
          labels: {
            ...{ company: 'acme', flow: 'punchout', __param_module: 'punchout_cxml', endpoint: 'Punch-out' },
            ...{ responder: 'web_agency', criticality: 'critical' },
          },
        },
        {
          targets: [`http://${host}/ws/status`],
          labels: { company: 'globex', flow: 'api', __param_module: 'no_such_module' },
        },
      ]),
    );
    const configuration = parse(read('prometheus.yml')) as Configuration;
    configuration.rule_files = [join(folder, 'blackbox.rules.yml')];
    configuration.scrape_configs = configuration.scrape_configs.filter(
      ({ job_name }) => job_name === 'erp-endpoints',
    );
    for (const job of configuration.scrape_configs) {
      job.scrape_interval = '2s';
      job.scrape_timeout = '2s';
      for (const step of job.relabel_configs)
        if (step.target_label === '__address__') step.replacement = `127.0.0.1:${blackboxPort}`;
    }
    writeFileSync(join(home, 'prometheus.yml'), stringify(configuration));
    started.push(
      await startProgram(
        'prometheus-blackbox-exporter',
        [`--config.file=${join(folder, 'blackbox.yml')}`, `--web.listen-address=127.0.0.1:${blackboxPort}`],
        `http://127.0.0.1:${blackboxPort}/-/healthy`,
      ),
    );
    prometheusUrl = `http://127.0.0.1:${prometheusPort}`;
    started.push(
      await startProgram(
        'prometheus',
        [
          `--config.file=${join(home, 'prometheus.yml')}`,
          `--storage.tsdb.path=${join(home, 'data')}`,
          `--web.listen-address=127.0.0.1:${prometheusPort}`,
        ],
        `${prometheusUrl}/-/ready`,
      ),
    );
  });
  afterAll(async () => {
    await Promise.all(started.map((program) => program.stop()));
    api.close();
    api.closeAllConnections();
    rmSync(home, { recursive: true });
  });

  const series = async (query: string) => {
    const response = await fetch(
      `${prometheusUrl}/api/v1/query?${new URLSearchParams({ query }).toString()}`,
    );
    const { data } = (await response.json()) as {
      data: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    return data.result.map(({ metric, value }) => ({ ...metric, value: Number(value[1]) }));
  };

  it('gives every series company, flow, endpoint, responder and criticality, without login and query', async () => {
    await expect
      .poll(() => series('probe_success'), { timeout: 10_000, interval: 200 })
      .toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            ...{ company: 'acme', flow: 'api', module: 'erp_json', responder: 'it', criticality: 'normal' },
            endpoint: expect.stringMatching(/^http:\/\/localhost:\d+\/api\/status$/) as string,
            value: 1,
          }),
          expect.objectContaining({
            ...{ company: 'acme', flow: 'punchout', module: 'punchout_cxml', endpoint: 'Punch-out' },
            ...{ responder: 'web_agency', criticality: 'critical', value: 1 },
          }),
        ]),
      );
    const labels = JSON.stringify(await series('{__name__=~".+"}'));
    expect(labels).not.toContain('geheim');
  });

  it('notices a module that does not exist', async () => {
    await expect
      .poll(() => series('max by (company, endpoint) (up{company!="",flow!="",endpoint!=""}) == 0'), {
        timeout: 20_000,
        interval: 200,
      })
      .toEqual([expect.objectContaining({ company: 'globex' })]);
  });
});
