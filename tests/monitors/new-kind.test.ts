import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generated } from '../../scripts/generated.ts';
import { serve } from '../../src/commands/serve.ts';
import type { Serving } from '../../src/commands/serve.ts';
import { loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/source/problem.ts';
import type { MonitorKind } from '../../src/monitors/contract.ts';
import { kinds } from '../../src/monitors/kinds.ts';
import { heartbeat } from '../fixtures/kinds/heartbeat/index.ts';
import { find, parseScrape } from '../helpers/exporter.ts';
import { startPglite } from '../helpers/pglite.ts';
import type { PgliteServer } from '../helpers/pglite.ts';

/** The one line that a new kind costs outside of its folder. */
const withHeartbeat: readonly MonitorKind[] = [...kinds, heartbeat];

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'new-kind-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A configuration file with one monitor, whose lines are `monitor`. */
async function fileWith(monitor: string, port = 5432): Promise<string> {
  const file = join(folder, 'erp-exporter.yml');
  const url = `postgres://postgres:-@127.0.0.1:${port}/postgres`;
  await writeFile(
    file,
    `databases:\n  erp: { driver: postgres, url: "${url}", connections: 1 }\nmonitors:\n${monitor}`,
  );
  return file;
}

const monitor = `  - name: alive
    kind: heartbeat
    flow: middleware
    database: erp
    query: SELECT 'porter' AS program, now() - interval '90 seconds' AS beat, '\${NAME}' AS other
    silent_after: { warning: 1m, critical: 1h }
`;

describe('a new kind in the configuration', () => {
  const problemsOf = async (text: string, known = withHeartbeat) => {
    const result = await loadConfig(await fileWith(text), { env: {}, kinds: known });
    return result.ok ? [] : result.problems.map((problem) => formatProblem(problem).slice(folder.length + 1));
  };

  it('loads, with its SQL untouched', async () => {
    const result = await loadConfig(await fileWith(monitor), { env: {}, kinds: withHeartbeat });
    expect(result.ok && result.config.monitors[0]).toMatchObject({
      kind: heartbeat,
      settings: { silent_after: [{ value: 60_000 }, { value: 3_600_000 }] },
    });
    expect(result.ok && result.config.monitors[0]?.settings['query']).toContain('${NAME}');
  });

  it('is unknown without its line', async () => {
    const [problem = ''] = await problemsOf(monitor, kinds);
    expect(problem).toContain(
      'erp-exporter.yml:5:11: monitors[0].kind: no kind of monitor is called "heartbeat"',
    );
  });

  it('has its mistakes reported where they are', async () => {
    const typo = monitor.replace('silent_after', 'silent_aftr');
    expect(await problemsOf(typo)).toEqual([
      expect.stringMatching(/^erp-exporter\.yml:8:12: monitors\[0\]\.query: has no limit beside it; add/),
      expect.stringMatching(/^erp-exporter\.yml:9:5: monitors\[0\]\.silent_aftr: .*silent_after/),
    ]);
    expect(await problemsOf(monitor.replace('1m,', 'soon,'))).toEqual([
      expect.stringMatching(
        /^erp-exporter\.yml:9:30: monitors\[0\]\.silent_after\.warning: is not a duration/,
      ),
    ]);
    expect(await problemsOf(monitor.replace('database: erp', 'database: erq'))).toEqual([
      expect.stringMatching(/^erp-exporter\.yml:7:15: monitors\[0\]\.database: .*erp/),
    ]);
  });

  it('keeps its metrics from a query', async () => {
    const query = `  - name: copy
    kind: query
    flow: middleware
    database: erp
    query: SELECT 1 AS value
    metrics: [{ name: erp_heartbeat_age_seconds, help: Age., value: value }]
`;
    expect(await problemsOf(query)).toEqual([
      expect.stringMatching(
        /^erp-exporter\.yml:9:23: monitors\[0\]\.metrics\[0\]\.name: is a name of the exporter itself; choose another/,
      ),
    ]);
    expect(await problemsOf(query, kinds)).toEqual([]);
  });
});

describe('a new kind in the documentation', async () => {
  const files = await generated(withHeartbeat);

  it('stands in the tables of kinds, keys and metrics, and in the schema', () => {
    expect(files.get('docs/writing-a-monitor.md')).toMatch(
      /^\| Is the middleware still running\? +\| `heartbeat` +\|$/m,
    );
    const configuration = files.get('docs/configuration.md');
    expect(configuration).toContain('## `monitors[]` of kind `heartbeat`\n\nSigns of life of programs');
    expect(configuration).toMatch(/\| `kind` \| .*`heartbeat` \| required/);
    expect(configuration).toMatch(/\| `silent_after\.warning` \|/);
    const metrics = files.get('docs/metrics.md');
    expect(metrics).toContain('## Kind `heartbeat`');
    for (const { name } of heartbeat.families) expect(metrics).toContain(`\`${name}\``);
    expect(files.get('config/erp-exporter.schema.json')).toContain('"const": "heartbeat"');
  });

  it('changes nothing of what is written about the others', async () => {
    const without = await generated();
    const lost = [...without].flatMap(([path, text]) => {
      const lines = new Set(files.get(path)?.split('\n'));
      return text.split('\n').filter((line) => !lines.has(line) && !/^ *[\]}],?$/.test(line));
    });
    // The one line that says what `kind` may be.
    expect(lost).toEqual([expect.stringMatching(/^\| `kind` \| `records`, .*`query` \|/)]);
  });
});

describe('a new kind at work', () => {
  let server: PgliteServer;
  let serving: Serving;
  beforeAll(async () => {
    server = await startPglite();
    serving = await serve({
      file: await fileWith(monitor, server.port),
      env: {},
      kinds: withHeartbeat,
      listenAddresses: [{ host: '127.0.0.1', port: 0 }],
      externalUrl: undefined,
      version: '1.2.3',
      log: silent,
    });
  }, 60_000);
  afterAll(async () => {
    await serving.stop();
    await server.dispose();
  });

  const get = async (path: string) => (await fetch(`${serving.urls[0] ?? ''}${path}`)).text();

  it('is exported, its live metric and its threshold included', async () => {
    const ours = { company: 'default', flow: 'middleware', monitor: 'alive' };
    const values = async (name: string, labels: Readonly<Record<string, string>> = {}) =>
      find(parseScrape(await get('/metrics')), name, { ...ours, ...labels }).map(([, value]) => value);
    await expect.poll(() => values('erp_monitor_success'), { timeout: 20_000 }).toEqual([1]);
    const [beat = 0] = await values('erp_heartbeat_timestamp_seconds', { program: 'porter' });
    expect(Date.now() / 1000 - beat).toBeGreaterThan(89);
    const [age = 0] = await values('erp_since_heartbeat_seconds', { program: 'porter' });
    expect(age).toBeGreaterThan(89);
    expect(age).toBeLessThan(300);
    expect(await values('erp_since_heartbeat_seconds_threshold', { severity: 'critical' })).toEqual([3600]);
    expect(await values('erp_monitor_info', { kind: 'heartbeat', database: 'erp' })).toEqual([1]);
  });

  it('is on the page, with its state and its words', async () => {
    const page = await get('/');
    expect(page).toMatch(
      /Warning<\/span> <a href="[^"]*\/alive">middleware<\/a> <span class="quiet">1 alive/,
    );
  });
});
