import type { NotifyMatch } from './config/config.ts';

/** Of an alert. */
export type Labels = Readonly<Record<string, string>>;

/** Whether a label has one of these values. A label that is absent is ''. */
export function isOneOf(values: readonly string[], labels: Labels, label: string): boolean {
  return values.includes(labels[label] ?? '');
}

/** Whether an alert has every label that a rule asks for. */
export function matches(match: NotifyMatch, labels: Labels): boolean {
  return Object.entries(match).every(([label, values]) => isOneOf(values, labels, label));
}
