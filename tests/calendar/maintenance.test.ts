import { describe, expect, it } from 'vitest';
import { buildMaintenance, maintenanceSchema } from '../../src/calendar/maintenance.ts';

const at = (text: string) => Date.parse(text);
const window = (entry: object, zone = 'Europe/Brussels') =>
  buildMaintenance(maintenanceSchema.parse({ reason: 'update', ...entry }), zone);

function messages(entry: object): string[] {
  const { error } = maintenanceSchema.safeParse({ reason: 'update', ...entry });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('a window that comes once', () => {
  const once = window({ from: '2026-12-24T18:00', to: '2026-12-25T06:00' });

  it.each([
    ['2026-12-24T16:59:59Z', false],
    ['2026-12-24T17:00:00Z', true],
    ['2026-12-25T04:59:59Z', true],
    ['2026-12-25T05:00:00Z', false],
  ])('at %s is active: %s', (time, active) => expect(once.isActive(at(time))).toBe(active));
});

describe('a window that repeats', () => {
  const weekly = window({ cron: '0 2 * * sun', for: '2h' });

  it.each([
    ['2026-11-22T00:59:59Z', false],
    ['2026-11-22T01:00:00Z', true],
    ['2026-11-22T01:00:00.500Z', true],
    ['2026-11-22T02:59:59.999Z', true],
    ['2026-11-22T03:00:00Z', false],
    ['2026-11-23T01:30:00Z', false],
  ])('at %s is active: %s', (time, active) => expect(weekly.isActive(at(time))).toBe(active));

  it('keeps its hour by the clock when DST begins', () => {
    const nightly = window({ cron: '0 4 * * *', for: '1h' });
    expect(nightly.isActive(at('2026-03-28T03:30:00Z'))).toBe(true);
    expect(nightly.isActive(at('2026-03-29T02:30:00Z'))).toBe(true);
    expect(nightly.isActive(at('2026-03-29T03:30:00Z'))).toBe(false);
  });

  it('may last over midnight', () => {
    const late = window({ cron: '0 23 * * fri', for: '3h' });
    expect(late.isActive(at('2026-11-21T00:30:00Z'))).toBe(true);
    expect(late.isActive(at('2026-11-21T01:00:00Z'))).toBe(false);
  });
});

describe('what a window covers', () => {
  const all = window({ from: '2026-12-24', to: '2026-12-25' });
  const some = window({ from: '2026-12-24', to: '2026-12-25', companies: ['acme'], monitors: ['orders'] });

  it('is what is named, and everything when nothing is', () => {
    expect(all.covers('acme', 'stock')).toBe(true);
    expect(some.covers('acme', 'orders')).toBe(true);
    expect(some.covers('acme', 'stock')).toBe(false);
    expect(some.covers('globex', 'orders')).toBe(false);
  });
});

describe('maintenanceSchema', () => {
  it.each([
    [{}, [': needs either from and to, or cron and for']],
    [{ from: '2026-12-24T18:00' }, [': needs either from and to, or cron and for']],
    [
      { from: '2026-12-24', to: '2026-12-25', cron: '0 2 * * *', for: '2h' },
      [': needs either from and to, or cron and for'],
    ],
    [{ from: '2026-12-25', to: '2026-12-24' }, ['to: is not after from; swap them']],
    [
      { from: 'soon', to: 'tomorrow' },
      ['from', 'to'].map((key) => `${key}: is not a time; write it as 2026-12-24T18:00, without an offset`),
    ],
    [
      { cron: '0 2 * * *', for: '8d' },
      ['for: is not a valid duration; write it as 30s, 15m, 1h30m or 2d, at most 7d'],
    ],
  ])('refuses %j', (entry, expected) => expect(messages(entry)).toEqual(expected));
});
