import type { Family } from '../monitors/contract.ts';
import type { RemedySample } from '../remedies/metrics.ts';
import { escapeLabel, formatValue, header } from './exposition.ts';

function line({ family, labels, value }: RemedySample, environment: string): string {
  const all = environment === '' ? labels : { environment, ...labels };
  const text = Object.entries(all).map(([name, given]) => `${name}="${escapeLabel(given)}"`);
  return `${family.name}{${text.join(',')}} ${formatValue(value)}\n`;
}

/** The series of remedies in the text format, a family after another. @param environment '' for none. */
export function renderRemedies(samples: readonly RemedySample[], environment: string): string {
  const byFamily = new Map<Family, string>();
  for (const sample of samples)
    byFamily.set(sample.family, (byFamily.get(sample.family) ?? '') + line(sample, environment));
  return [...byFamily].map(([family, lines]) => header(family) + lines).join('');
}
