import { Cron } from 'croner';
import { z } from 'zod';
import { durationExample, parseDuration } from '../duration.ts';
import { dayMs, instantFromLocal } from '../time.ts';
import type { Instant } from '../time.ts';

/** A time in which problems are expected: alerts about what it covers are silenced, data is still collected. */
export interface MaintenanceWindow {
  readonly reason: string;
  isActive(at: Instant): boolean;
  /** The end of the window that is active at an instant, exclusive; `null` when none is. */
  activeUntil(at: Instant): Instant | null;
  /** Whether it is about this company in this monitor. */
  covers(company: string, monitor: string): boolean;
}

const longestRepeatedMs = 7 * dayMs;

const wallTime = z.string().superRefine((text, context) => {
  try {
    instantFromLocal(text, 'UTC');
  } catch {
    context.addIssue({
      code: 'custom',
      message: 'is not a time; write it as 2026-12-24T18:00, without an offset',
    });
  }
});

const length = z.string().transform((text, context) => {
  const ms = parseDuration(text.trim());
  if (ms !== undefined && ms > 0 && ms <= longestRepeatedMs) return ms;
  context.addIssue({
    code: 'custom',
    message: `is not a valid duration; write it as ${durationExample}, at most 7d`,
  });
  return z.NEVER;
});

/** One entry of `maintenance:`, but for its cron expression, which the configuration checks in its zone. */
export const maintenanceSchema = z
  .strictObject({
    from: wallTime
      .optional()
      .describe('Start of a window that occurs once, as local time in the `timezone` of the configuration.')
      .meta({ examples: ['2026-12-24T18:00'] }),
    to: wallTime
      .optional()
      .describe('End of that window, exclusive.')
      .meta({ examples: ['2026-12-25T06:00'] }),
    cron: z
      .string()
      .optional()
      .describe('Start times of a window that repeats: minute, hour, day, month and weekday.')
      .meta({ examples: ['0 2 * * sun'] }),
    for: length
      .optional()
      .describe('Duration of each window of `cron`.')
      .meta({ examples: ['2h'] }),
    companies: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('The companies that the window covers. Absent: all.')
      .meta({ examples: [['acme']] }),
    monitors: z
      .array(z.string())
      .min(1)
      .optional()
      .describe('The monitors that the window covers. Absent: all.')
      .meta({ examples: [['web_orders']] }),
    reason: z
      .string()
      .trim()
      .min(1)
      .describe('Reason, shown on the page.')
      .meta({ examples: ['ERP update'] }),
  })
  .superRefine(({ from, to, cron, for: duration }, context) => {
    const once = from !== undefined && to !== undefined && cron === undefined && duration === undefined;
    const repeated = cron !== undefined && duration !== undefined && from === undefined && to === undefined;
    if (!once && !repeated)
      context.addIssue({ code: 'custom', message: 'needs either from and to, or cron and for' });
    else if (once && to <= from)
      context.addIssue({ code: 'custom', path: ['to'], message: 'is not after from; swap them' });
  });

/** Builds a window from a valid entry. @param timezone an IANA zone. */
export function buildMaintenance(
  entry: z.output<typeof maintenanceSchema>,
  timezone: string,
): MaintenanceWindow {
  const { reason, companies, monitors } = entry;
  const whom = {
    reason,
    covers: (company: string, monitor: string) =>
      (companies === undefined || companies.includes(company)) &&
      (monitors === undefined || monitors.includes(monitor)),
  };
  const { cron, for: lengthMs = 0, from = '', to = '' } = entry;
  if (cron !== undefined) {
    const begins = new Cron(cron, { timezone, mode: '5-part', paused: true });
    return {
      ...whom,
      ...withEnds((at) => {
        // The last begin at or before `at`: croner looks strictly before, in whole seconds.
        const begin = begins.previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1000))[0]?.getTime();
        return begin !== undefined && begin <= at && at < begin + lengthMs ? begin + lengthMs : null;
      }),
    };
  }
  const begin = instantFromLocal(from, timezone);
  const end = instantFromLocal(to, timezone);
  return { ...whom, ...withEnds((at) => (begin <= at && at < end ? end : null)) };
}

function withEnds(
  activeUntil: MaintenanceWindow['activeUntil'],
): Pick<MaintenanceWindow, 'isActive' | 'activeUntil'> {
  return { activeUntil, isActive: (at) => activeUntil(at) !== null };
}
