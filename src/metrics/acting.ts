import type { LabelledSample } from '../label-counts.ts';
import type { Family } from '../monitors/contract.ts';
import { environmentText, header, line } from './exposition.ts';

/** The series of tickets and remedies in the text format, a family after another. @param environment '' for none. */
export function renderActing(samples: readonly LabelledSample[], environment: string): string {
  const fixed = environmentText(environment);
  const byFamily = new Map<Family, string>();
  for (const { family, labels, value } of samples)
    byFamily.set(family, (byFamily.get(family) ?? '') + line(family, fixed, labels, value));
  return [...byFamily].map(([family, lines]) => header(family) + lines).join('');
}
