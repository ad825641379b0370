import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder: string;
let installed: string;

const config = `
databases: { shop: { driver: postgres, host: 127.0.0.1, port: 1, database: shop } }
monitors:
  - { name: sync, kind: sync, flow: crm, database: shop, sync_every: 1h, query: "SELECT now() AS last_sync" }
`;

/** Runs npm in the folder, with this very Node.js. */
function npm(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('npm', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false', npm_config_audit: 'false' },
  });
  return { status, stdout, stderr };
}

/** The package as `npm publish` would send it, installed in an empty folder as a user would. */
describe('the package', { timeout: 60_000 }, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'packed-'));
    // Without it npm installs where it finds one, be it in the folder of all temporary files.
    writeFileSync(join(folder, 'package.json'), '{}');
    // The build is there already; making it again would take it from under the other suites.
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
    });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const { status, stderr } = npm(
      ...['install', '--prefer-offline', '--no-fund', '--ignore-scripts', '--omit=optional'],
      `./erp-exporter-${version}.tgz`,
    );
    expect(status, stderr).toBe(0);
    installed = join(folder, 'node_modules', 'erp-exporter');
    writeFileSync(join(folder, 'erp-exporter.yml'), config);
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('holds everything that its README leads to, and neither sources nor tests', () => {
    const readme = readFileSync(join(installed, 'README.md'), 'utf8');
    const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !existsSync(join(installed, target)))).toEqual([]);
    for (const name of ['src', 'tests', 'bench', 'prometheus/tests', 'alerts/tests'])
      expect(existsSync(join(installed, name)), name).toBe(false);
  });

  it('answers npx and npm exec', () => {
    const version = npm('exec', '--no', '--', 'erp-exporter', '--version');
    expect(version.stdout, version.stderr).toMatch(/^erp-exporter \d+\.\d+\.\d+ \(node v/);
    const explain = spawnSync('npx', ['--no', 'erp-exporter', 'explain', 'deadlock'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(explain.stdout, explain.stderr).toMatch(/^deadlock /);
  });

  it('checks a configuration', () => {
    const check = npm('exec', '--no', '--', 'erp-exporter', 'check');
    expect(check.stdout, check.stderr).toContain('erp-exporter.yml is valid: 1 database, 1 monitor');
  });

  it('serves, and stops when it is asked to', async () => {
    const program = join(folder, 'node_modules', '.bin', 'erp-exporter');
    const child = spawn(process.execPath, [program, 'serve', '--web.listen-address=127.0.0.1:0'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const exited = once(child, 'exit');
    try {
      let url: string | undefined;
      for await (const line of createInterface(child.stderr)) {
        url = /msg=listening urls=(\S+)/.exec(line)?.[1];
        if (url !== undefined) break;
      }
      child.stderr.resume();
      const scrape = await (await fetch(`${url ?? ''}/metrics`)).text();
      expect(scrape).toContain('erp_exporter_build_info{');
      expect(scrape).toContain('erp_monitor_info{company=');
      child.kill('SIGTERM');
      expect(await exited).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
