import type { Calendar } from '../../../calendar/calendar.ts';
import type { DatabaseSettings } from '../../../databases/contract.ts';
import type { KnownError } from '../../../known-errors/catalogue.ts';
import type { MonitorConfig } from '../../config.ts';
import type { Report } from '../../source/report.ts';

/** What the rest of the configuration defines. */
export interface RemedyContext {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
  readonly companies: readonly string[];
  readonly monitors: readonly MonitorConfig[];
  readonly calendars: ReadonlyMap<string, { readonly calendar: Calendar }>;
  readonly errors: readonly KnownError[];
  /** Those of `writable_databases`. */
  readonly databases: ReadonlyMap<string, DatabaseSettings>;
}
