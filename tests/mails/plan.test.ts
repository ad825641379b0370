import fc from 'fast-check';
import { expect, it } from 'vitest';
import { changeOf, lastDue, latestMs } from '../../src/mails/plan.ts';
import type { RememberedPlan } from '../../src/mails/plan.ts';
import { day, hour, minute, monday, report } from './world.ts';

const known = (changes: Partial<RememberedPlan> = {}) => ({
  value: { since: monday - 30 * day, first: null, last: '', id: 'here', ...changes },
  version: 1,
});
const iso = (at: number | undefined) =>
  at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);

it('begins with the first moment after it is known: nothing of before was missed', () => {
  const first = changeOf(report(), { value: undefined, version: 0 }, monday + 10);
  expect(first?.intents).toEqual([]);
  expect(first?.documents?.[0]).toMatchObject({ ifVersion: 0, value: { since: monday + 10, last: '' } });
  expect(changeOf(report(), known({ since: monday + 10 }), monday + hour)).toBeUndefined();
});

it('is due at its moment, and once', () => {
  expect(changeOf(report(), known(), monday - 1)).toBeUndefined();
  const change = changeOf(report({ to: ['a@acme.example', 'b@acme.example'] }), known(), monday);
  expect(change?.intents?.map(({ payload }) => payload)).toMatchObject([
    { to: 'a@acme.example', due: monday },
    { to: 'b@acme.example', due: monday },
  ]);
  expect(new Set(change?.intents?.flatMap(({ key, queue }) => [key, queue])).size).toBe(4);
  expect(change?.documents?.[0]).toMatchObject({
    ifVersion: 1,
    value: { first: monday, last: '2026-11-23' },
  });
  expect(changeOf(report(), known({ last: '2026-11-23' }), monday + minute)).toBeUndefined();
});

it('is sent late when it was missed, up to three days, and then not any more', () => {
  expect(changeOf(report(), known(), monday + latestMs - minute)?.intents?.[0]).toMatchObject({
    expires: monday + latestMs,
  });
  expect(changeOf(report(), known(), monday + latestMs + minute)).toBeUndefined();
  // Of several that were missed the last one alone.
  const daily = report({ cron: '0 7 * * *' });
  const change = changeOf(daily, known(), monday + 2 * day + hour);
  expect(change?.intents?.map(({ payload }) => payload)).toMatchObject([{ due: monday + 2 * day }]);
});

it('bears an id that differs between two installations, and is the same at each attempt', () => {
  const idOf = (id: string) => changeOf(report(), known({ id }), monday)?.intents?.[0]?.payload;
  expect(idOf('here')).toEqual(idOf('here'));
  expect(idOf('here')).not.toEqual(idOf('there'));
});

it('follows the clock on the wall when it changes', () => {
  const plan = { cron: '0 7 * * mon', timezone: 'Europe/Brussels' };
  const at = (text: string) => Date.parse(text);
  expect(iso(lastDue(plan, at('2026-10-18T00:00Z'), at('2026-10-19T12:00Z')))).toBe('2026-10-19T05:00');
  expect(iso(lastDue(plan, at('2026-10-25T00:00Z'), at('2026-10-26T12:00Z')))).toBe('2026-10-26T06:00');
  expect(lastDue(plan, at('2026-10-25T00:00Z'), at('2026-10-26T05:59Z'))).toBeUndefined();
  expect(iso(lastDue(plan, at('2027-03-28T00:00Z'), at('2027-03-29T12:00Z')))).toBe('2027-03-29T05:00');
});

it.each([
  ['twice', '2026-10-25', '0 0', 1],
  ['not', '2027-03-28', '0 0', 1],
])('is sent once on a day on which its hour comes %s', (_, date, __, mails) => {
  const plan = report({ cron: '30 2 * * *' });
  const midnight = Date.parse(`${date}T00:00+0${date === '2026-10-25' ? 2 : 1}:00`);
  let value = known({ since: midnight - 1 }).value;
  let planned = 0;
  for (let now = midnight; now < midnight + 23 * hour; now += 10 * minute) {
    const change = changeOf(plan, { value, version: 1 }, now);
    planned += change?.intents?.length ?? 0;
    value = (change?.documents?.[0]?.value as typeof value | undefined) ?? value;
  }
  expect(planned).toBe(mails);
});

it('is planned once a date, whenever it is looked at', () => {
  const steps = fc.array(fc.integer({ min: -2 * hour, max: 2 * day }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.constantFrom('0 7 * * mon', '0 7 * * *', '30 2 1 * *'), (jumps, cron) => {
      const plan = report({ cron });
      let value = known().value;
      let now = monday - 10 * day;
      const dates: string[] = [];
      for (const jump of jumps) {
        now += jump;
        const change = changeOf(plan, { value, version: 1 }, now);
        if (change === undefined) continue;
        value = change.documents?.[0]?.value as typeof value;
        dates.push(value.last);
        for (const { notBefore, expires } of change.intents ?? [])
          expect(expires).toBeGreaterThanOrEqual(notBefore);
      }
      expect(dates).toEqual([...new Set(dates)].sort());
    }),
  );
});
