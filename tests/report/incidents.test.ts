import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentFigures, incidentsOf, spreadOf } from '../../src/report/incidents.ts';
import { jobFigures } from '../../src/report/jobs.ts';

const minute = 60_000;
const from = 1_700_000_000_000;
const labels = { alertname: 'ErpRecordFailed', flow: 'orders', monitor: 'orders' };
const steps = 100;
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** An alert that fired in some steps, and whose condition held since a step. */
function alert(fired: readonly number[], since?: number, more: Record<string, string> = {}) {
  const values = new Map(fired.map((step) => [step, 1]));
  const began = (from + (since ?? 0) * minute) / 1000;
  return [
    { labels: { figure: 'firing', ...labels, ...more }, values },
    ...(since === undefined
      ? []
      : [
          {
            labels: { figure: 'since', ...labels, ...more },
            values: new Map(fired.map((step) => [step, began])),
          },
        ]),
  ];
}

const time = { from, steps, isEvaluated: () => true };

describe('incidents', () => {
  it('tell when they were noticed and over, counted from the moment that their condition held', () => {
    expect(incidentsOf(alert(range(20, 29), 15), time)).toMatchObject([
      { alert: 'ErpRecordFailed', noticedMs: 6 * minute, recoveredMs: 15 * minute, isOpen: false },
    ]);
  });

  it('are one for two severities, and two with a pause between them', () => {
    const tracks = [...alert(range(10, 20), 9), ...alert([30], 29)];
    expect(incidentsOf(tracks, time)).toHaveLength(2);
    expect(incidentsOf([...alert([10], 9), ...alert([11], 9)], time)).toHaveLength(1);
    expect(incidentsOf([...alert([10], 9), ...alert([10], 9, { job_name: 'x' })], time)).toHaveLength(2);
  });

  it('go on where nobody evaluated rules, and do not end there for sure', () => {
    const isEvaluated = (step: number) => step < 30 || step > 50;
    expect(
      incidentsOf(alert([...range(20, 29), ...range(51, 60)], 19), { ...time, isEvaluated }),
    ).toMatchObject([{ noticedMs: 2 * minute, recoveredMs: 42 * minute }]);
    expect(incidentsOf(alert(range(20, 29), 19), { ...time, isEvaluated })).toMatchObject([
      { recoveredMs: null, isOpen: false },
    ]);
    expect(incidentsOf(alert(range(51, 60), 19), { ...time, isEvaluated })).toMatchObject([
      { noticedMs: null, recoveredMs: 42 * minute },
    ]);
  });

  it('say nothing of what was before the period, nor of what comes after it', () => {
    expect(incidentsOf(alert(range(0, 5), -30), time)).toMatchObject([
      { noticedMs: null, recoveredMs: 36 * minute },
    ]);
    expect(incidentsOf(alert(range(90, 99), 89), time)).toMatchObject([{ recoveredMs: null, isOpen: true }]);
  });

  it('have no times where Prometheus does not tell since when a condition held', () => {
    expect(incidentFigures(incidentsOf(alert(range(20, 29)), time))).toEqual({
      count: 1,
      noticed: null,
      recovered: null,
      open: 0,
    });
  });
});

describe('a spread', () => {
  it('lies between the shortest and the longest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), (durations) => {
        const { median, longest, count } = spreadOf(durations) ?? { median: -1, longest: -1, count: 0 };
        expect(count).toBe(durations.length);
        expect(longest).toBe(Math.max(...durations));
        expect(durations.filter((each) => each <= median).length * 2).toBeGreaterThanOrEqual(count);
        expect(durations.filter((each) => each >= median).length * 2).toBeGreaterThanOrEqual(count);
      }),
    );
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, longest: 4, count: 4 });
  });
});

describe('jobs', () => {
  const failed = {
    labels: { figure: 'job', flow: 'batch', monitor: 'jobs', job_name: 'nightly', status: 'failed' },
    values: new Map([5, 6, 9].map((step) => [step, 1])),
  };

  it('count how many times they began to fail, and alerts about lateness where those are known', () => {
    const late = incidentsOf(
      alert([20], 19, { alertname: 'ErpJobLate', flow: 'batch', monitor: 'jobs', job_name: 'weekly' }),
      time,
    );
    const base = { flow: 'batch', monitor: 'jobs', missing: 0 };
    expect(jobFigures([failed], late)).toEqual([
      { ...base, job: 'nightly', failed: 2, late: 0 },
      { ...base, job: 'weekly', failed: 0, late: 1 },
    ]);
    expect(jobFigures([failed], null)).toEqual([{ ...base, job: 'nightly', failed: 2, late: null }]);
  });
});
