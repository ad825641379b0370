import { unroutedAlerts } from '../notifications/coverage.ts';
import { alertmanagerYaml } from '../notifications/alertmanager-yml.ts';
import { routingTree } from '../notifications/routes.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblem, formatWarning } from '../config/source/problem.ts';

export interface AlertmanagerOptions {
  /** The configuration, as the user named it. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives the lines of alertmanager.yml, without their newlines: standard output. */
  readonly write: (line: string) => void;
  /** Receives problems and warnings: standard error, so that the output can be redirected. */
  readonly writeError: (line: string) => void;
}

/**
 * `erp-exporter alertmanager`: alertmanager.yml for what `smtp`, `companies`, `responders` and `notify` say.
 *
 * @returns the exit code: 1, and no output, when the configuration is wrong, names no mail server, or lets critical alerts of a
 *   critical monitor reach nobody.
 */
export async function alertmanager({ file, env, write, writeError }: AlertmanagerOptions): Promise<number> {
  const result = await loadConfig(file, { env });
  if (!result.ok) {
    for (const problem of result.problems) writeError(formatProblem(problem));
    return 1;
  }
  const { config } = result;
  const { smtp } = config.alerting;
  if (smtp === undefined) {
    writeError(
      formatProblem(result.problemAt(['smtp'], 'is missing; add it: the mail server, for Alertmanager')),
    );
    return 1;
  }
  const lost = unroutedAlerts(config, routingTree(config));
  for (const { path, message, isCritical } of lost)
    writeError((isCritical ? formatProblem : formatWarning)(result.problemAt(path, message)));
  if (lost.some(({ isCritical }) => isCritical)) return 1;
  for (const line of alertmanagerYaml(config, smtp).trimEnd().split('\n')) write(line);
  return 0;
}
