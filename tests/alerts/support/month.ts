import { SimulatedExporter } from './exporter.ts';
import { rangeOf } from './incidents.ts';
import type { Incident } from './incidents.ts';
import { evaluate } from './promtool.ts';
import type { Stretch } from './promtool.ts';
import { monitors } from './readings.ts';
import { Recording, withLabels } from './series.ts';
import type { Values } from './series.ts';
import { Shop, minuteOf, monthMinutes } from './shop.ts';
import type { Spell } from './shop.ts';
import { targetLabels } from './world.ts';

/** A span of the month, in minutes from its start. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly stepMinutes: number;
}

/** What does not count as an incident: two restarts of the exporter, ten minutes without the shop's database. */
const hiccups: readonly Spell[] = [
  spell('exporter is down', '2026-10-21T03:10', 2),
  spell('shop is down', '2026-10-27T11:00', 10),
  spell('exporter is down', '2026-11-05T10:30', 3),
];
/** Planned: the ERP's jobs and syncs stand still for longer than their limits, all of it announced. */
const maintenance = spell('hourly job fails', '2026-11-07T06:00', 180);
const planned: readonly Spell[] = [
  maintenance,
  { ...maintenance, fault: 'nightly job fails' },
  { ...maintenance, fault: 'sync rejects' },
];

function spell(fault: Spell['fault'], at: string, minutes: number): Spell {
  return { fault, from: minuteOf(at), to: minuteOf(at) + minutes };
}

/** What Prometheus scrapes during a part of the month; time 0 is the begin of the part. */
function stretch({ from, to, stepMinutes }: Part, spells: readonly Spell[], replicas = 1): Stretch {
  const shop = new Shop(spells);
  const exporter = new SimulatedExporter(shop, monitors, [[maintenance.from, maintenance.to]]);
  const recording = new Recording();
  for (let minute = 0; minute < Math.min(to, monthMinutes); minute += 1) {
    shop.step();
    exporter.step();
    if (minute < from || (minute - from) % stepMinutes !== 0) continue;
    const values = exporter.values(from);
    const targets = Array.from({ length: replicas }, (_, index) => {
      const isDown = index > 0 && shop.has('replica is down');
      return ofTarget(isDown ? { up: 0 } : values, `exporter-${index + 1}`);
    });
    recording.add(Object.assign({}, ...targets) as Values);
  }
  return { inputSeries: recording.inputSeries(), stepMinutes, minutes: Math.min(to, monthMinutes) - from };
}

function ofTarget(values: Values, instance: string): Values {
  return Object.fromEntries(
    Object.entries(values).map(([series, value]) => [withLabels(series, targetLabels(instance)), value]),
  );
}

const firing = 'ALERTS{alertstate="firing",alertname!="ErpWatchdog"}';
const watchdog = 'ALERTS{alertstate="firing",alertname="ErpWatchdog"}';

/** A stretch of minutes, from the first to before the last. */
export interface Minutes {
  readonly from: number;
  readonly to: number;
}

/** An alert that fired in a stretch, and when; minutes from its begin. */
interface Fired {
  readonly labels: Readonly<Record<string, string>>;
  readonly firings: readonly Minutes[];
}

/** What the rules said of a stretch. */
export interface Verdict {
  readonly alerts: readonly Fired[];
  /** Share of the steps at which the watchdog was active, 0 to 1. */
  readonly watchdogShare: number;
}

/** As many steps as the integers of a float have bits for. */
const stepsPerQuery = 50;

/** A query whose result has a bit for each step from `first` to `last` at which an alert fired, the first one the lowest. */
function bitsQuery(first: number, last: number, end: number, stepMinutes: number): string {
  const bit = `2 ^ (timestamp(${firing}) / ${stepMinutes * 60} - ${first})`;
  // Half a minute more, as a range may be open at its begin.
  const rangeSeconds = (last - first) * stepMinutes * 60 + 30;
  const ago = end === last ? '' : ` offset ${(end - last) * stepMinutes}m`;
  return `sum_over_time((${bit})[${rangeSeconds}s:${stepMinutes}m]${ago})`;
}

/** Steps as stretches without a break. */
function stretchesOf(steps: readonly number[], stepMinutes: number): readonly Minutes[] {
  const stretches: Minutes[] = [];
  for (const step of steps) {
    const [from, to] = [step * stepMinutes, (step + 1) * stepMinutes];
    const before = stretches.at(-1);
    if (before?.to === from) stretches[stretches.length - 1] = { from: before.from, to };
    else stretches.push({ from, to });
  }
  return stretches;
}

async function judge(program: string, given: Stretch): Promise<Verdict> {
  const { minutes, stepMinutes } = given;
  const count = Math.floor(minutes / stepMinutes);
  const windows = Array.from({ length: Math.ceil(count / stepsPerQuery) }, (_, index) => {
    const first = index * stepsPerQuery;
    const last = Math.min(first + stepsPerQuery, count) - 1;
    return { first, query: bitsQuery(first, last, count - 1, stepMinutes) };
  });
  const alive = `count_over_time(${watchdog}[${minutes}m])`;
  const queries = [...windows.map(({ query }) => query), alive];
  const answers = await evaluate(program, { ...given, minutes: (count - 1) * stepMinutes }, queries);
  const fired = new Map<string, { labels: Fired['labels']; steps: number[] }>();
  for (const { first, query } of windows)
    for (const { labels, value } of answers.get(query) ?? []) {
      const key = JSON.stringify(labels);
      const steps = Array.from(BigInt(value).toString(2)).toReversed().flatMap((bit, at) => (bit === '1' ? [first + at] : []));
      fired.set(key, { labels, steps: [...(fired.get(key)?.steps ?? []), ...steps] });
    }
  return {
    alerts: [...fired.values()].map(({ labels, steps }) => ({ labels, firings: stretchesOf(steps, stepMinutes) })),
    watchdogShare: (answers.get(alive)?.[0]?.value ?? 0) / count,
  };
}

const weekMinutes = 7 * 24 * 60;
/** Enough for an alert that began before a cut to be seen after it. */
const overlapMinutes = 120;

/** Hours of the month that are worth a scrape each minute. */
const closeUps: readonly (readonly [begin: string, minutes: number])[] = [
  ['2026-10-21T02:40', 60], // a restart
  ['2026-10-25T01:30', 240], // the end of summer time, with the nightly job
  ['2026-10-26T07:50', 180], // the first opening after it
  ['2026-10-27T10:40', 70], // a database is away
  ['2026-11-05T10:00', 60], // a restart in open hours
  ['2026-11-07T05:45', 240], // maintenance
  ['2026-11-12T08:00', 90], // the opening after a holiday
];

function healthy(program: string, part: Part): Promise<Verdict> {
  return judge(program, stretch(part, [...hiccups, ...planned]));
}

/** The four weeks without an incident, each judged by itself with a scrape each five minutes, and hours of them each minute. */
export function healthyMonth(program: string): readonly (() => Promise<Verdict>)[] {
  const weeks = [0, 1, 2, 3].map((week) => ({
    from: Math.max(0, week * weekMinutes - overlapMinutes),
    to: week === 3 ? monthMinutes : (week + 1) * weekMinutes,
    stepMinutes: 5,
  }));
  const hours = closeUps.map(([begin, minutes]) => ({
    from: minuteOf(begin),
    to: minuteOf(begin) + minutes,
    stepMinutes: 1,
  }));
  return [...weeks, ...hours].map((part) => () => healthy(program, part));
}

/** An alert that reported an incident. */
export interface Detection {
  readonly alert: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Minutes from the begin of the fault until the alert fired. */
  readonly afterMinutes: number;
  /** When it fired, to the end of the simulation at most; minutes from the begin of the fault. */
  readonly firings: readonly Minutes[];
}

/** What came of an incident. */
export interface Outcome {
  readonly incident: Incident;
  readonly detections: readonly Detection[];
}

/** How long before an incident the scrapes begin: nothing may fire in it. */
const leadMinutes = 60;
/** How long after an incident they go on: what is mended is resolved in it. */
const aftermathMinutes = 20;

/** Minutes from the begin of an incident's fault until its simulation ends. */
export function simulatedMinutes({ minutes }: Incident): number {
  return minutes + aftermathMinutes;
}

/** Lets an incident happen, with a scrape each minute, and returns the alerts that reported it, the first one first. */
export async function detect(program: string, incident: Incident): Promise<readonly Detection[]> {
  const { from, to } = rangeOf(incident);
  const spells = incident.faults.map((fault) => ({ fault, from, to }));
  const part = { from: from - leadMinutes, to: from + simulatedMinutes(incident), stepMinutes: incident.stepMinutes ?? 1 };
  const { alerts } = await judge(program, stretch(part, spells, incident.replicas));
  return alerts
    .map(({ labels: { alertname = '', alertstate: _, severity = '', ...labels }, firings }) => ({
      alert: alertname,
      severity,
      labels,
      afterMinutes: (firings[0]?.from ?? NaN) - leadMinutes,
      firings: firings.map(({ from: begin, to: end }) => ({ from: begin - leadMinutes, to: end - leadMinutes })),
    }))
    .sort((one, other) => one.afterMinutes - other.afterMinutes || (keyOf(one) < keyOf(other) ? -1 : 1));
}

function keyOf({ alert, severity, labels }: Detection): string {
  return JSON.stringify([alert, severity, labels]);
}

/** Runs tasks, `width` at once; the results in their order. */
export async function inParallel<Result>(
  tasks: readonly (() => Promise<Result>)[],
  width: number,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...tasks.entries()];
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
