import type { Family } from '../../monitors/contract.ts';
import type { MonitorConfig } from '../config.ts';
import type { Path } from '../source/path.ts';
import type { Report } from '../source/report.ts';

/** A monitor as far as it could be read. */
export interface ReadMonitor {
  readonly path: Path;
  readonly name: string;
  readonly families: readonly Family[];
  readonly config: MonitorConfig | undefined;
}

export function checkNames(monitors: readonly ReadMonitor[], report: Report): void {
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

/** One name of a metric can have one help, type and set of labels only: Prometheus refuses a text that says otherwise. */
export function checkFamilies(monitors: readonly ReadMonitor[], report: Report): void {
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
          `its metric ${family.name} has another ${differing.join(' and ')} than in monitor ${JSON.stringify(earlier.monitor)}; give it another name, or make them alike`,
        );
    }
}
