import { createHash } from 'node:crypto';
import type { Config, MonitorConfig } from '../config/config.ts';

/** What one run serves: a monitor, for one company, or for several when its queries tell them apart. */
export interface Task {
  /** Unique within a configuration, and the same after a reload. */
  readonly key: string;
  readonly monitor: MonitorConfig;
  readonly companies: readonly string[];
}

/** The tasks of a configuration: one per monitor and company, or one per monitor whose queries tell companies apart. */
export function tasksOf(config: Config): Task[] {
  return config.monitors.flatMap((monitor) => {
    const groups = monitor.shared ? [monitor.companies] : monitor.companies.map((company) => [company]);
    return groups.map((companies) => ({
      key: JSON.stringify([monitor.name, ...(monitor.shared ? [] : companies)]),
      monitor,
      companies,
    }));
  });
}

/**
 * The tasks of long runs (`MonitorKind.longRunMs`) that use one of the monitor's databases, on the database where they are
 * the most; the monitor's own included, 1 at least.
 */
export function longTasksBeside({ databases }: MonitorConfig, { monitors }: Config): number {
  const long = monitors.filter(({ kind }) => kind.longRunMs !== undefined);
  const counts = databases.map((name) =>
    long
      .filter((monitor) => monitor.databases.includes(name))
      .reduce((sum, { shared, companies }) => sum + (shared ? 1 : companies.length), 0),
  );
  return Math.max(1, ...counts);
}

/** The task's scope in `MonitorStates`: the monitor and its companies, as text. */
export function stateScopeOf({ monitor, companies }: Task): string {
  return JSON.stringify([monitor.name, ...companies]);
}

/**
 * Stands for everything that gives meaning to the state that a task keeps: what is compared, and where. A hash, because it
 * is stored in a file, and a file must not hold the SQL of the user.
 */
export function stateDefinitionOf({ monitor }: Task, config: Config): string {
  const { kind, settings } = monitor;
  const places = monitor.databases.map((name) => {
    const found = config.databases.get(name);
    // A new password or another limit does not make it another database.
    return [name, found?.driver, found?.host, found?.port, found?.database, found?.timezone];
  });
  const whole = [kind.kind, kind.stateDependsOn?.(settings) ?? settings, places];
  return createHash('sha256').update(JSON.stringify(whole)).digest('hex');
}
