import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOf, periodEnding } from '../../src/report/period.ts';

const zone = 'Europe/Brussels';
const now = Date.parse('2026-11-26T14:03:20Z');
const iso = (at: number) => new Date(at).toISOString();

describe('the end of a period', () => {
  it('is the last midnight at the company, a date there, or a time with its offset', () => {
    expect(iso(endOf(undefined, zone, now))).toBe('2026-11-25T23:00:00.000Z');
    expect(iso(endOf('2026-11-01', zone, now))).toBe('2026-10-31T23:00:00.000Z');
    expect(iso(endOf('2026-11-01T12:30:59+02:00', zone, now))).toBe('2026-11-01T10:30:00.000Z');
  });

  it.each(['yesterday', '2026-11-31', '2026-13-01', '2026-11-01T12:00', '1', ''])('is not %j', (text) => {
    expect(() => endOf(text, zone, now)).toThrow(RangeError);
  });

  it('is not in the future', () => {
    expect(() => endOf('2026-11-27', zone, now)).toThrow('is not over yet');
  });
});

describe('a period', () => {
  const of = (name: 'day' | 'week' | 'month', to: string) => {
    const { from } = periodEnding(name, Date.parse(to), zone);
    return iso(from);
  };

  it('follows the calendar of the company, also where its clock changes', () => {
    expect(of('day', '2026-03-29T22:00:00Z')).toBe('2026-03-28T23:00:00.000Z');
    expect(of('week', '2026-10-25T23:00:00Z')).toBe('2026-10-18T22:00:00.000Z');
    expect(of('month', '2026-10-31T23:00:00Z')).toBe('2026-09-30T22:00:00.000Z');
  });

  it('of a month begins on the last day of a shorter one', () => {
    expect(of('month', '2026-03-31T10:00:00Z')).toBe('2026-02-28T11:00:00.000Z');
    expect(of('month', '2026-01-15T00:00:00Z')).toBe('2025-12-15T00:00:00.000Z');
  });

  it('has whole minutes, and about the length of its name', () => {
    const zones = fc.constantFrom('UTC', zone, 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia');
    fc.assert(
      fc.property(fc.integer({ min: 1_400_000_000, max: 2_000_000_000 }), zones, (seconds, of) => {
        const to = endOf(iso(seconds * 1000), of, Infinity);
        for (const [name, least, most] of [
          ['day', 0.9, 1.1],
          ['week', 6.9, 7.1],
          ['month', 27.9, 31.1],
        ] as const) {
          const days = (to - periodEnding(name, to, of).from) / 86_400_000;
          expect(days).toBeGreaterThan(least);
          expect(days).toBeLessThan(most);
          expect((to - periodEnding(name, to, of).from) % 60_000).toBe(0);
        }
      }),
    );
  });
});
