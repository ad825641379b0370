import { describe, expect, it } from 'vitest';
import { always } from '../../src/calendar/calendar.ts';
import type { PlanInput } from '../../src/remedies/planner.ts';
import type { TaskStatus } from '../../src/poll/task-status.ts';
import { hour, minute, remediesOf, remedy, start } from './scene.ts';
import { Story } from './story.ts';

const ordered = { answer: { reason: 'ordered' }, tried: ['W-1'] };
const any = remedy({ name: 'by_people', errors: new Set(), byHand: 'any' });

describe('somebody has a record tried at once', () => {
  it('without waiting for wait, and who did is remembered', () => {
    const story = new Story();
    expect(story.offer()).toEqual({ remedy: 'relaunch', standing: { reason: 'due' }, last: null });
    expect(story.wish()).toEqual(ordered);
    story.after(minute);
    expect(story.offer()).toMatchObject({ last: { by: 'eva', answer: '429', at: start } });
    expect([...story.entries.values()].map(({ payload }) => payload)).toMatchObject([{ by: 'eva' }]);
  });

  it('outside of the hours of the remedy, after its last attempt, and where it stopped by itself', () => {
    const calendar = { ...always, isOpen: () => false };
    expect(new Story(remedy({ limits: { calendar } })).wish()).toEqual(ordered);
    const exhausted = new Story(remedy({ limits: { attempts: 1 } }));
    for (let passed = 0; passed < 60; passed += 1) exhausted.after(minute);
    expect(exhausted.standing()?.standing.reason).toBe('exhausted');
    expect(exhausted.wish()).toEqual(ordered);
    const stopped = new Story();
    stopped.state = { ...stopped.state, stopped: { relaunch: start + hour } };
    expect(stopped.wish()).toEqual(ordered);
  });

  it('counts within the hour, and keeps the remedy from the record for its pause', () => {
    const story = new Story();
    story.wish();
    expect(story.state.hour).toEqual({ relaunch: [start] });
    expect(story.after(14 * minute)).toEqual([]);
    expect(story.after(minute)).toEqual(['W-1']);
  });

  it('and it worked when a later reading shows it no more, which does not move the breaker', () => {
    const story = new Story(any);
    story.wish();
    story.failed = [];
    story.after(minute);
    expect(story.events).toMatchObject([{ type: 'judged', worked: true }]);
    for (let wishes = 0; wishes < 6; wishes += 1) {
      story.failed = [{ record: `V-${wishes}`, since: story.now }];
      story.wish(`V-${wishes}`);
      story.after(20 * minute);
      story.after(minute);
    }
    expect(story.events.filter(({ type }) => type === 'stopped')).toEqual([]);
    expect(story.state.judged).toEqual({});
  });

  it('of any error where a remedy says so, by the one that mends it by itself where there is one', () => {
    const other = [{ record: 'W-1', since: start, error: 'credit-limit' }];
    const story = new Story(remedy(), any);
    expect(story.offer()?.remedy).toBe('relaunch');
    story.failed = other;
    expect(story.offer()?.remedy).toBe('by_people');
    expect(story.wish()).toEqual(ordered);
    // It never does by itself what was left to people.
    const alone = new Story(any);
    expect(alone.after(3 * hour)).toEqual([]);
    expect(alone.standing()).toBeUndefined();
  });

  it('also of an error that no retry resolves, or without one', () => {
    const story = new Story(remedy({ byHand: 'any' }));
    story.change = ({ reading, ...task }): TaskStatus => ({
      ...task,
      reading: reading && {
        ...reading,
        records: reading.records.map((record) => ({ ...record, errorClass: null })),
      },
    });
    expect(story.after(3 * hour)).toEqual([]);
    expect(story.wish()).toEqual(ordered);
  });
});

describe('a wish is refused', () => {
  const refused = (change: (story: Story) => void, story = new Story()) => {
    change(story);
    const { answer, tried } = story.wish();
    expect(tried).toEqual([]);
    return answer;
  };
  const pause = { at: start, by: 'eva' };

  it.each([
    { all: pause, remedies: {} },
    { all: null, remedies: { relaunch: pause } },
  ])('when somebody has stopped the remedy: %j', (pauses) => {
    expect(refused((story) => (story.pauses = pauses))).toEqual({ reason: 'paused' });
  });

  it('during maintenance', () => {
    const window = {
      covers: () => true,
      isActive: () => true,
    } as unknown as PlanInput['maintenance'][number];
    expect(refused((story) => (story.maintenance = [window]))).toEqual({ reason: 'maintenance' });
  });

  it('when the attempts of the hour are used up, of the remedy or of all', () => {
    const full = (story: Story) => (story.state = { ...story.state, hour: { relaunch: [start] } });
    expect(refused(full, new Story(remedy({ limits: { perHour: 1 } })))).toEqual({ reason: 'limit' });
    const story = new Story();
    story.remedies = remediesOf([remedy()], { perHour: 1 });
    expect(refused(full, story)).toEqual({ reason: 'limit' });
  });

  it('while an attempt is under way, and until a reading can show its effect', () => {
    const story = new Story();
    story.wish();
    expect(story.wish()).toEqual({ answer: { reason: 'tried' }, tried: [] });
    story.entries.clear();
    const waiting = new Story();
    waiting.wish();
    waiting.entries.clear();
    expect(waiting.wish()).toEqual({ answer: { reason: 'trying' }, tried: [] });
    story.after(minute);
    story.now += minute;
    expect(new Story().wish()).toEqual(ordered);
  });

  it('before the other system allows another call', () => {
    const story = new Story();
    story.answer = { answer: '429', retryAfterMs: 40 * minute };
    story.wish();
    story.after(minute);
    expect(story.wish()).toEqual({ answer: { reason: 'pause', until: start + 40 * minute }, tried: [] });
    story.after(39 * minute);
    expect(story.offer()?.standing.reason).not.toBe('pause');
  });

  it.each([
    ['that is not there', (story: Story) => (story.failed = [])],
    [
      'of a company that the remedy is not for',
      (story: Story) => (story.remedies = remediesOf([remedy({ companies: new Set(['bolt']) })])),
    ],
    [
      'of another error',
      (story: Story) => (story.failed = [{ record: 'W-1', since: start, error: 'credit-limit' }]),
    ],
    ['that is left to nobody', (story: Story) => (story.remedies = remediesOf([remedy({ byHand: 'none' })]))],
    [
      'of a remedy that only shows what it would do',
      (story: Story) => (story.remedies = remediesOf([remedy({ isDryRun: true })])),
    ],
    [
      'of which the last reading failed',
      (story: Story) => (story.change = (task) => ({ ...task, failure: { reason: 'timeout', message: '' } })),
    ],
  ])('for a record %s', (_, change) => {
    expect(refused(change)).toEqual({ reason: 'unknown' });
  });
});
