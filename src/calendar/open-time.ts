import { dayMs, type Instant, type ZoneClock } from '../time.ts';
import type { Calendar } from './calendar.ts';

/** Hours of a day, in milliseconds of the wall clock since its 00:00. `to` is after `from` and may be in the next day. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The hours of every date: those of its holiday, else those of its weekday. */
export interface Rules {
  /** Seven lists, that of Monday first. */
  readonly week: readonly (readonly Span[])[];
  /** Holidays by the number of days since 1970-01-01. They go before `yearly`. */
  readonly dated: ReadonlyMap<number, readonly Span[]>;
  /** Holidays of every year, by month * 100 + day of the month. */
  readonly yearly: ReadonlyMap<number, readonly Span[]>;
}

/** Open windows within one chunk, sorted, apart from each other: start, end, start, end, … */
type Windows = readonly Instant[];

/** Time is worked out, and remembered, in chunks of so many days. */
const chunkDays = 64;
const chunkMs = chunkDays * dayMs;
/** 1970-01-01 to 2200-01-01: bounds the work that a nonsense date in a database can ask for. */
const horizon = Date.UTC(2200, 0, 1);
const chunkCount = Math.ceil(horizon / chunkMs);
/** Chunks whose windows are kept: 22 years, at most some 100 kB. */
const maxKept = 128;

function holidayOn(rules: Rules, day: number): readonly Span[] | undefined {
  const dated = rules.dated.get(day);
  if (dated !== undefined || rules.yearly.size === 0) return dated;
  const date = new Date(day * dayMs);
  return rules.yearly.get((date.getUTCMonth() + 1) * 100 + date.getUTCDate());
}

/** Adds the windows that begin on the date `day`, in no order. */
function addWindows(rules: Rules, clock: ZoneClock, day: number, into: [Instant, Instant][]): void {
  // 1970-01-01 was a Thursday.
  const spans = holidayOn(rules, day) ?? rules.week[(((day + 3) % 7) + 7) % 7] ?? [];
  const midnight = day * dayMs;
  // A date that the zone skipped, as Pacific/Apia did 2011-12-30, has no hours.
  if (spans.length === 0 || clock.wallTime(clock.instant(midnight)) >= midnight + dayMs) return;
  const latest = holidayOn(rules, day + 1) === undefined ? Infinity : dayMs;
  for (const { from, to } of spans) {
    const start = clock.instant(midnight + from);
    const end = clock.instant(midnight + Math.min(to, latest));
    if (end > start) into.push([start, end]);
  }
}

function windowsOf(rules: Rules, clock: ZoneClock, chunk: number): Windows {
  const begin = chunk * chunkMs;
  const end = Math.min(begin + chunkMs, horizon);
  const found: [Instant, Instant][] = [];
  // Spans reach into the second day, and wall clocks are at most a day ahead or behind, and skip at most a day.
  for (let day = chunk * chunkDays - 3; day <= chunk * chunkDays + chunkDays + 1; day += 1)
    addWindows(rules, clock, day, found);
  const windows: Instant[] = [];
  let reached = begin;
  for (const [from, to] of found.sort(([a], [b]) => a - b)) {
    const start = Math.max(from, reached);
    const stop = Math.min(to, end);
    if (stop <= start) continue;
    if (windows.length > 0 && start === reached) windows[windows.length - 1] = stop;
    else windows.push(start, stop);
    reached = stop;
  }
  return windows;
}

/** Open milliseconds of `[from, to)` within the windows. */
function openWithin(windows: Windows, from: Instant, to: Instant): number {
  let open = 0;
  for (let index = 0; index < windows.length; index += 2) {
    const start = Math.max(from, windows[index] ?? 0);
    const stop = Math.min(to, windows[index + 1] ?? 0);
    if (stop > start) open += stop - start;
  }
  return open;
}

function isWithin(windows: Windows, at: Instant): boolean {
  // The first bound after `at` is an end, and those stand at odd places, exactly when a window holds `at`.
  return windows.findIndex((bound) => bound > at) % 2 === 1;
}

/** A calendar of `rules` on `clock`. It remembers what it worked out, in bounded memory. */
export function openTime(rules: Rules, clock: ZoneClock): Calendar {
  const kept = new Map<number, Windows>();
  const totals = new Map<number, number>();

  function windows(chunk: number): Windows {
    let found = kept.get(chunk);
    if (found !== undefined) return found;
    found = windowsOf(rules, clock, chunk);
    for (const oldest of kept.keys()) {
      if (kept.size < maxKept) break;
      kept.delete(oldest);
    }
    kept.set(chunk, found);
    totals.set(chunk, openWithin(found, -Infinity, Infinity));
    return found;
  }

  function total(chunk: number): number {
    if (!totals.has(chunk)) windows(chunk);
    return totals.get(chunk) ?? 0;
  }

  function openSeconds(from: Instant, to: Instant): number {
    const begin = Math.max(from, 0);
    const end = Math.min(to, horizon);
    if (!(end > begin)) return 0;
    const first = Math.floor(begin / chunkMs);
    const last = Math.min(Math.floor(end / chunkMs), chunkCount - 1);
    if (first === last) return openWithin(windows(first), begin, end) / 1000;
    let open = openWithin(windows(first), begin, Infinity) + openWithin(windows(last), -Infinity, end);
    for (let chunk = first + 1; chunk < last; chunk += 1) open += total(chunk);
    return open / 1000;
  }

  return {
    openSeconds,
    isOpen: (at) => at >= 0 && at < horizon && isWithin(windows(Math.floor(at / chunkMs)), at),
  };
}
