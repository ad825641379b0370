import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { mostRemembered } from '../../../src/monitors/jobs/success-memory.ts';
import { createMonitorStates } from '../../../src/state/monitor-states.ts';
import { MemoryDatabase, hour, minute, now, observe, seriesOf } from '../run.ts';

const ago = (ms: number) => new Date(now - ms);

async function run(rows: readonly Row[], settings: Readonly<Record<string, unknown>> = {}, overrides = {}) {
  const reading = await observe(
    jobs,
    { query: 'Q', ...settings },
    new MemoryDatabase({ Q: rows }),
    overrides,
  );
  const [{ state, text } = { state: undefined, text: undefined }] = reading.statuses;
  return { state, text, notes: reading.notes, series: seriesOf(reading) };
}

describe('runs in progress', () => {
  const running = (started: number): Row => ({
    job: 'J',
    status: 'running',
    started: ago(started),
    finished: null,
  });
  const ended: Row = { job: 'J', status: 'success', started: ago(2 * minute), finished: ago(minute) };

  it('count each, however many ended since', async () => {
    const one = await run([running(9 * hour), ended], { max_runtime: { warning: '1h', critical: '8h' } });
    expect(one).toMatchObject({ state: 'critical', text: '1 job, 1 stuck (J)' });
    const three = await run([running(9 * hour), running(3 * hour), ended, running(minute)], {
      max_runtime: '1h',
    });
    expect(three).toMatchObject({ state: 'warning', text: '1 job, 1 stuck (J: 2 runs)' });
  });

  it('are as old as the oldest, in any order', async () => {
    const ages = fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(ages, fc.boolean(), async (minutes, hasEnded) => {
        const rows = [...minutes.map((age) => running(age * minute)), ...(hasEnded ? [ended] : [])];
        const { state, series } = await run(rows, { max_runtime: '1h' });
        expect(series['erp_since_job_start_seconds{acme,job_name=J}']).toBe(Math.max(...minutes) * 60);
        expect(state).toBe(minutes.some((age) => age > 60) ? 'warning' : 'ok');
      }),
      { numRuns: 100 },
    );
  });

  it('without a start are noted, as no limit applies to them', async () => {
    const { notes } = await run([{ job: 'J', status: 'running', started: null }], { max_runtime: '1h' });
    expect(notes).toEqual(['query: rows of running jobs without started, which are never stuck (1 row: J).']);
  });
});

describe('a job without a success', () => {
  const settings = { max_age: { warning: '1h' } };

  it.each<[string, Row[], string]>([
    ['waits', [{ status: 'queued', started: ago(48 * hour) }], '1 job, 1 overdue (J)'],
    [
      'fails each time',
      [
        { status: 'failed', started: ago(3 * hour) },
        { status: 'failed', started: ago(minute) },
      ],
      '1 job, 1 failed (J: 2 times in a row), 1 overdue (J)',
    ],
    ['was cancelled', [{ status: 'cancelled', started: ago(3 * hour) }], '1 job, 1 overdue (J)'],
    ['began a while ago', [{ status: 'running', started: ago(30 * minute) }], '1 job'],
  ])('is overdue from the oldest time of its rows on: it %s', async (_, rows, text) => {
    const whole = await run(
      rows.map((row) => ({ job: 'J', ...row })),
      settings,
    );
    expect(whole.text).toBe(text);
    expect(whole.series).not.toHaveProperty('erp_job_last_success_timestamp_seconds{acme,job_name=J}');
  });

  it.each<[string, Row]>([
    ['no time at all', { status: 'success' }],
    ['only times in the future', { status: 'success', started: ago(-hour), finished: ago(-2 * hour) }],
    ['an unknown word and no time', { status: 'queued' }],
  ])('has an unknown age when its rows have %s, which is said and is not ok', async (_, row) => {
    const { state, text, series } = await run([{ job: 'J', ...row }], settings);
    expect([state, text]).toEqual(['warning', '1 job, 1 without a time of success (J)']);
    expect(series).toHaveProperty('erp_job_last_success_unknown{acme,job_name=J}', 1);
    expect(series).not.toHaveProperty('erp_since_last_job_success_seconds{acme,job_name=J}');
    expect((await run([{ job: 'J', ...row }])).series).not.toHaveProperty(
      'erp_job_last_success_unknown{acme,job_name=J}',
    );
  });
});

it('an end in the future is noted and makes no age 0', async () => {
  const row = { job: 'J', status: 'success', started: ago(3 * hour), finished: ago(-2 * hour) };
  const { state, text, notes, series } = await run([row], { max_age: { warning: '1h' } });
  expect([state, text]).toEqual(['warning', '1 job, 1 overdue (J)']);
  expect(series['erp_since_last_job_success_seconds{acme,job_name=J}']).toBe(3 * 3600);
  expect(notes).toEqual([
    'query: rows whose finished is in the future; check the time zone of the database (1 row: J).',
  ]);
});

it('an end before the start is noted and makes no duration', async () => {
  const row = { job: 'J', status: 'success', started: ago(hour), finished: ago(2 * hour) };
  const { notes, series } = await run([row, { ...row, job: 'K', finished: ago(hour) }]);
  expect(notes).toEqual(['query: rows whose finished is before started have no duration (1 row: J).']);
  expect(series).not.toHaveProperty('erp_job_last_duration_seconds{acme,job_name=J}');
  expect(series['erp_job_last_duration_seconds{acme,job_name=K}']).toBe(0);
});

describe('limits of single jobs', () => {
  const rows: Row[] = ['nightly', 'hourly', 'free'].map((job) => ({
    job,
    status: 'ok',
    started: ago(3 * hour),
    finished: ago(3 * hour),
  }));

  it('replace those of the monitor, each by itself; 0 is none', async () => {
    const settings = {
      max_age: { warning: '2h' },
      max_runtime: '1h',
      job_limits: {
        nightly: { max_age: { warning: '26h', critical: '50h' }, max_runtime: { critical: '3h' } },
        free: { max_age: { warning: 0 }, max_runtime: 0 },
      },
    };
    const { text, series } = await run(rows, settings);
    expect(text).toBe('3 jobs, 1 overdue (hourly)');
    const thresholds = Object.entries(series).filter(([name]) => name.includes('_threshold'));
    expect(Object.fromEntries(thresholds)).toEqual({
      'erp_since_last_job_success_seconds_threshold{acme,job_name=nightly,severity=warning}': 26 * 3600,
      'erp_since_last_job_success_seconds_threshold{acme,job_name=nightly,severity=critical}': 50 * 3600,
      'erp_since_job_start_seconds_threshold{acme,job_name=nightly,severity=critical}': 3 * 3600,
      'erp_since_last_job_success_seconds_threshold{acme,job_name=hourly,severity=warning}': 2 * 3600,
      'erp_since_job_start_seconds_threshold{acme,job_name=hourly,severity=warning}': 3600,
    });
  });

  it('of a job called like a property of every object are its own', async () => {
    const { state } = await run([{ ...rows[0], job: 'constructor' }], { max_age: { warning: '4h' } });
    expect(state).toBe('ok');
  });
});

describe('the note on times in the future', () => {
  const row = (started: number, index: number): Row => ({
    job: `J${index}`,
    status: 'ok',
    started: ago(started),
  });

  it('is for monitors most of whose rows lie there', async () => {
    const mixed = [hour, hour, -hour].map(row);
    expect((await run(mixed)).notes).toEqual([]);
    expect((await run([hour, -hour, -hour].map(row))).notes).toEqual([
      'query: rows whose started is in the future; check the time zone of the database (2 rows: J1, J2).',
    ]);
  });
});

it('one odd date leaves out that date alone', async () => {
  const rows: Row[] = [
    { job: 'J', status: 'ok', started: '0044-03-15 00:00:00 BC', finished: ago(minute) },
    { job: 'K', status: 'failed', started: ago(hour), finished: ago(minute) },
  ];
  expect(await run(rows)).toMatchObject({
    text: '2 jobs, 1 failed (K)',
    notes: [
      'query: column started holds a date out of range, which was read as NULL (1 row: 0044-03-15 00:00:00 BC).',
    ],
  });
});

describe('the column max_age', () => {
  const rows = (maxAge: unknown, name = 'J'): Row[] => [
    {
      job: name,
      status: 'success',
      started: ago(90 * minute),
      finished: ago(90 * minute),
      max_age: maxAge,
    } as Row,
  ];

  it.each<[unknown, string]>([
    [null, 'ok'],
    [3_600, 'warning'],
    ['3600', 'warning'],
    [3_600n, 'warning'],
    ['1h', 'warning'],
    ['2h', 'ok'],
    [0, 'ok'],
    ['0', 'ok'],
  ])('of %s limits that job: %s', async (maxAge, state) => {
    expect((await run(rows(maxAge), { max_age: { warning: '3h' } })).state).toBe(state);
  });

  it('gives way to job_limits, and holds for its job alone', async () => {
    const settings = { job_limits: { J: { max_age: { warning: '2h' } } } };
    expect((await run(rows('1h'), settings)).state).toBe('ok');
    const { text, series } = await run([...rows('1h'), ...rows(null, 'K')]);
    expect(text).toBe('2 jobs, 1 overdue (J)');
    const limit = 'erp_since_last_job_success_seconds_threshold';
    expect(Object.keys(series).filter((name) => name.startsWith(limit))).toEqual([
      `${limit}{acme,job_name=J,severity=warning}`,
    ]);
    const critical = await run(rows('1h'), {}, { criticality: 'critical' });
    expect(critical.state).toBe('critical');
  });

  it.each(['soon', -5, true, '02:00:00'])('of %s is refused', async (maxAge) => {
    await expect(run(rows(maxAge))).rejects.toMatchObject({
      reason: 'columns',
      message: expect.stringMatching(/^query: column max_age should hold a duration but holds/) as string,
    });
  });
});

describe('a success whose row is gone', () => {
  const settings = { max_age: { warning: '1h', critical: '5h' } };
  const success = (name: string, ms: number): Row => ({
    job: name,
    status: 'success',
    started: ago(ms),
    finished: ago(ms),
  });
  const running: Row = { job: 'J', status: 'running', started: ago(minute), finished: null };
  const kept = () => {
    const states = createMonitorStates(undefined, () => {});
    return { state: () => states.open('s', '', now) };
  };

  it('still tells how long the job has not succeeded, in later runs', async () => {
    const memory = kept();
    const first = await run([success('J', 30 * minute)], settings, { state: memory.state() });
    expect(first.state).toBe('ok');
    const pruned = await run([running], settings, { state: memory.state(), now: now + 6 * hour });
    expect(pruned).toMatchObject({ state: 'critical', text: '1 job, 1 overdue (J)' });
    expect(pruned.series['erp_job_last_success_timestamp_seconds{acme,job_name=J}']).toBe(
      (now - 30 * minute) / 1000,
    );
    // Without it the only row says no more than that the job started a while ago.
    const forgotten = await run([{ ...running, started: ago(-6 * hour + minute) }], settings, {
      now: now + 6 * hour,
    });
    expect(forgotten.state).toBe('ok');
  });

  it('gives way to a newer one, and is no success of another job', async () => {
    const memory = kept();
    await run([success('J', 9 * hour)], settings, { state: memory.state() });
    expect((await run([success('J', minute)], settings, { state: memory.state() })).state).toBe('ok');
    expect((await run([success('J', 9 * hour)], settings, { state: memory.state() })).state).toBe('ok');
    expect(
      (await run([{ ...running, job: 'K' }], settings, { state: memory.state() })).series,
    ).not.toHaveProperty('erp_job_last_success_timestamp_seconds{acme,job_name=K}');
  });

  it('is kept for a bounded number of jobs, and written only when it changes', async () => {
    const memory = kept();
    const many = Array.from({ length: mostRemembered + 5 }, (_, index) =>
      success(`J${index}`, minute + index),
    );
    await run(many, settings, { state: memory.state() });
    expect([...memory.state().entries('success/')]).toHaveLength(mostRemembered);
    const state = memory.state();
    let writes = 0;
    const counting = {
      ...state,
      get: (key: string) => state.get(key),
      entries: (prefix: string) => state.entries(prefix),
      write: () => (writes += 1),
    };
    await run(many, settings, { state: counting });
    expect(writes).toBe(0);
  });
});
