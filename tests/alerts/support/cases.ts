import type { Values } from './series.ts';

/** What is exported about an alert's cause: nothing wrong, or wrong since `since`; `at` and `since` in seconds. */
export interface Cause {
  readonly good: (at: number) => Values;
  readonly bad: (at: number, since: number) => Values;
}

/** One rule: an alert of one severity, what makes it fire and what it then says. */
export interface AlertCase extends Cause {
  readonly alert: string;
  readonly severity: 'warning' | 'critical' | 'info';
  /** Labels of the alert beside `alertname` and `severity`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Minutes for which the cause lasts until the alert fires, beside those that the cause itself takes. */
  readonly forMinutes: number;
  /** Minutes for which the alert goes on once its cause is gone. */
  readonly keepMinutes: number;
  /** Whether maintenance silences it. */
  readonly isBusiness: boolean;
  /** The warning of the same name fires too: the critical limit is the higher of two. */
  readonly joinsWarning?: boolean;
  /** It does not fire at a monitor of the other criticality. */
  readonly dependsOnCriticality?: boolean;
  /** Beside `runbook_url`. Those in other languages are what the mails say instead of `description`. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The monitor's own labels and facts. */
  readonly monitor: MonitorFacts;
}

/** The monitor of a case. */
export interface MonitorFacts {
  readonly flow: string;
  readonly monitor: string;
  readonly kind: string;
  readonly criticality: 'normal' | 'critical';
  readonly sends?: 'mail';
}

export const orders: MonitorFacts = {
  flow: 'orders',
  monitor: 'web_orders',
  kind: 'records',
  criticality: 'normal',
};
export const crmSync: MonitorFacts = { flow: 'crm', monitor: 'crm_sync', kind: 'sync', criticality: 'normal' };
export const datamoves: MonitorFacts = {
  flow: 'datamove',
  monitor: 'datamoves',
  kind: 'jobs',
  criticality: 'normal',
};
export const critical = (monitor: MonitorFacts): MonitorFacts => ({ ...monitor, criticality: 'critical' });

/** The labels that an alert has of its monitor. */
export function monitorLabels({ flow, monitor }: MonitorFacts): Record<string, string> {
  return { company: 'acme', flow, monitor };
}

const inOtherLanguages = /^description_(?:nl|de|fr)$/;
/** Alerts whose rules have the descriptions in all languages. */
const translatedInRules = /^Erp(?:Job(?:Disabled|Late|NeverRan|Unknown)|NoJobs)$/;

/** The annotations that the rule of an alert makes. */
export function ruleAnnotations(alert: string, annotations: Readonly<Record<string, string>>): Record<string, string> {
  const isMade = (name: string) => translatedInRules.test(alert) || !inOtherLanguages.test(name);
  return Object.fromEntries(Object.entries(annotations).filter(([name]) => isMade(name)));
}

/** The annotation `details`: a line for each that is there. */
export function details(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
}

/** The descriptions of an alert, one in each language. */
export function described(en: string, nl: string, de: string, fr: string): Record<string, string> {
  return { description: en, description_nl: nl, description_de: de, description_fr: fr };
}

/** The same annotations, with another figure in the descriptions and the duration. */
export function withFigure(
  annotations: Readonly<Record<string, string>>,
  from: string,
  to: string,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([name, text]) => [
      name,
      name.startsWith('description') || name === 'duration' ? text.replace(from, to) : text,
    ]),
  );
}

/** Ten minutes: what most alerts of the rules have as `keep_firing_for`. */
export const keep = 10;

/** A business case: what most of them have in common is filled in. */
export function business(
  given: Pick<AlertCase, 'alert' | 'severity' | 'monitor' | 'forMinutes' | 'annotations' | 'good' | 'bad'> & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly keepMinutes?: number;
  },
): AlertCase {
  return {
    keepMinutes: keep,
    isBusiness: true,
    ...given,
    labels: { ...monitorLabels(given.monitor), responder: 'erp_partner', ...given.labels },
  };
}

/** Two rules for one cause: a warning, and at critical monitors a critical alert instead. */
export function byCriticality(warning: AlertCase, criticalForMinutes: number): [AlertCase, AlertCase] {
  const both = { ...warning, dependsOnCriticality: true };
  const monitor = critical(warning.monitor);
  return [both, { ...both, severity: 'critical', forMinutes: criticalForMinutes, monitor }];
}

/** A case about the monitoring itself; `it` acts first. */
export function technical(
  given: Pick<AlertCase, 'alert' | 'severity' | 'forMinutes' | 'annotations' | 'good' | 'bad'> & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly keepMinutes?: number;
    readonly monitor?: MonitorFacts;
  },
): AlertCase {
  return {
    keepMinutes: keep,
    isBusiness: false,
    monitor: orders,
    ...given,
    labels: { ...given.labels, responder: 'it' },
  };
}
