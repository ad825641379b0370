import { hash } from 'node:crypto';
import { Cron } from 'croner';
import { dayMs, type Instant } from '../time.ts';

/** When a monitor runs: every so many milliseconds, or by a cron expression in a zone. */
export type Schedule = { readonly everyMs: number } | { readonly cron: string; readonly timezone: string };

const hourMs = 3_600_000;

/**
 * The first run after `after`, never `after` itself.
 *
 * With `everyMs`, runs stand at a phase that only `key` decides, counted from 1970: they spread evenly over the interval,
 * and a restart does not move them. A cron expression means what it says, so its runs are not spread; the budget of the
 * databases keeps those that are due at once apart. Where DST comes into a cron expression:
 * - minutes and hours without `*` and steps (`30 2 * * *`, `0,30 2 * * *`) are fixed times. One that the day skips comes
 *   as soon as the skipped time is over; one that occurs twice comes the first time alone.
 * - others (`0 * * * *`) go with the clock: nothing in the skipped time, and both passes of the repeated one.
 *
 * @param key names the unit of work that is scheduled; the same at every start.
 * @throws RangeError when the cron expression names no time that comes; `validateCron` refuses it before.
 */
export function nextRun(schedule: Schedule, key: string, after: Instant): Instant {
  if ('cron' in schedule) return nextOf(openCron(schedule.cron, schedule.timezone), after);
  const { everyMs } = schedule;
  const phase = phaseOf(key, everyMs);
  return (Math.floor((after - phase) / everyMs) + 1) * everyMs + phase;
}

/**
 * Why a cron expression cannot be used, as a sentence for the user; undefined when it can. Five fields (minute, hour, day
 * of month, month, weekday) or a nickname such as `@daily`.
 *
 * @param timezone an IANA zone.
 */
export function validateCron(expression: string, timezone: string): string | undefined {
  const given = JSON.stringify(expression);
  const advice = 'write minute, hour, day, month and weekday, such as "0 2 * * *" for 02:00 every day';
  const fields = expression.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5 && fields[0]?.startsWith('@') !== true)
    return `${given} is not a cron expression (fields: ${String(fields.length)}, needed: 5); ${advice}`;
  try {
    const never = openCron(expression, timezone).nextRun(new Date(reference)) === null;
    return never ? `${given} names a date that never occurs; correct its day or month` : undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Cron\w+: |\.$/g, '') : String(error);
    return `${given} is not a cron expression (${reason}); ${advice}`;
  }
}

/** A fixed start of the look ahead below, so that an expression gives the same figure at every start. */
const reference = Date.UTC(2027, 0, 1);
const reviewMs = 8 * dayMs;
/** Runs of a dense expression that show all its gaps within an hour, the one over the hour's end included. */
const denseRuns = 64;

/**
 * The longest time in seconds that may lie between two runs when all is well: for an alert on data that got too old.
 *
 * For a cron expression: the longest gap between two of its runs, nights and weekends included, within 8 days or 8 runs,
 * whichever takes longer; so a monitor that runs each five minutes of office hours has the length of a weekend here. Takes
 * some 10 ms for an expression that runs often: work it out once for a configuration.
 */
export function expectedIntervalSeconds(schedule: Schedule): number {
  if ('everyMs' in schedule) return schedule.everyMs / 1000;
  const cron = openCron(schedule.cron, schedule.timezone);
  const end = reference + reviewMs;
  let at = nextOf(cron, reference);
  let longest = 0;
  for (let run = 1; run < denseRuns && (run < 8 || at < end); run += 1) {
    const next = nextOf(cron, at);
    longest = Math.max(longest, next - at);
    at = next;
  }
  // What the runs above leave out are gaps over an hour, and such a gap holds one of these probes. Half a second past, as
  // no run is then due.
  for (let probe = at + 500; probe < end; probe += Math.max(longest, hourMs)) {
    const before = cron.previousRuns(1, new Date(probe))[0];
    if (before !== undefined) longest = Math.max(longest, nextOf(cron, probe) - before.getTime());
  }
  return longest / 1000;
}

/** At or after 0 and before `everyMs`, evenly spread over the keys. */
function phaseOf(key: string, everyMs: number): number {
  return hash('sha256', key, 'buffer').readUIntBE(0, 6) % everyMs;
}

function openCron(expression: string, timezone: string): Cron {
  return new Cron(expression, { timezone, mode: '5-part', fixedTimeRule: 'no-wildcard', paused: true });
}

function nextOf(cron: Cron, after: Instant): Instant {
  const next = cron.nextRun(new Date(after));
  if (next === null) throw new RangeError(`${JSON.stringify(cron.getPattern())} names no time that comes`);
  return next.getTime();
}
