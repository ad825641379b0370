import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { isNightly } from './nightly.ts';

/** The real components that suites run against, how they are found and how they are had. */
export const components = {
  postgres: { binary: 'postgres', install: 'apt-get install postgresql' },
  mariadb: { binary: 'mariadbd', install: 'apt-get install mariadb-server' },
  prometheus: { binary: 'prometheus', install: 'apt-get install prometheus' },
  promtool: { binary: 'promtool', install: 'apt-get install prometheus' },
  alertmanager: { binary: 'prometheus-alertmanager', install: 'apt-get install prometheus-alertmanager' },
  blackbox: {
    binary: 'prometheus-blackbox-exporter',
    install: 'apt-get install prometheus-blackbox-exporter',
  },
  compose: { binary: 'docker-compose', install: 'apt-get install docker-compose' },
  chromium: { binary: 'chromium', install: 'apt-get install chromium' },
  redmine: {
    folder: '/usr/share/redmine/app',
    install: 'apt-get install --no-install-recommends redmine redmine-sqlite ruby-webrick',
  },
  rt: {
    folder: '/usr/share/request-tracker5/libexec',
    install: 'apt-get install --no-install-recommends request-tracker5 rt5-standalone rt5-db-sqlite',
  },
  'grafana-render': { folder: 'grafana/render/node_modules', install: 'npm ci --prefix grafana/render' },
  'postgres-service': {
    environment: 'TEST_POSTGRES_URL',
    install: 'TEST_POSTGRES_URL=postgres://postgres:PASSWORD@127.0.0.1:5432/postgres npm test',
  },
  'mysql-service': {
    environment: 'TEST_MYSQL_URL',
    install: 'TEST_MYSQL_URL=mysql://root:PASSWORD@127.0.0.1:3306/mysql npm test',
  },
  mssql: {
    environment: 'TEST_MSSQL_URL',
    install: 'TEST_MSSQL_URL=mssql://sa:PASSWORD@HOST:1433/master npm test',
  },
  gitea: { environment: 'GITEA_BINARY', install: 'GITEA_BINARY=/usr/local/bin/gitea npm test' },
} as const;
export type Component = keyof typeof components;

const project = fileURLToPath(new URL('../../', import.meta.url));

/** Stands in a suite's title when it was skipped for want of a component; the closing report looks for it. */
export const needs = 'needs ';

const folders = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  ...(existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql')
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => `/usr/lib/postgresql/${version}/bin`)
    : []),
];

/** Absolute path of a program, also where Debian keeps servers; undefined when it is not installed. */
export function findProgram(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** As `findProgram`. @throws Error when it is not installed. */
export function requireProgram(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return path;
}

function isPresent(component: Component): boolean {
  const entry = components[component];
  if ('folder' in entry) return existsSync(resolve(project, entry.folder));
  return 'binary' in entry
    ? findProgram(entry.binary) !== undefined
    : process.env[entry.environment] !== undefined;
}

/**
 * A `describe` that runs when every component it needs is there. Else it is skipped and named at the end of the run; with
 * `REQUIRE_REAL=1` a missing one is a failure, save those that only a URL can bring.
 */
export function describeReal(title: string, wanted: readonly Component[], suite: () => void): void {
  const missing = wanted.filter((component) => !isPresent(component));
  if (missing.length === 0) {
    describe(title, suite);
    return;
  }
  const how = missing.map((component) => `${component}: ${components[component].install}`).join('; ');
  const tolerated =
    process.env['REQUIRE_REAL'] !== '1' ||
    missing.every((component) => 'environment' in components[component]);
  if (tolerated) describe.skip(`${title} (${needs}${how})`, suite);
  else
    describe(title, () => {
      it('finds the components that it needs', () => {
        throw new Error(`REQUIRE_REAL=1, but missing: ${how}`);
      });
    });
}

/** As `describeReal`, for what takes minutes to install and to run: with `NIGHTLY=1` alone, else it is skipped and named. */
export function describeRealAtNight(title: string, wanted: readonly Component[], suite: () => void): void {
  if (isNightly) describeReal(title, wanted, suite);
  else describe.skip(`${title} (${needs}NIGHTLY=1)`, suite);
}
