import type { Config } from '../config/config.ts';
import { routesOf } from './matching.ts';
import type { Labels } from './matching.ts';
import { nobody } from './routes.ts';
import type { RoutingTree } from './routes.ts';

/** Alerts without a recipient, at the place of the configuration where that can be changed. */
export interface UnroutedAlerts {
  readonly path: readonly string[];
  readonly message: string;
}

/** Whether an alert has no recipient though no rule says `to: []`. */
function isLost(tree: RoutingTree, labels: Labels): boolean {
  const routes = routesOf(tree, labels);
  return routes.every(({ receiver, origin }) => receiver === nobody && origin === 'default');
}

/** Which alerts get lost, of those that every configuration can have: of each company, and of the monitoring itself. */
export function unroutedAlerts(config: Config, tree: RoutingTree): readonly UnroutedAlerts[] {
  const companies = [...config.companies.keys()].filter((company) =>
    ['critical', 'warning'].some((severity) => isLost(tree, { company, severity })),
  );
  const isItUnrouted = isLost(tree, { alertname: 'ErpDatabaseDown', severity: 'critical', responder: 'it' });
  return [
    ...companies.map((company) => ({
      path: ['companies', company],
      message:
        'alerts of this company for which no responder with addresses is named reach nobody; add its contacts, or addresses for web_agency',
    })),
    ...(isItUnrouted
      ? [
          {
            path: ['responders'],
            message:
              'alerts about databases and the exporter itself reach nobody; add addresses for it or web_agency',
          },
        ]
      : []),
  ];
}
