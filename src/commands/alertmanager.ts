import { fileURLToPath } from 'node:url';
import { unroutedAlerts } from '../notifications/coverage.ts';
import { alertmanagerYaml } from '../notifications/alertmanager-yml.ts';
import { explainRoutes } from '../notifications/explanation.ts';
import { routingTree } from '../notifications/routes.ts';
import type { RoutingTree } from '../notifications/routes.ts';
import { shippedAlerts } from '../notifications/shipped-alerts.ts';
import { ticketRoutes } from '../notifications/ticket-routes.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { readText } from '../config/source/files.ts';
import { formatProblem, formatWarning } from '../config/source/problem.ts';
import { kinds } from '../monitors/kinds.ts';
import { textTable } from './support/text-table.ts';

/** The rules that come with the package. */
const rulesFile = fileURLToPath(new URL('../../alerts/erp.rules.yml', import.meta.url));

export interface AlertmanagerOptions {
  /** The configuration, as the user named it. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether to tell, instead, what becomes of each alert. */
  readonly explains?: boolean;
  /** Receives the lines of alertmanager.yml, without their newlines: standard output. */
  readonly write: (line: string) => void;
  /** Receives problems and warnings: standard error, so that the output can be redirected. */
  readonly writeError: (line: string) => void;
}

/** A warning for each rule of tickets that cannot be expressed as routes of Alertmanager. */
function tellMailedToo(config: Config, writeError: (line: string) => void): void {
  const { length } = ticketRoutes(config).mailedToo;
  if (length > 0)
    writeError(
      `tickets.routes: warning: alerts of ${length} rules with mail: false are mailed as well, since too many rules come before them; put those rules first`,
    );
}

/** @throws Error when the package lacks its rules. */
async function explanation(config: Config, tree: RoutingTree): Promise<readonly string[]> {
  const found = await readText(rulesFile);
  if ('fault' in found) throw new Error(`${rulesFile}: ${found.fault}`);
  const rows = explainRoutes({ config, tree, kinds }, shippedAlerts(found.text));
  return textTable(rows.map((row) => ({ ...row })));
}

/**
 * `erp-exporter alertmanager`: alertmanager.yml for what `smtp`, `companies`, `responders`, `notify` and `tickets` say; with
 * `--explain` a table of which alert makes a mail, a ticket, or both, and for whom.
 *
 * @returns the exit code: 1, and no output, when the configuration is wrong, names no mail server, or lets critical alerts of a
 *   critical monitor reach nobody.
 */
export async function alertmanager(options: AlertmanagerOptions): Promise<number> {
  const { file, env, explains = false, write, writeError } = options;
  const result = await loadConfig(file, { env });
  if (!result.ok) {
    for (const problem of result.problems) writeError(formatProblem(problem));
    return 1;
  }
  const { config } = result;
  const tree = routingTree(config);
  if (explains) {
    for (const line of await explanation(config, tree)) write(line);
    return 0;
  }
  const { smtp } = config.alerting;
  if (smtp === undefined) {
    writeError(
      formatProblem(result.problemAt(['smtp'], 'is missing; add it: the mail server, for Alertmanager')),
    );
    return 1;
  }
  const lost = unroutedAlerts(config, tree);
  for (const { path, message, isCritical } of lost)
    writeError((isCritical ? formatProblem : formatWarning)(result.problemAt(path, message)));
  tellMailedToo(config, writeError);
  if (lost.some(({ isCritical }) => isCritical)) return 1;
  for (const line of alertmanagerYaml(config, smtp).trimEnd().split('\n')) write(line);
  return 0;
}
