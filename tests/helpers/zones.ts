import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';

/** Zones that between them have every oddity: half-hour DST, DST at midnight, a skipped date, quarter-hour offsets, none at all. */
export const oddZones = [
  'UTC',
  'Europe/Brussels',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/Sao_Paulo',
  'America/Havana',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Tehran',
] as const;

/** The instants from 1990 to 2037 at which the clocks of a zone are changed. */
export function transitionsOf(zone: string): number[] {
  const found: number[] = [];
  let at: Temporal.ZonedDateTime | null = Temporal.Instant.from('1990-01-01T00:00Z').toZonedDateTimeISO(zone);
  while (at !== null && at.year < 2037) {
    at = at.getTimeZoneTransition('next');
    if (at !== null) found.push(at.epochMilliseconds);
  }
  return found;
}

/** A zone and an instant from 1990 to 2037 in whole seconds, most often within two days of a change of its clocks. */
export function zoneAndInstant(): fc.Arbitrary<{ zone: string; at: number }> {
  return fc.oneof(
    ...oddZones.map((zone) => {
      const transitions = transitionsOf(zone);
      const anywhere = fc
        .integer({ min: Date.UTC(1990) / 1000, max: Date.UTC(2037) / 1000 })
        .map((second) => second * 1000);
      const near = fc
        .tuple(fc.nat(), fc.integer({ min: -172_800, max: 172_800 }))
        .map(([index, seconds]) => (transitions[index % transitions.length] ?? 0) + seconds * 1000);
      const at =
        transitions.length === 0
          ? anywhere
          : fc.oneof({ weight: 3, arbitrary: near }, { weight: 1, arbitrary: anywhere });
      return at.map((instant) => ({ zone, at: instant }));
    }),
  );
}
