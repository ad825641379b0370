import type { Family } from '../../monitors/contract.ts';
import type { MonitorConfig } from '../config.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';

/** A monitor, as far as its entry is valid. */
export interface PartialMonitor {
  readonly path: Path;
  readonly name: string;
  readonly families: readonly Family[];
  readonly config: MonitorConfig | undefined;
}

/** Reports monitors with the same name. */
export function checkNames(monitors: readonly PartialMonitor[], report: Report): void {
  const first = new Map<string, number>();
  for (const [index, { name, path }] of monitors.entries()) {
    const earlier = first.get(name);
    if (name !== '' && earlier !== undefined)
      report.problem(
        [...path, 'name'],
        `monitors[${earlier}] is called ${JSON.stringify(name)} too; give each its own name`,
      );
    else first.set(name, index);
  }
}

/** A metric name has one HELP, type and set of labels: Prometheus rejects an exposition in which they differ. */
export function checkFamilies(monitors: readonly PartialMonitor[], report: Report): void {
  const first = new Map<string, { readonly family: Family; readonly monitor: string }>();
  for (const { families, name, path } of monitors)
    for (const family of families) {
      const earlier = first.get(family.name);
      if (earlier === undefined) {
        first.set(family.name, { family, monitor: name });
        continue;
      }
      const differing = (['help', 'type', 'labels'] as const).filter(
        (key) => JSON.stringify(family[key]) !== JSON.stringify(earlier.family[key]),
      );
      if (differing.length > 0)
        report.problem(
          path,
          `its metric ${family.name} differs in ${differing.join(' and ')} from that of monitor ${JSON.stringify(earlier.monitor)}; rename it, or make them the same`,
        );
    }
}
