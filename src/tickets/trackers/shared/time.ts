import type { Instant } from '../../../time.ts';

/** The instant of a time that an API gives; undefined: it gives none. */
export function instantOf(text: string | null | undefined): Instant | undefined {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? undefined : at;
}
