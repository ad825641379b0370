import type { Dashboard } from '@grafana/schema';
import type { Chosen, Scope } from './placed.ts';

/** What the variables of a dashboard are set to when it is opened. */
export function chosenAtOpening(dashboard: Dashboard): Scope {
  return Object.fromEntries(
    (dashboard.templating?.list ?? []).map(({ name, current }) => {
      const value = current?.value ?? '';
      return [name, Array.isArray(value) ? value : [value]] as const;
    }),
  );
}

/** As the Prometheus datasource does: for a regular expression that stands in a PromQL text between double quotes. */
function escapedForPromql(value: string): string {
  return value.replace(/[\\^$*+?.()|[\]{}]/g, String.raw`\$&`).replace(/[\\"]/g, String.raw`\$&`);
}

function asRegex(chosen: Chosen, allValue: string): string {
  if (chosen.includes('$__all')) return allValue;
  const values = chosen.map(escapedForPromql);
  return values.length === 1 ? (values[0] ?? '') : `(${values.join('|')})`;
}

/**
 * The expression as it is sent to Prometheus: its variables filled in as Grafana does for a variable that may have
 * several values.
 *
 * @param builtIn values of `__rate_interval`, `__range` and the like.
 * @throws Error for a variable that the dashboard does not have.
 */
export function filledIn(
  expression: string,
  dashboard: Dashboard,
  scope: Scope,
  builtIn: Readonly<Record<string, string>>,
): string {
  const chosen = { ...chosenAtOpening(dashboard), ...scope };
  return expression.replace(/\$(\w+)/g, (_match, name: string) => {
    const variable = dashboard.templating?.list?.find((one) => one.name === name);
    const value = builtIn[name] ?? (variable && asRegex(chosen[name] ?? [], variable.allValue ?? '.*'));
    if (value === undefined) throw new Error(`no variable ${name}: ${expression}`);
    return value;
  });
}

/** What a dashboard has chosen when a link is followed. */
export interface Context {
  /** Chosen values of each variable. */
  readonly chosen: Scope;
  /** The time range as it stands in the address, such as `now-24h`. */
  readonly from: string;
  readonly to: string;
}

/** A dashboard as it is opened, with the one datasource that the provisioning makes. */
export function contextOf(dashboard: Dashboard, scope: Scope): Context {
  return {
    chosen: { ...chosenAtOpening(dashboard), datasource: ['prometheus'], ...scope },
    from: dashboard.time?.from ?? '',
    to: dashboard.time?.to ?? '',
  };
}
