import type { Config } from '../config/config.ts';
import { routesOf } from './matching.ts';
import type { Labels } from './matching.ts';
import { nobody } from './routes.ts';
import type { RoutingTree } from './routes.ts';

/** Alerts that nobody is told of, at a place of the configuration where that can be changed. */
export interface Unheard {
  readonly path: readonly string[];
  readonly message: string;
}

/** Routes that nobody meant to end: not those of a rule that says `to: []`. */
function isLost(tree: RoutingTree, labels: Labels): boolean {
  const routes = routesOf(tree, labels);
  return routes.every(({ receiver, origin }) => receiver === nobody && origin === 'default');
}

/** Which alerts get lost, of those that every configuration can have: of each company, and of the monitoring itself. */
export function unheard(config: Config, tree: RoutingTree): readonly Unheard[] {
  const companies = [...config.companies.keys()].filter((company) =>
    ['critical', 'warning'].some((severity) => isLost(tree, { company, severity })),
  );
  const isDeaf = isLost(tree, { alertname: 'ErpDatabaseDown', severity: 'critical', responder: 'it' });
  return [
    ...companies.map((company) => ({
      path: ['companies', company],
      message:
        'alerts of this company for which no responder with addresses is named reach nobody; add its contacts, or addresses for web_agency',
    })),
    ...(isDeaf
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
