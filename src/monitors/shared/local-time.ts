import { formatWithOffset, zoneClock } from '../../time.ts';
import type { Instant } from '../../time.ts';
import type { Family, RunContext, Sample } from '../contract.ts';
import { sample } from './samples.ts';

/** `2026-11-21 10:42`, as a clock in `zone` shows it; with milliseconds `2026-11-21 10:42:07.123`. */
export function localTime(
  at: Instant,
  zone: string,
  precision: 'minutes' | 'milliseconds' = 'minutes',
): string {
  const length = precision === 'minutes' ? 16 : 23;
  return formatWithOffset(at, zone).slice(0, length).replace('T', ' ');
}

/** An instant and the UTC offset of the company's time zone at it: two samples, or none without an instant. */
export function localInstant(
  run: RunContext<unknown>,
  company: string,
  at: Instant | null,
  [instant, offset]: readonly [Family, Family],
  labels: Readonly<Record<string, string>> = {},
): Sample[] {
  if (at === null) return [];
  const localClock = zoneClock(run.timezone(company)).wallTime(at);
  return [
    sample(instant, company, at / 1000, labels),
    sample(offset, company, (localClock - at) / 1000, labels),
  ];
}
