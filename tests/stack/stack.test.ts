import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeReal } from '../helpers/real.ts';

const script = fileURLToPath(new URL('../../scripts/stack.ts', import.meta.url));

describe('npm run stack', () => {
  let home: string;
  let child: ChildProcess | undefined;
  let output = '';

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'erp-stack-test-'));
    mkdirSync(join(home, 'tmp'));
    output = '';
  });
  afterEach(async () => {
    if (child?.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    rmSync(home, { recursive: true, force: true });
  });

  const start = (flags: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> => {
    const started = spawn(process.execPath, [script, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: join(home, 'tmp'), ...env },
    });
    child = started;
    for (const stream of [started.stdout, started.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    return once(started, 'close').then(([code]) => Number(code));
  };
  const said = (what: RegExp, seconds: number): Promise<boolean> =>
    vi.waitUntil(() => what.test(output), { timeout: seconds * 1000, interval: 100 });
  const urlOf = (title: string): string =>
    new RegExp(`${title} +(http://127\\.0\\.0\\.1:\\d+)`).exec(output)?.[1] ?? '';
  const answers = (url: string): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );

  it('refuses a value that is not a port, and a port that is in use', async () => {
    expect(await start(['--random-ports', '--smtp-port=mail'])).toBe(1);
    expect(output).toBe('--smtp-port "mail": write a port, such as 1025\n');
    output = '';
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await start(['--random-ports', `--prometheus-port=${port}`])).toBe(1);
    expect(output).toBe(
      `port ${port} is in use; choose another with --prometheus-port, or use --random-ports\n`,
    );
    server.close();
  });

  it('lists its flags', async () => {
    expect(await start(['--help'])).toBe(0);
    for (const flag of ['--random-ports', '--mails FOLDER', '--alertmanager-port PORT'])
      expect(output).toContain(flag);
  });

  it('runs without Prometheus and Alertmanager, and says how to get them', async () => {
    const ended = start(['--random-ports'], { PATH: dirname(process.execPath) });
    await said(/Ctrl-C stops/, 90);
    expect(output).toContain('Not installed: Prometheus and Alertmanager.');
    expect(output).toContain('sudo apt-get install prometheus prometheus-alertmanager\n');
    expect(urlOf('Prometheus')).toBe('');
    expect(await answers(`${urlOf('Exporter')}/-/healthy`)).toBe(true);
    child?.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(readdirSync(join(home, 'tmp'))).toEqual([]);
  }, 120_000);

  it('is gone at once when it is stopped while it starts', async () => {
    const ended = start(['--random-ports']);
    await said(/Demo: starting/, 60);
    const begin = performance.now();
    child?.kill('SIGINT');
    expect(await ended).toBe(0);
    expect((performance.now() - begin) / 1000).toBeLessThan(10);
    expect(readdirSync(join(home, 'tmp'))).toEqual([]);
  }, 90_000);

  describeReal('with Prometheus and Alertmanager', ['prometheus', 'alertmanager'], () => {
    it('shows the chain from the failure to the mail, and leaves nothing behind', async () => {
      const mails = join(home, 'mails');
      const ended = start(['--random-ports', `--mails=${mails}`]);
      await said(/Ctrl-C stops/, 90);
      expect(output).not.toContain('Not installed');
      const urls = ['Exporter', 'Prometheus', 'Alertmanager'].map(urlOf);
      const [, prometheus = '', alertmanager = ''] = urls;

      await expect
        .poll(
          async () => {
            const response = await fetch(`${prometheus}/api/v1/rules`);
            const { data } = (await response.json()) as {
              data: { groups: { rules: { health: string; lastError?: string }[] }[] };
            };
            return data.groups
              .flatMap(({ rules }) => rules)
              .map(({ health, lastError }) => lastError ?? health);
          },
          { timeout: 30_000, interval: 500 },
        )
        .toSatisfy((healths: string[]) => healths.length > 30 && healths.every((health) => health === 'ok'));
      await expect
        .poll(
          async () => {
            const { data } = (await (await fetch(`${prometheus}/api/v1/targets`)).json()) as {
              data: { activeTargets: { health: string }[] };
            };
            return data.activeTargets.map(({ health }) => health);
          },
          { timeout: 30_000, interval: 500 },
        )
        .toEqual(['up']);
      expect(await answers(`${alertmanager}/-/ready`)).toBe(true);

      await said(/\d\d:\d\d:\d\d to \S+@\S+\.example: .+ {2}\[0001\.html\]\n/, 120);
      const to = /to (\S+): .* \[0001\.html\]/.exec(output)?.[1] ?? '';
      expect(readFileSync(join(mails, '0001.eml'), 'utf8')).toContain(`To: ${to}`);
      expect(readFileSync(join(mails, '0001.html'), 'utf8')).toMatch(/<html/i);

      const begin = performance.now();
      child?.kill('SIGINT');
      expect(await ended).toBe(0);
      expect((performance.now() - begin) / 1000).toBeLessThan(15);
      for (const url of urls) expect(await answers(`${url}/`), url).toBe(false);
      expect(readdirSync(join(home, 'tmp'))).toEqual([]);
    }, 270_000);

    it('ends all of it when one part ends', async () => {
      const ended = start(['--random-ports']);
      await said(/Ctrl-C stops/, 90);
      const urls = ['Exporter', 'Prometheus', 'Alertmanager'].map(urlOf);
      const port = new URL(urls[2] ?? '').port;
      const alertmanager = processes().find(({ parameters }) =>
        parameters.includes(`--web.listen-address=127.0.0.1:${port}`),
      );
      process.kill(alertmanager?.pid ?? NaN, 'SIGKILL');
      expect(await ended).toBe(1);
      expect(output).toContain('Alertmanager ended:');
      for (const url of urls) expect(await answers(`${url}/`), url).toBe(false);
      expect(readdirSync(join(home, 'tmp'))).toEqual([]);
    }, 120_000);
  });
});

/** The processes of this machine, as Linux lists them. */
function processes(): { pid: number; parameters: string[] }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [{ pid: Number(name), parameters: readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0') }];
      } catch {
        return [];
      }
    });
}
