import type { Config, MonitorConfig } from '../config/config.ts';
import { routesOf } from './matching.ts';
import type { Labels } from './matching.ts';
import { nobody } from './route.ts';
import type { RoutingTree } from './routes.ts';

/** Alerts without a recipient, at the place of the configuration where that can be changed. */
export interface UnroutedAlerts {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether they are critical alerts of a critical monitor: the configuration is wrong then, not only doubtful. */
  readonly isCritical: boolean;
}

/** Whether an alert has no recipient though no rule says `to: []`. */
function isLost(tree: RoutingTree, labels: Labels): boolean {
  const routes = routesOf(tree, labels);
  return routes.every(({ receiver, origin }) => receiver === nobody && origin === 'default');
}

/** The first responders that alerts of a monitor can name: its own, that of failed runs, those of known errors, none. */
function respondersOf({ responder, flow }: MonitorConfig, { knownErrors }: Config): readonly string[] {
  const ofErrors = knownErrors.errors
    .filter(({ flows }) => flows.length === 0 || flows.includes(flow))
    .map((error) => error.responder);
  return [...new Set([responder, '', 'it', ...ofErrors])];
}

/** Which critical alerts of a critical monitor get lost, for each of its companies. */
function ofCriticalMonitor(
  monitor: MonitorConfig,
  index: number,
  config: Config,
  tree: RoutingTree,
): readonly UnroutedAlerts[] {
  const { name, flow } = monitor;
  const labels = { environment: config.environment, flow, monitor: name, severity: 'critical' };
  return monitor.companies.flatMap((company) => {
    const responders = respondersOf(monitor, config).filter((responder) =>
      [{}, { known: 'true' }, { known: 'false' }].some((known) =>
        isLost(tree, { ...labels, ...known, company, responder }),
      ),
    );
    if (responders.length === 0) return [];
    const which = responders.map((responder) => (responder === '' ? 'none' : responder)).join(', ');
    return [
      {
        path: ['monitors', index, 'name'],
        message: `critical alerts of company ${company} with first responder ${which} reach nobody; add contacts to companies.${company}, or addresses for the monitor's responder or web_agency`,
        isCritical: true,
      },
    ];
  });
}

/**
 * Which alerts get lost, of those that every configuration can have: of critical monitors, of each company, and of the monitoring
 * itself.
 */
export function unroutedAlerts(config: Config, tree: RoutingTree): readonly UnroutedAlerts[] {
  const { environment } = config;
  const critical = config.monitors.flatMap((monitor, index) =>
    monitor.criticality === 'critical' ? ofCriticalMonitor(monitor, index, config, tree) : [],
  );
  const companies = [...config.companies.keys()].filter((company) =>
    ['critical', 'warning'].some((severity) => isLost(tree, { environment, company, severity })),
  );
  const isItUnrouted = isLost(tree, {
    environment,
    alertname: 'ErpDatabaseDown',
    severity: 'critical',
    responder: 'it',
  });
  return [
    ...critical,
    ...companies.map((company) => ({
      path: ['companies', company],
      message:
        'alerts of this company for which no responder with addresses is named reach nobody; add its contacts, or addresses for web_agency',
      isCritical: false,
    })),
    ...(isItUnrouted
      ? [
          {
            path: ['responders'],
            message:
              'alerts about databases and the exporter itself reach nobody; add addresses of all companies for it or web_agency',
            isCritical: false,
          },
        ]
      : []),
  ];
}
