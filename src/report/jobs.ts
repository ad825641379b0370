import type { Track } from './collect.ts';
import type { Incident } from './incidents.ts';
import type { JobFigures } from './types.ts';

/** Alerts about jobs that were not done in time. */
const lateAlerts: readonly string[] = ['ErpJobLate', 'ErpJobOverdue', 'ErpJobStuck'];

/** How many times something began that is seen step by step. */
function beginnings(values: ReadonlyMap<number, number>): number {
  return [...values.keys()].filter((step) => !values.has(step - 1)).length;
}

const keyOf = (flow: string, monitor: string, job: string): string => JSON.stringify([flow, monitor, job]);

/** Jobs that failed, were missing or late. @param tracks `job`. @param incidents null: unknown. */
export function jobFigures(
  tracks: readonly Track[],
  incidents: readonly Incident[] | null,
): readonly JobFigures[] {
  const late = (incidents ?? []).filter(({ alert }) => lateAlerts.includes(alert));
  const seen = tracks.map(({ labels, values }) => ({
    flow: labels['flow'] ?? '',
    monitor: labels['monitor'] ?? '',
    job: labels['job_name'] ?? '',
    status: labels['status'] ?? '',
    count: beginnings(values),
  }));
  const jobs = new Map([...seen, ...late].map((of) => [keyOf(of.flow, of.monitor, of.job), of]));
  return [...jobs].map(([key, { flow, monitor, job }]) => {
    const own = seen.filter((of) => keyOf(of.flow, of.monitor, of.job) === key);
    const countOf = (status: string) => own.find((of) => of.status === status)?.count ?? 0;
    return {
      flow,
      monitor,
      job,
      failed: countOf('failed'),
      missing: countOf('missing'),
      late:
        incidents === null ? null : late.filter((of) => keyOf(of.flow, of.monitor, of.job) === key).length,
    };
  });
}
