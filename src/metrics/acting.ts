import type { Family } from '../monitors/contract.ts';
import { escapeLabel, formatValue, header } from './exposition.ts';

/** A series of what acts on other systems. */
export interface ActingSample {
  readonly family: Family;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function line({ family, labels, value }: ActingSample, environment: string): string {
  const all = environment === '' ? labels : { environment, ...labels };
  const text = Object.entries(all).map(([name, given]) => `${name}="${escapeLabel(given)}"`);
  return `${family.name}{${text.join(',')}} ${formatValue(value)}\n`;
}

/** The series of tickets and remedies in the text format, a family after another. @param environment '' for none. */
export function renderActing(samples: readonly ActingSample[], environment: string): string {
  const byFamily = new Map<Family, string>();
  for (const sample of samples)
    byFamily.set(sample.family, (byFamily.get(sample.family) ?? '') + line(sample, environment));
  return [...byFamily].map(([family, lines]) => header(family) + lines).join('');
}
