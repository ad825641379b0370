import { describe, expect, it } from 'vitest';
import type { Remedy } from '../../src/config/config.ts';
import { always } from '../../src/calendar/calendar.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { remedyLines } from '../../src/remedies/board.ts';
import { RemedyCounts, remedySamples } from '../../src/remedies/metrics.ts';
import type { PlanInput } from '../../src/remedies/planner.ts';
import { triedText } from '../../src/remedies/tried.ts';
import type { languages } from '../../src/known-errors/catalogue.ts';
import { createTranslators } from '../../src/texts/translator.ts';
import type { FailedRecord } from './scene.ts';
import { hour, minute, remediesOf, remedy, start } from './scene.ts';
import { Story } from './story.ts';

const manyFailed = (count: number, since = start): FailedRecord[] =>
  Array.from({ length: count }, (_, index) => ({ record: `W-${index + 1}`, since }));

describe('a record is tried', () => {
  it('after wait, then each pause, attempts times, and never again', () => {
    const story = new Story();
    const tried: number[] = [];
    for (let passed = 0; passed < 180; passed += 1)
      if (story.after(minute).length > 0) tried.push((story.now - start) / minute);
    // An attempt is settled a reading later, and judged after its pause.
    expect(tried).toEqual([10, 25, 40]);
    expect(story.standing()).toMatchObject({
      standing: { reason: 'exhausted' },
      tries: 3,
      lastAnswer: '429',
      isAwaited: false,
    });
    expect(story.events.map(({ type }) => type)).toEqual(['judged', 'judged', 'judged']);
  });

  it('and then counts as tried in vain, for an alert and a ticket, until it is mended', () => {
    const story = new Story();
    const counted = () =>
      remedySamples([story.task], new RemedyCounts(), story.input, () => '')
        .filter(({ family }) => family.name === 'erp_remedy_exhausted_records')
        .map(({ labels, value }) => ({ ...labels, value }));
    story.failed = manyFailed(2);
    for (let passed = 0; passed < 54; passed += 1) story.after(minute);
    expect(counted()).toEqual([]);
    story.after(minute);
    expect(counted()).toEqual([
      { company: 'acme', flow: 'orders', monitor: 'web_orders', remedy: 'relaunch', value: 2 },
    ]);
    story.failed = manyFailed(1);
    story.after(minute);
    expect(counted()).toMatchObject([{ value: 1 }]);
    story.failed = [];
    story.after(minute);
    expect(counted()).toEqual([]);
  });

  it('no earlier than an answer allows', () => {
    const story = new Story();
    story.answer = { answer: '429', retryAfterMs: 40 * minute };
    expect(story.after(10 * minute)).toEqual(['W-1']);
    expect(story.after(39 * minute)).toEqual([]);
    expect(story.standing()?.standing).toMatchObject({ until: start + 50 * minute });
    expect(story.after(minute)).toEqual(['W-1']);
  });

  it('and it worked when a later reading shows it no more', () => {
    const story = new Story();
    story.after(10 * minute);
    story.failed = [];
    story.after(minute);
    expect(story.events).toMatchObject([{ type: 'judged', worked: true }]);
  });

  it('at most as often as the hour allows, the longest failed first', () => {
    const story = new Story(remedy({ limits: { perHour: 2 } }));
    story.failed = [...manyFailed(3, start - minute), { record: 'old', since: start - hour }];
    expect(story.after(10 * minute)).toEqual(['old', 'W-1']);
    expect(story.standing('W-2')?.standing.reason).toBe('limit');
    story.failed = story.failed.slice(1, 3);
    expect(story.after(hour - minute)).toEqual([]);
    expect(story.after(minute)).toEqual(['W-2', 'W-3']);
  });
});

describe('a record is left alone', () => {
  const due = (change: (story: Story) => void, ...list: readonly Remedy[]) => {
    const story = new Story(...list);
    change(story);
    return { tried: story.after(20 * minute), reason: story.standing()?.standing.reason };
  };

  it('not without a reason', () => {
    expect(due(() => undefined)).toEqual({ tried: ['W-1'], reason: 'trying' });
  });

  it('outside of the hours of its remedy', () => {
    const calendar = { ...always, isOpen: () => false };
    expect(due(() => undefined, remedy({ limits: { calendar } }))).toEqual({ tried: [], reason: 'closed' });
  });

  it('during maintenance, of its company and monitor alone', () => {
    const window = (company: string) =>
      ({
        covers: (given: string) => given === company,
        isActive: () => true,
      }) as unknown as PlanInput['maintenance'][number];
    expect(due((story) => (story.maintenance = [window('acme')]))).toEqual({
      tried: [],
      reason: 'maintenance',
    });
    expect(due((story) => (story.maintenance = [window('bolt')])).tried).toEqual(['W-1']);
  });

  it('when somebody stopped the remedy, or all', () => {
    const pause = { at: start, by: 'eva' };
    const paused = { tried: [], reason: 'paused' };
    expect(due((story) => (story.pauses = { all: pause, remedies: {} }))).toEqual(paused);
    expect(due((story) => (story.pauses = { all: null, remedies: { relaunch: pause } }))).toEqual(paused);
    expect(due((story) => (story.pauses = { all: null, remedies: { other: pause } })).tried).toEqual(['W-1']);
  });

  it.each<[string, (task: TaskStatus) => TaskStatus]>([
    ['that failed', (task) => ({ ...task, failure: { reason: 'timeout', message: '' } })],
    ['that is old', (task) => ({ ...task, lastSuccess: start })],
    ['from the future', (task) => ({ ...task, lastSuccess: start + hour })],
    ['that is gone', (task) => ({ ...task, reading: null })],
  ])('by a reading %s', (_, change) => {
    expect(due((story) => (story.change = change))).toEqual({ tried: [], reason: undefined });
  });

  it.each<[string, Partial<FailedRecord>, number]>([
    ['whose error is not retried', {}, 0],
    ['of another error', { error: 'credit-limit' }, 1],
    ['whose key was cut', { record: `${'x'.repeat(99)}…` }, 1],
    ['without a key', { record: '' }, 1],
  ])('%s', (_, change, retryWaitMs) => {
    const story = new Story();
    story.failed = [{ record: 'W-1', since: start, ...change }];
    story.change = ({ reading, ...task }) => ({
      ...task,
      reading:
        reading === null
          ? null
          : {
              ...reading,
              records: reading.records.map((record) => ({
                ...record,
                errorClass: record.errorClass === null ? null : { ...record.errorClass, retryWaitMs },
              })),
            },
    });
    expect(story.after(20 * minute)).toEqual([]);
  });

  it('of another company or monitor than its remedy names', () => {
    expect(due(() => undefined, remedy({ companies: new Set(['bolt']) })).tried).toEqual([]);
    expect(due(() => undefined, remedy({ monitors: new Set(['payments']) })).tried).toEqual([]);
  });
});

it('a reading that was cut short says of no record that a remedy has mended it', () => {
  const story = new Story();
  story.after(10 * minute);
  story.failed = [];
  story.change = ({ reading, ...task }) => ({
    ...task,
    reading: reading === null ? null : { ...reading, truncated: true },
  });
  for (let passed = 0; passed < 60; passed += 1) story.after(minute);
  expect(story.events).toEqual([]);
  expect(story.records.size).toBe(1);
  story.change = (task) => task;
  story.after(minute);
  expect(story.events).toMatchObject([{ type: 'judged', worked: true }]);
});

it('a dry run spends nothing that counts, and holds no alert', () => {
  const story = new Story(remedy({ isDryRun: true }));
  for (let passed = 0; passed < 120; passed += 1) story.after(minute);
  expect(story.events).toEqual([]);
  expect(story.standing()).toMatchObject({ isDryRun: true, tries: 3, isAwaited: false });
  story.remedies = remediesOf([remedy()]);
  expect(story.after(minute)).toEqual(['W-1']);
});

it('an alert waits while tries are left, an hour at most', () => {
  const story = new Story(remedy({ limits: { attempts: 20 } }));
  for (let passed = 1; passed <= 70; passed += 1) {
    story.after(minute);
    expect(story.standing()?.isAwaited, String(passed)).toBe(passed < 60);
  }
});

describe('the circuit breaker', () => {
  /** Of as many attempts, `worked` work; then all are judged. */
  function judged(count: number, worked: number): Story {
    const story = new Story(remedy({ limits: { attempts: 1 } }));
    story.failed = manyFailed(count);
    expect(story.after(10 * minute)).toHaveLength(count);
    story.failed = story.failed.slice(worked);
    story.after(15 * minute);
    return story;
  }
  const types = ({ events }: Story) => events.map(({ type }) => type).filter((type) => type !== 'judged');

  it.each([
    [4, 0, false],
    [5, 2, true],
    [5, 3, false],
    [6, 3, false],
    [10, 4, true],
  ])('of %i attempts %i worked: it opens: %s', (count, worked, opens) => {
    const story = judged(count, worked);
    expect(types(story)).toEqual(opens ? ['stopped'] : []);
    story.failed = [{ record: 'new', since: start }];
    expect(story.after(minute)).toEqual(opens ? [] : ['new']);
    if (opens)
      expect(story.standing('new')).toMatchObject({ standing: { reason: 'stopped' }, isAwaited: false });
  });

  it('tells page and metrics that it is open, and until when', () => {
    const story = judged(5, 1);
    expect(remedyLines(story.input)).toMatchObject([
      { state: 'stopped', stoppedUntil: story.now + 30 * minute, success: { worked: 1, of: 5 } },
    ]);
    const samples = remedySamples([], new RemedyCounts(), story.input, () => '');
    const states = samples.filter(({ value }) => value === 1).map(({ labels }) => labels['state']);
    expect(states).toEqual(['stopped']);
  });

  it('tries one record half an hour later, and goes on when that works', () => {
    const story = judged(5, 0);
    story.failed = [...manyFailed(5), { record: 'a', since: start }, { record: 'b', since: start }];
    expect(story.after(29 * minute)).toEqual([]);
    expect(story.after(minute)).toEqual(['a']);
    expect(story.after(minute)).toEqual([]);
    story.failed = [...manyFailed(5), { record: 'b', since: start }];
    expect(story.after(minute)).toEqual(['b']);
    expect(types(story)).toEqual(['stopped', 'resumed']);
  });

  it('stays open when that fails, for another half hour', () => {
    const story = judged(5, 0);
    story.failed = [...manyFailed(5), { record: 'a', since: start }, { record: 'b', since: start }];
    expect(story.after(30 * minute)).toEqual(['a']);
    expect(story.after(15 * minute)).toEqual([]);
    expect(types(story)).toEqual(['stopped', 'stopped']);
    expect(story.after(29 * minute)).toEqual([]);
    expect(story.after(minute)).toEqual(['b']);
  });
});

describe('triedText', () => {
  const at = Date.parse('2026-11-23T14:05Z');
  const tried = { tries: 3, lastAt: at, lastAnswer: '409', isDryRun: false };
  const told = (change: object, language: (typeof languages)[number] = 'en') => {
    const t = createTranslators().get(language);
    if (t === undefined) throw new Error('no translator');
    return triedText(t, { ...tried, ...change }, { timezone: 'UTC', now: at + minute });
  };

  it.each([
    ['en', 'tried 3 times, last at 14:05, answer 409'],
    ['nl', '3 keer geprobeerd, laatst om 14:05, antwoord 409'],
    ['de', '3-mal versucht, zuletzt um 14:05, Antwort 409'],
    ['fr', 'tenté 3 fois, en dernier à 14:05, réponse 409'],
  ] as const)('says it in %s', (language, text) => {
    expect(told({}, language)).toBe(text);
  });

  it('says once for one, and nothing of what was not tried', () => {
    expect(told({ tries: 1, lastAnswer: '' })).toBe('tried once, last at 14:05, answer –');
    expect(told({ tries: 0, lastAt: null })).toBe('');
    expect(told({ isDryRun: true })).toBe('');
  });
});
