import type { Calendar } from '../calendar/calendar.ts';
import type { Catalogue } from '../known-errors/catalogue.ts';
import type { Instant } from '../time.ts';
import { remedyFigures, ticketFigures } from './acted.ts';
import { alertStepMs, stepMs, stepsOf, tracksOf } from './collect.ts';
import type { Collected } from './collect.ts';
import { conditionOf, flowConditions, monitorTracks, stretchesOf, timesOf } from './conditions.ts';
import type { MonitorTrack } from './conditions.ts';
import { coverageOf } from './coverage.ts';
import { incidentFigures, incidentsOf } from './incidents.ts';
import type { Incident } from './incidents.ts';
import { jobFigures } from './jobs.ts';
import type { CompanyReport, ErrorFigures, FlowFigures, SyncFigures } from './types.ts';

/** A company as the configuration has it. */
export interface ReportedCompany {
  readonly name: string;
  readonly title: string;
  readonly timezone: string;
  /** Its monitors, each with its flow and business hours. */
  readonly monitors: readonly {
    readonly flow: string;
    readonly monitor: string;
    readonly calendar: Calendar;
  }[];
}

type Figures = Collected['figures'];

const ofFigure = (figures: Figures, figure: string): Figures =>
  figures.filter((entry) => entry['figure'] === figure);

const valueOf = (figures: Figures, figure: string, flow: string): number | null =>
  ofFigure(figures, figure).find((entry) => (entry['flow'] ?? '') === flow)?.value ?? null;

/** Business hours in which one of the monitors was not as it should be; null when the hours of one of those are not known. */
function downOpenMs(
  from: Instant,
  steps: number,
  tracks: readonly MonitorTrack[],
  calendarOf: (track: MonitorTrack) => Calendar | undefined,
): number | null {
  let total = 0;
  for (let step = 0; step < steps; step += 1) {
    let most = 0;
    for (const track of tracks) {
      const condition = conditionOf(track, step);
      if (condition !== 'warning' && condition !== 'critical') continue;
      const calendar = calendarOf(track);
      if (calendar === undefined) return null;
      const begin = from + step * stepMs;
      most = Math.max(most, calendar.openSeconds(begin, begin + stepMs) * 1000);
    }
    total += most;
  }
  return total;
}

function flowFigures(
  company: ReportedCompany,
  { period, figures }: Collected,
  tracks: readonly MonitorTrack[],
  incidents: readonly Incident[] | null,
): readonly FlowFigures[] {
  const steps = stepsOf(period, stepMs);
  const calendars = new Map(
    company.monitors.map(({ flow, monitor, calendar }) => [JSON.stringify([flow, monitor]), calendar]),
  );
  const calendarOf = ({ flow, monitor }: MonitorTrack) => calendars.get(JSON.stringify([flow, monitor]));
  // An alert about a flow of which nothing else is known must not be lost.
  const flows = new Set([...tracks, ...(incidents ?? [])].map(({ flow }) => flow));
  return [...flows].map((flow) => {
    const own = tracks.filter((track) => track.flow === flow);
    return {
      flow,
      times: timesOf(flowConditions(own, steps)),
      downOpenMs: downOpenMs(period.from, steps, own, calendarOf),
      incidents:
        incidents === null ? null : incidentFigures(incidents.filter((incident) => incident.flow === flow)),
      failed: valueOf(figures, 'failed', flow),
      late: valueOf(figures, 'late', flow),
      cleared: valueOf(figures, 'cleared', flow),
    };
  });
}

/** The gravest classes of each flow, the largest first. */
function errorFigures(figures: Figures, { errors }: Catalogue): readonly ErrorFigures[] {
  return ofFigure(figures, 'error')
    .map((entry) => {
      const error = entry['error'] ?? '';
      const known = errors.find(({ id }) => id === error);
      return {
        flow: entry['flow'] ?? '',
        error,
        title: known?.title ?? null,
        action: known?.action ?? null,
        responder: entry['responder'] ?? '',
        atWorst: entry.value,
      };
    })
    .sort((one, other) => other.atWorst - one.atWorst || (one.error < other.error ? -1 : 1));
}

function amountFigures(figures: Figures): CompanyReport['amounts'] {
  return (['open', 'mismatch'] as const).flatMap((about) =>
    ofFigure(figures, about)
      .filter(({ value }) => value !== 0)
      .map((entry) => ({
        flow: entry['flow'] ?? '',
        about,
        currency: entry['currency'] ?? '',
        amount: entry.value,
      }))
      .sort((one, other) => (`${one.flow} ${one.currency}` < `${other.flow} ${other.currency}` ? -1 : 1)),
  );
}

function syncFigures(figures: Figures): readonly SyncFigures[] {
  const syncs = ofFigure(figures, 'syncs');
  const pauses = ofFigure(figures, 'pause');
  const key = (entry: Figures[number]) => JSON.stringify([entry['flow'] ?? '', entry['monitor'] ?? '']);
  const found = new Map([...syncs, ...pauses].map((entry) => [key(entry), entry]));
  return [...found].map(([id, entry]) => {
    const pause = pauses.find((other) => key(other) === id)?.value;
    return {
      flow: entry['flow'] ?? '',
      monitor: entry['monitor'] ?? '',
      count: syncs.find((other) => key(other) === id)?.value ?? null,
      longestPauseMs: pause === undefined ? null : pause * 1000,
    };
  });
}

/** null: Prometheus has nothing of the rules, or alerts that cannot be told from those of another exporter. */
function knownIncidents({ period, alerts, evaluated, figures }: Collected): readonly Incident[] | null {
  if (ofFigure(figures, 'foreign').length > 0) return null;
  if (evaluated.size === 0 && tracksOf(alerts, 'firing').length === 0) return null;
  return incidentsOf(alerts, {
    from: period.from,
    steps: stepsOf(period, alertStepMs),
    isEvaluated: (step) => evaluated.has(Math.floor((step * alertStepMs) / stepMs)),
  });
}

/** The report on a company out of what Prometheus answered. */
export function buildReport(
  company: ReportedCompany,
  collected: Collected,
  knownErrors: Catalogue,
): CompanyReport {
  const { period, states, figures, evaluated } = collected;
  const steps = stepsOf(period, stepMs);
  const tracks = monitorTracks(states, company.monitors, steps);
  const incidents = knownIncidents(collected);
  return {
    name: company.name,
    title: company.title,
    timezone: company.timezone,
    period,
    flows: flowFigures(company, collected, tracks, incidents),
    errors: errorFigures(figures, knownErrors),
    amounts: amountFigures(figures),
    jobs: jobFigures(tracksOf(states, 'job'), incidents),
    syncs: syncFigures(figures),
    tickets: ticketFigures(figures),
    remedies: remedyFigures(figures),
    coverage: {
      ...coverageOf(tracks, period, steps),
      alertGaps:
        evaluated.size === 0 ? null : stretchesOf(period.from, steps, (step) => !evaluated.has(step)),
      mixesAlerts: ofFigure(figures, 'foreign').length > 0,
      truncated: ofFigure(figures, 'truncated').flatMap((entry) =>
        entry.value > 0 ? [entry['monitor'] ?? ''] : [],
      ),
    },
  };
}
