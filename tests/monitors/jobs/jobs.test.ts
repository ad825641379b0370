import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { jobStates, stateWords, usualWords } from '../../../src/monitors/jobs/states.ts';
import { jobs } from '../../../src/monitors/jobs/index.ts';
import { MemoryDatabase, hour, minute, now, observe, problemsOf, seriesOf } from '../run.ts';

type Overrides = Parameters<typeof observe<typeof jobs.settings>>[3];

async function run(
  rows: readonly Row[],
  settings: Readonly<Record<string, unknown>> = {},
  overrides: Overrides = {},
) {
  return observe(jobs, { query: 'Q', ...settings }, new MemoryDatabase({ Q: rows }), overrides);
}

const at = (ms: number) => new Date(ms);

/** The one state of a job whose series is 1; fails when the set is not whole. */
function stateOf(
  series: Readonly<Record<string, number>>,
  job: string,
  company = 'acme',
): string | undefined {
  const values = jobStates.map(
    (state) => series[`erp_job_status{${company},job_name=${job},status=${state}}`],
  );
  expect(values.toSorted()).toEqual([0, 0, 0, 0, 0, 0, 1]);
  return jobStates[values.indexOf(1)];
}

/** Everything of the jobs but their states. */
function figuresOf(series: Readonly<Record<string, number>>): Record<string, number> {
  const isFigure = (name: string) => name.includes('job_name=') && !name.startsWith('erp_job_status{');
  return Object.fromEntries(Object.entries(series).filter(([name]) => isFigure(name)));
}

describe('jobs', () => {
  it('tells the state and the times of a job that has one row', async () => {
    const reading = await run([
      {
        job: 'stock-in',
        status: 'SUCCESS',
        started: at(now - 10 * minute),
        finished: at(now - 8 * minute),
        error: null,
        enabled: 1,
      },
    ]);
    const series = seriesOf(reading);
    expect(stateOf(series, 'stock-in')).toBe('success');
    expect(figuresOf(series)).toEqual({
      'erp_job_enabled{acme,job_name=stock-in}': 1,
      'erp_job_last_run_timestamp_seconds{acme,job_name=stock-in}': (now - 10 * minute) / 1000,
      'erp_job_last_success_timestamp_seconds{acme,job_name=stock-in}': (now - 8 * minute) / 1000,
      'erp_since_last_job_success_seconds{acme,job_name=stock-in}': (8 * minute) / 1000,
      'erp_job_last_duration_seconds{acme,job_name=stock-in}': 120,
      'erp_job_failures_in_a_row{acme,job_name=stock-in}': 0,
    });
    expect(series['erp_known_jobs{acme}']).toBe(1);
    expect(reading.statuses).toEqual([{ company: 'acme', state: 'ok', text: '1 job' }]);
  });

  const history: Row[] = [
    {
      job: 'J',
      status: 'done',
      started: at(now - 3 * hour),
      finished: at(now - 3 * hour + minute),
      error: null,
    },
    {
      job: 'J',
      status: 'error',
      started: at(now - 2 * hour),
      finished: at(now - 2 * hour + 5 * minute),
      error: 'no route',
    },
    { job: 'J', status: 'in_progress', started: at(now - hour), finished: null, error: null },
  ];

  it('takes the run that started last of a history in any order', async () => {
    for (const rows of [history, history.toReversed()]) {
      const series = seriesOf(await run(rows));
      expect(stateOf(series, 'J')).toBe('running');
      expect(figuresOf(series)).toEqual({
        'erp_job_last_run_timestamp_seconds{acme,job_name=J}': (now - hour) / 1000,
        'erp_job_last_success_timestamp_seconds{acme,job_name=J}': (now - 3 * hour + minute) / 1000,
        'erp_since_last_job_success_seconds{acme,job_name=J}': (3 * hour - minute) / 1000,
        'erp_job_last_duration_seconds{acme,job_name=J}': 300,
        'erp_job_failures_in_a_row{acme,job_name=J}': 1,
        'erp_job_running_since_timestamp_seconds{acme,job_name=J}': (now - hour) / 1000,
        'erp_since_job_start_seconds{acme,job_name=J}': 3600,
      });
    }
  });

  it('says why it failed, and is no longer running', async () => {
    const reading = await run(history.slice(0, 2), {}, { criticality: 'critical' });
    expect(stateOf(seriesOf(reading), 'J')).toBe('failed');
    expect(Object.keys(seriesOf(reading)).join()).not.toMatch(/running_since|since_job_start/);
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'critical', text: '1 job, 1 failed (J: no route)' },
    ]);
  });

  it('lets a run without a time not hide one that has one', async () => {
    const rows = [
      { job: 'J', status: 'queued', started: null, finished: null, error: null },
      ...history.slice(0, 2),
    ];
    expect(stateOf(seriesOf(await run(rows)), 'J')).toBe('failed');
    expect(stateOf(seriesOf(await run(rows.slice(0, 1))), 'J')).toBe('waiting');
  });

  it('leaves out a duration that would be negative', async () => {
    const rows = [{ job: 'J', status: 'ok', started: at(now), finished: at(now - minute) }];
    expect(Object.keys(seriesOf(await run(rows))).join()).not.toContain('duration');
  });

  it('misses an expected job that has no row, at each company', async () => {
    const rows = [
      { company: 'acme', job: 'stock-in', status: 'ok' },
      { company: 'zenith', job: 'orders-out', status: 'ok' },
    ];
    const settings = { expected: ['orders-out', 'stock-in', 'stock-in'] };
    const reading = await run(rows, settings, { companies: ['acme', 'zenith'] });
    const series = seriesOf(reading);
    expect(stateOf(series, 'orders-out')).toBe('missing');
    expect(stateOf(series, 'stock-in')).toBe('success');
    expect(stateOf(series, 'stock-in', 'zenith')).toBe('missing');
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'warning', text: '2 jobs, 1 missing (orders-out)' },
      { company: 'zenith', state: 'warning', text: '2 jobs, 1 missing (stock-in)' },
    ]);
  });

  it('does not call a job missing that may be among the rows cut off', async () => {
    const rows = [
      { job: 'a', status: 'ok' },
      { job: 'b', status: 'ok' },
    ];
    const reading = await run(rows, { expected: ['b'] }, { maxRows: 1 });
    expect(reading.truncated).toBe(true);
    expect(stateOf(seriesOf(reading), 'b')).toBe('unknown');
  });

  describe('max_runtime', () => {
    const never = { isOpen: () => false, openSeconds: () => 0 };
    /** State and text of the company, and the thresholds as warning/critical. */
    const status = async (max_runtime: unknown, criticality: 'critical' | 'normal' = 'normal') => {
      const reading = await run(history, { max_runtime }, { calendar: never, criticality });
      const threshold = (severity: string) =>
        seriesOf(reading)[`erp_since_job_start_seconds_threshold{acme,job_name=,severity=${severity}}`] ??
        '-';
      const [{ state, text } = { state: undefined, text: undefined }] = reading.statuses;
      return [state, text, `${threshold('warning')}/${threshold('critical')}`];
    };
    const stuck = '1 job, 1 stuck (J)';

    it('finds a run that is stuck by the clock on the wall, as bad as the monitor is critical', async () => {
      expect(await status('1h')).toEqual(['ok', '1 job', '3600/-']);
      expect(await status('59m')).toEqual(['warning', stuck, '3540/-']);
      expect(await status('59m', 'critical')).toEqual(['critical', stuck, '-/3540']);
      expect(await status(0)).toEqual(['ok', '1 job', '-/-']);
      expect(await status(undefined)).toEqual(['ok', '1 job', '-/-']);
    });

    it.each(['normal', 'critical'] as const)('has a limit for each severity, %s', async (criticality) => {
      const of = (max_runtime: object) => status(max_runtime, criticality);
      expect(await of({ warning: '1h', critical: '2h' })).toEqual(['ok', '1 job', '3600/7200']);
      expect(await of({ warning: '59m', critical: '2h' })).toEqual(['warning', stuck, '3540/7200']);
      expect(await of({ warning: '30m', critical: '59m' })).toEqual(['critical', stuck, '1800/3540']);
      expect(await of({ critical: '59m', warning: 0 })).toEqual(['critical', stuck, '-/3540']);
    });

    it('is held against a time that grows at each scrape, whatever the calendar, and is never negative', async () => {
      const reading = await run(history, {}, { calendar: never });
      const at = (time: number) => seriesOf(reading, time)['erp_since_job_start_seconds{acme,job_name=J}'];
      expect([at(now), at(now + hour), at(now - 2 * hour)]).toEqual([3600, 7200, 0]);
    });
  });

  it('finds a success that is too old, in open time, but not of a disabled job', async () => {
    const settings = { max_age: { warning: '2h', critical: '4h' } };
    const one = async (row: Row, overrides: Overrides = {}) => {
      const { statuses } = await run([{ job: 'J', status: 'ok', ...row }], settings, overrides);
      return [statuses[0]?.state, statuses[0]?.text];
    };
    expect(await one({ finished: at(now - 2 * hour) })).toEqual(['ok', '1 job']);
    expect(await one({ finished: at(now - 3 * hour) })).toEqual(['warning', '1 job, 1 overdue (J)']);
    expect(await one({ finished: at(now - 5 * hour) })).toEqual(['critical', '1 job, 1 overdue (J)']);
    expect(await one({ finished: at(now - 5 * hour), enabled: 'N' })).toEqual([
      'warning',
      '1 job, 1 disabled (J)',
    ]);
    const closed = { isOpen: () => false, openSeconds: () => 0 };
    expect(await one({ finished: at(now - 5 * hour) }, { calendar: closed })).toEqual(['ok', '1 job']);
    expect(seriesOf(await run([], settings))).toEqual({
      'erp_known_jobs{acme}': 0,
      'erp_since_last_job_success_seconds_threshold{acme,job_name=,severity=warning}': 7_200,
      'erp_since_last_job_success_seconds_threshold{acme,job_name=,severity=critical}': 14_400,
    });
  });

  it('tells at each scrape how much open time lies since the last success, but not of a disabled job', async () => {
    const done = (job: string, enabled: boolean) => ({
      job,
      status: 'ok',
      started: at(now - hour),
      finished: at(now - hour),
      enabled,
    });
    const rows = [
      done('stock-in', true),
      done('old', false),
      { job: 'new', status: 'failed', started: at(now) },
    ];
    const halfOpen = { isOpen: () => true, openSeconds: (from: number, to: number) => (to - from) / 2000 };
    const { live } = await run(rows, {}, { calendar: halfOpen });
    expect(live?.(now + hour)).toMatchObject([
      {
        family: { name: 'erp_since_last_job_success_seconds' },
        labels: { job_name: 'stock-in' },
        value: 3600,
      },
      {
        family: { name: 'erp_since_last_job_success_seconds' },
        labels: { job_name: 'new' },
        value: 1800,
      },
    ]);
  });

  it('warns of a disabled job until the configuration says that it is on purpose', async () => {
    const rows = [
      { job: 'J', status: 'ok', enabled: false },
      { job: 'K', status: 'ok', enabled: true },
    ];
    const text = '2 jobs, 1 disabled (J)';
    expect((await run(rows)).statuses).toEqual([{ company: 'acme', state: 'warning', text }]);
    const reading = await run(rows, { expected: ['J'], disabled: ['J', 'K', 'K', 'gone'] });
    expect(reading.statuses).toEqual([
      { company: 'acme', state: 'ok', text: '2 jobs, 1 disabled on purpose (J)' },
    ]);
    expect(reading.notes).toEqual([
      'Job K of acme is enabled although `disabled` lists it; remove it from that list.',
    ]);
    expect(seriesOf(reading)).toMatchObject({
      'erp_job_disabled_acknowledged{acme,job_name=J}': 1,
      'erp_job_disabled_acknowledged{acme,job_name=K}': 1,
      'erp_job_disabled_acknowledged{acme,job_name=gone}': 1,
    });
    expect(seriesOf(await run(rows))['erp_job_enabled{acme,job_name=J}']).toBe(0);
  });

  it('names a word that it does not know, and learns it from the settings', async () => {
    const rows = [
      { job: 'J', status: 1, started: at(now - minute) },
      { job: 'K', status: 'Verarbeitet', started: at(now - minute) },
      { job: 'L', status: null, started: at(now - minute) },
    ];
    const reading = await run(rows);
    expect(['J', 'K', 'L'].map((job) => stateOf(seriesOf(reading), job))).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
    expect(reading.statuses[0]).toMatchObject({
      state: 'warning',
      text: '3 jobs, 3 in an unknown state (J, K, L)',
    });
    expect(reading.notes).toEqual([
      'query: rows with an unknown status; add the word to statuses (3 rows: 1, Verarbeitet, NULL).',
    ]);
    const taught = seriesOf(await run(rows, { statuses: { failed: [1], success: ['VERARBEITET'] } }));
    expect(['J', 'K'].map((job) => stateOf(taught, job))).toEqual(['failed', 'success']);
  });

  it('lets the settings overrule a usual word', async () => {
    const rows = [{ job: 'J', status: 'Stopped' }];
    expect(stateOf(seriesOf(await run(rows)), 'J')).toBe('cancelled');
    expect(stateOf(seriesOf(await run(rows, { statuses: { failed: ['stopped'] } })), 'J')).toBe('failed');
  });

  it('names a few of many', async () => {
    const rows = ['a', 'b', 'c', 'd'].map((job) => ({ job, status: 'failed', error: 'e'.repeat(1000) }));
    const { statuses } = await run(rows);
    const error = `${'e'.repeat(79)}…`;
    expect(statuses[0]?.text).toBe(`4 jobs, 4 failed (a: ${error}, b: ${error}, c: ${error}, …)`);
  });

  it('leaves out rows without a name, and notes a start in the future', async () => {
    const reading = await run([
      { job: null, status: 'ok', started: null },
      { job: 'J', status: 'ok', started: at(now + hour) },
    ]);
    expect(reading.notes).toEqual([
      'query: rows without a job name were left out (1 row).',
      'query: rows whose started is in the future; check the time zone of the database (1 row: J).',
    ]);
    expect(reading.statuses[0]?.text).toBe('1 job');
  });

  it('is no good sign when there is none', async () => {
    const reading = await run([]);
    expect(seriesOf(reading)).toEqual({ 'erp_known_jobs{acme}': 0 });
    expect(reading.statuses).toEqual([{ company: 'acme', state: 'warning', text: 'no jobs' }]);
  });

  it.each<[string, Row]>([
    ['no status', { job: 'J' }],
    ['no job', { status: 'ok' }],
    ['a start without a zone', { job: 'J', status: 'ok', started: '2026-11-21 10:00:00' }],
    ['enabled neither true nor false', { job: 'J', status: 'ok', enabled: 'perhaps' }],
  ])('refuses %s', async (_, row) => {
    await expect(run([row])).rejects.toMatchObject({ reason: 'columns' });
  });
});

describe('words of states', () => {
  it('stand for one state each', () => {
    const words = Object.values(usualWords).flat();
    expect(new Set(words).size).toBe(words.length);
    for (const word of words) expect(stateWords({}).get(word)).toBeDefined();
  });
});

describe('settings of jobs', () => {
  it('want a word in one list only', () => {
    expect(problemsOf(jobs, { query: 'Q', statuses: { success: ['Done'], failed: ['oops'] } })).toEqual([]);
    expect(
      problemsOf(jobs, {
        query: 'Q',
        statuses: { success: [1, 'in-use'], failed: ['x', '1'], running: ['In Use'] },
      }),
    ).toEqual([
      'statuses.failed.1: "1" already means success; keep it in one of the two lists',
      'statuses.running.0: "In Use" already means success; keep it in one of the two lists',
    ]);
  });

  it('want names that fit a label', () => {
    expect(problemsOf(jobs, { query: 'Q', expected: ['ok', 'x'.repeat(101)] })).toEqual([
      'expected.1: is longer than 100 characters; shorten it',
    ]);
  });

  it('want names of jobs with limits of their own that fit a label, and limits that are some', () => {
    expect(
      problemsOf(jobs, { query: 'Q', job_limits: { ['x'.repeat(101)]: { max_age: { warning: '1h' } } } }),
    ).toEqual([`job_limits.${'x'.repeat(101)}: is longer than 100 characters; shorten it`]);
    expect(problemsOf(jobs, { query: 'Q', job_limits: { J: { max_ages: {} } } })).toEqual([
      expect.stringContaining('job_limits.J: Unrecognized key'),
    ]);
  });

  it('know the states that exist', () => {
    expect(problemsOf(jobs, { query: 'Q', statuses: { missing: ['x'] } })).toEqual([
      expect.stringContaining('statuses: Unrecognized key'),
    ]);
  });
});
