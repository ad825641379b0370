import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { calendarSchema } from '../../src/calendar/hours.ts';

describe('what is wrong with an entry', () => {
  const noEnd = 'the end of the hours is missing; add to or for';
  it.each([
    ['{}', '', 'days is missing; write days such as mon-fri, "mon,wed,fri" or daily'],
    [
      '{ from: "08:00", for: 1h }',
      'from',
      'days is missing; write days such as mon-fri, "mon,wed,fri" or daily',
    ],
    ['{ days: 5 }', 'days', 'expected days such as mon-fri, "mon,wed,fri" or daily'],
    [
      '{ days: mon-fry }',
      'days',
      '"mon-fry" is not a day or range of days; write days such as mon-fri, "mon,wed,fri" or daily',
    ],
    ['{ days: mon, from: 8, for: 1h }', 'from', 'expected a time of day such as "08:20"'],
    [
      '{ days: mon, from: "24:00", for: 1h }',
      'from',
      'hours cannot begin at "24:00"; write "00:00" on the next day',
    ],
    [
      '{ days: mon, from: "08:00", to: "25:00" }',
      'to',
      '"25:00" is not a time of day; write it as "08:20", at most "24:00"',
    ],
    [
      '{ days: mon, from: "08:00", to: "08:00" }',
      'to',
      'to is the same time as from; leave both out for a whole day, or write for: 24h',
    ],
    ['{ days: mon, from: "08:00" }', 'from', noEnd],
    ['{ days: mon, to: "08:00" }', 'to', 'from is missing; add the time at which the hours begin'],
    ['{ days: mon, for: 8h }', 'for', 'from is missing; add the time at which the hours begin'],
    [
      '{ days: mon, from: "08:00", to: "09:00", for: 1h }',
      'for',
      'to and for are both given; keep one of them',
    ],
    [
      '{ days: mon, from: "08:00", for: 25h }',
      'for',
      '"25h" is longer than a day; write at most 24h, and the other days in days',
    ],
    ['{ days: mon, from: "08:00", for: 1.5h }', 'for', '"1.5h" is not a duration; write it as 10h or 1h30m'],
    ['{ days: mon, from: "08:00", for: 8 }', 'for', 'expected a duration such as 10h'],
    [
      '{ days: mon, timezone: Brussels }',
      'timezone',
      '"Brussels" is not a time zone; write an IANA name such as Europe/Brussels',
    ],
    [
      '{ days: mon, spans: [{ days: tue }] }',
      'days',
      'days cannot be combined with spans; put all hours into spans',
    ],
    ['{ spans: [] }', 'spans', 'spans is empty; list at least one, or leave it out'],
    ['{ spans: { days: mon } }', 'spans', 'expected a list of spans, each with days, from and to'],
    ['{ spans: [{ days: mon }, { days: mon, from: "08:00" }] }', 'spans.1.from', noEnd],
    [
      '{ spans: [{ from: "08:00", for: 1h }] }',
      'spans.0.days',
      'expected days such as mon-fri, "mon,wed,fri" or daily',
    ],
    ['{ days: mon, holidays: 2026-12-25 }', 'holidays', 'expected a list of dates'],
    [
      '{ days: mon, holidays: [25/12] }',
      'holidays.0',
      '"25/12" is not a date; write 2026-12-25, or 12-25 for every year',
    ],
    [
      '{ days: mon, holidays: [2026-02-29] }',
      'holidays.0',
      '"2026-02-29" does not exist; write a date that exists',
    ],
    [
      '{ days: mon, holidays: [20261225] }',
      'holidays.0',
      'expected a date such as 2026-12-25, or 12-25 for every year, or a mapping with date, from and to',
    ],
    [
      '{ days: mon, holidays: [{ date: 2026-02-29 }] }',
      'holidays.0.date',
      '"2026-02-29" does not exist; write a date that exists',
    ],
    ['{ days: mon, holidays: [{ date: 12-24, from: "08:00" }] }', 'holidays.0.from', noEnd],
    [
      '{ days: mon, holidays: [{ from: "08:00", for: 1h }] }',
      'holidays.0.date',
      'expected a date such as 2026-12-25, or 12-25 for every year',
    ],
    ['{ days: mon, holidays: [12-25, 12-25] }', 'holidays.1', 'this date is listed twice; keep one of them'],
  ])('%s', (yaml, path, message) => {
    const issues = calendarSchema
      .safeParse(parse(yaml))
      .error?.issues.map((issue) => [issue.path.join('.'), issue.message]);
    expect(issues).toEqual([[path, message]]);
  });

  it('names unknown keys where they are', () => {
    const wrong = parse(
      '{ dayz: mon, spans: [{ days: mon, form: x }], holidays: [{ date: 12-25, till: x }] }',
    ) as unknown;
    const issues = calendarSchema
      .safeParse(wrong)
      .error?.issues.map((issue) => [issue.path.join('.'), issue.code]);
    expect(issues).toEqual([
      ['spans.0', 'unrecognized_keys'],
      ['holidays.0', 'unrecognized_keys'],
      ['', 'unrecognized_keys'],
    ]);
  });

  it('describes every key in the JSON Schema', () => {
    const schema = JSON.stringify(z.toJSONSchema(calendarSchema, { io: 'input' }));
    const undescribed = (at: unknown): string[] =>
      typeof at !== 'object' || at === null
        ? []
        : Object.entries(at).flatMap(([key, value]) =>
            key === 'properties'
              ? Object.entries(value as object).flatMap(([name, property]: [string, unknown]) => [
                  ...(Object.hasOwn(property as object, 'description') ? [] : [name]),
                  ...undescribed(property),
                ])
              : undescribed(value),
          );
    expect(undescribed(JSON.parse(schema))).toEqual([]);
    expect(schema).toContain('"date"');
  });
});
