import type { LoadResult } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem, formatWarning } from '../config/source/problem.ts';
import { unroutedAlerts } from '../notifications/coverage.ts';
import { routingTree } from '../notifications/routes.ts';
import { loadSettings } from '../web/settings/load.ts';
import { mailProblem } from './acting/mails.ts';
import { checkDatabases } from './support/check-connect.ts';
import { count } from './support/count.ts';

export interface CheckOptions {
  /** The configuration, as the user named it. */
  readonly file: string;
  /** exporter-toolkit's web configuration file, when it is to be checked too. */
  readonly webConfigFile?: string;
  /** Also ask every database whether it answers, and prepare every query there. */
  readonly connect: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives each line, without its newline. */
  readonly write: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Reports alerts that reach nobody, where mails are configured at all. @returns how many problems, which warnings are not. */
function reportUnrouted(
  result: Extract<LoadResult, { readonly ok: true }>,
  write: (line: string) => void,
): number {
  const { config } = result;
  if (config.alerting.smtp === undefined) return 0;
  const lost = unroutedAlerts(config, routingTree(config));
  for (const { path, message, isCritical } of lost)
    write((isCritical ? formatProblem : formatWarning)(result.problemAt(path, message)));
  return lost.filter(({ isCritical }) => isCritical).length;
}

/** Reports what is wrong with a web configuration file. @returns how many problems. */
async function reportWebConfig(file: string, write: (line: string) => void): Promise<number> {
  const loaded = await loadSettings(file, Date.now());
  if (!loaded.ok) {
    for (const problem of loaded.problems) write(formatProblem(problem));
    return loaded.problems.length;
  }
  for (const warning of loaded.warnings) write(formatWarning(warning));
  return 0;
}

/** Logs in to the mail server that the exporter sends through, and sends nothing. @returns whether it let us in, or there is none. */
async function checkMailServer(
  result: Extract<LoadResult, { readonly ok: true }>,
  { write, signal }: CheckOptions,
): Promise<boolean> {
  const { mails } = result.config;
  if (mails === undefined) return true;
  const { host, port } = mails.server;
  const problem = await mailProblem(mails.server, signal);
  if (problem === undefined) write(`mail server ${host}:${port}: it answers, nothing was sent`);
  else write(formatProblem(result.problemAt(['mails', 'smtp'], `${host}:${port}: ${problem}`)));
  return problem === undefined;
}

/**
 * `erp-exporter check`: everything that is wrong with a configuration, a line each; with `connect` also with its databases,
 * logins and queries, and its mail server.
 *
 * @returns the exit code: 0 when nothing is wrong (warnings are not), else 1.
 */
export async function check(options: CheckOptions): Promise<number> {
  const { file, webConfigFile, write } = options;
  const webProblems = webConfigFile === undefined ? 0 : await reportWebConfig(webConfigFile, write);
  const result = await loadConfig(file, { env: options.env });
  if (!result.ok) {
    for (const problem of result.problems) write(formatProblem(problem));
    write(count(result.problems.length + webProblems, 'problem'));
    return 1;
  }
  for (const warning of result.warnings) write(formatWarning(warning));
  const lost = reportUnrouted(result, write);
  if (lost + webProblems > 0) {
    write(count(lost + webProblems, 'problem'));
    return 1;
  }
  const { databases, monitors, companies } = result.config;
  write(
    `${file} is valid: ${count(databases.size, 'database')}, ${count(monitors.length, 'monitor')}, ${count(companies.size, 'company', 'companies')}`,
  );
  if (!options.connect) return 0;
  const areDatabasesGood = await checkDatabases(result, options);
  const isMailGood = await checkMailServer(result, options);
  return areDatabasesGood && isMailGood ? 0 : 1;
}
