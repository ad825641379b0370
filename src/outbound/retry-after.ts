import { dayMs } from '../time.ts';
import type { Instant } from '../time.ts';

const mostMs = dayMs;

/** RFC 9110 section 5.6.7: the present form and the two old ones. */
const httpDate = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? [\w :-]{1,40}$/;

function dateOf(value: string | undefined): Instant | undefined {
  const text = value?.trim() ?? '';
  if (!httpDate.test(text)) return undefined;
  // The form of asctime has no zone: it is UTC as well.
  const at = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Milliseconds to wait, 0 to a day, from the header `Retry-After`; undefined: it is absent or says nothing. A date is read by the
 * clock of the server that sent it, where its answer bears one.
 */
export function retryAfterOf(headers: Readonly<Record<string, string>>, now: Instant): number | undefined {
  const value = headers['retry-after']?.trim();
  if (value === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Math.min(Math.ceil(Number(value) * 1000), mostMs);
  const at = dateOf(value);
  if (at === undefined) return undefined;
  return Math.min(Math.max(at - (dateOf(headers['date']) ?? now), 0), mostMs);
}
