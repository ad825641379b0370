import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { packages, programPath } from './programs.ts';
import type { ProgramName } from './programs.ts';

/** The first version number that a program prints, to stdout or stderr. */
function versionOf(program: ProgramName, flag = '--version'): string {
  const { stdout, stderr } = spawnSync(programPath(program), [flag], { encoding: 'utf8', timeout: 5000 });
  return /\d+\.\d+(?:\.\d+)?/.exec(stdout + stderr)?.[0] ?? '?';
}

/** The version of the Debian package, for a program that does not print its own. */
function packageVersion(program: ProgramName): string {
  const args = ['--show', '--showformat=${source:Upstream-Version}', packages[program]];
  const { stdout, status } = spawnSync('dpkg-query', args, { encoding: 'utf8', timeout: 5000 });
  return status === 0 ? stdout : '(of unknown version)';
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'none';
  }
}

const versions: Readonly<Record<ProgramName, () => string>> = {
  postgres: () => `PostgreSQL ${versionOf('postgres')}`,
  psql: () => `psql ${versionOf('psql')}`,
  nginx: () => `nginx ${versionOf('nginx', '-v')}`,
  wrk: () => `wrk ${versionOf('wrk', '-v')}`,
  prometheus: () => `Prometheus ${versionOf('prometheus')}`,
  'prometheus-sql-exporter': () => `prometheus-sql-exporter ${packageVersion('prometheus-sql-exporter')}`,
  'prometheus-postgres-exporter': () =>
    `prometheus-postgres-exporter ${versionOf('prometheus-postgres-exporter')}`,
};

/** Date, commit, machine and versions of a measurement, as one paragraph. Call it before the load starts. */
export function machineFacts(programs: readonly ProgramName[]): string {
  const [first] = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(1);
  const [load = 0] = loadavg();
  const facts = [
    `${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}`,
    `${memory} GiB`,
    `${distribution()}, Linux ${release()}`,
    `Node ${process.versions.node}`,
    ...programs.map((name) => versions[name]()),
  ];
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, commit ${commit()}, on ${facts.join(', ')}; load average at the start ${load.toFixed(2)}.`;
}
