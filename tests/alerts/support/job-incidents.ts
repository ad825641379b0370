import type { Incident } from './incidents.ts';

/** Incidents in which it is not known how a job stands, or a run does not start. */
export const jobIncidents: readonly Incident[] = [
  {
    what: 'The next run of orders-out is due and does not start',
    at: '2026-11-13T09:00',
    minutes: 60,
    faults: ['hourly job does not start'],
    alerts: ['ErpJobLate warning', 'ErpJobLate critical'],
  },
  {
    what: 'The history of orders-out is emptied',
    at: '2026-11-13T10:30',
    minutes: 120,
    faults: ['hourly job never ran'],
    alerts: ['ErpJobNeverRan warning'],
  },
  {
    what: 'Nothing tells when orders-out last succeeded',
    at: '2026-11-13T13:00',
    minutes: 60,
    faults: ['hourly job is not understood'],
    alerts: ['ErpJobUnknown warning'],
  },
  {
    what: 'The login no longer sees the jobs',
    at: '2026-11-13T14:30',
    minutes: 60,
    faults: ['jobs are hidden'],
    alerts: ['ErpNoJobs warning'],
  },
];
