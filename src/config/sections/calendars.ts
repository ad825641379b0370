import { buildCalendar, calendarSchema } from '../../calendar/hours.ts';
import type { Calendar } from '../../calendar/calendar.ts';
import { buildMaintenance, maintenanceSchema } from '../../calendar/maintenance.ts';
import type { MaintenanceWindow } from '../../calendar/maintenance.ts';
import { validateCron } from '../../calendar/schedule.ts';
import type { Report } from '../source/report.ts';
import { readEntries } from './entries.ts';
import type { Mapping } from './entries.ts';

/** A calendar of the configuration. */
export interface NamedCalendar {
  readonly calendar: Calendar;
  /** Canonical text of its definition and zone. */
  readonly key: string;
}

/** The valid calendars by name; `timezone` is that of calendars without their own. */
export function readCalendars(
  root: Mapping,
  report: Report,
  timezone: string,
): ReadonlyMap<string, NamedCalendar> {
  return new Map(
    readEntries(root, 'calendars', calendarSchema, report).map(([name, entry]) => [
      name,
      {
        calendar: buildCalendar(entry, timezone),
        key: JSON.stringify({ ...entry, timezone: entry.timezone ?? timezone }),
      },
    ]),
  );
}

/** The valid windows of `maintenance:`, in the order of the file. */
export function readMaintenance(
  root: Mapping,
  report: Report,
  timezone: string,
): readonly MaintenanceWindow[] {
  const entries = root['maintenance'];
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((value: unknown, index) => {
    const path = ['maintenance', index];
    const entry = report.read(maintenanceSchema, value, path);
    if (entry === undefined) return [];
    const fault = entry.cron === undefined ? undefined : validateCron(entry.cron, timezone);
    if (fault === undefined) return [buildMaintenance(entry, timezone)];
    report.problem([...path, 'cron'], fault);
    return [];
  });
}
