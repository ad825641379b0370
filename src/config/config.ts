import type { Calendar } from '../calendar/calendar.ts';
import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Schedule } from '../calendar/schedule.ts';
import type { DatabaseSettings } from '../databases/contract.ts';
import type { Catalogue } from '../known-errors/catalogue.ts';
import type { MonitorKind } from '../monitors/contract.ts';
import type { ConfigProblem } from './source/problem.ts';

export type { ConfigProblem };

export interface Company {
  readonly name: string;
  readonly title: string;
  readonly project: string;
  /** `en`, `nl`, `de` or `fr`. */
  readonly language: string;
  readonly timezone: string;
  /** Its own people, who get its mails. */
  readonly contacts?: Contacts;
}

/** Where mails of a party go, and in which language. */
export interface Contacts {
  readonly emails: readonly string[];
  /** `en`, `nl`, `de` or `fr`. */
  readonly language: string;
}

/** A party who can act on an error: of the closed list, or one that the configuration names. */
export interface Responder extends Contacts {
  readonly name: string;
}

/** The mail server that Alertmanager hands its mails to. */
export interface Smtp {
  /** `host:port`. */
  readonly smarthost: string;
  readonly from: string;
  readonly hello?: string;
  readonly username?: string;
  /** As the user wrote it: Alertmanager reads it, not the exporter. */
  readonly passwordFile?: string;
  readonly requireTls: boolean;
}

/** What the labels of an alert must be: each one of its values. */
export type NotifyMatch = Readonly<
  Partial<
    Record<
      'alertname' | 'responder' | 'company' | 'flow' | 'monitor' | 'severity' | 'known',
      readonly string[]
    >
  >
>;

/** Who is told of which alerts. */
export interface NotifyRule {
  readonly match: NotifyMatch;
  /** Names of responders, `company` and `responder`; empty: nobody. */
  readonly to: readonly string[];
  readonly repeatMs: number;
  /** For how long what is not critical is gathered. */
  readonly digestMs?: number;
}

/** Who is told what, and how. */
export interface Alerting {
  readonly smtp?: Smtp;
  /** First match wins. */
  readonly notify: readonly NotifyRule[];
  /** Where mails link to, without a slash at the end. */
  readonly pageUrl?: string;
  readonly grafanaUrl?: string;
}

/** One check of the configuration, whole: defaults filled in, references resolved. */
export interface MonitorConfig {
  readonly name: string;
  readonly kind: MonitorKind;
  /** The kind's own settings, as its schema put them out. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly flow: string;
  /** One or more company names. */
  readonly companies: readonly string[];
  /** One run serves all companies (no query of it uses `:company`, and there are several). */
  readonly shared: boolean;
  readonly criticality: 'critical' | 'normal';
  readonly schedule: Schedule;
  readonly calendar: Calendar;
  /** Canonical text of the calendar's definition and zone, `always` without one: calendars themselves do not compare. */
  readonly calendarKey: string;
  /** What one statement may take, and one run if its kind does not say otherwise. */
  readonly timeoutMs: number;
  /** What one run may take. */
  readonly runTimeoutMs: number;
  /** How long the last good reading outlives the first failed run after it. */
  readonly holdMs: number;
  readonly maxRows: number;
  /** Most series that one run may export. */
  readonly maxSeries: number;
  /** A query on `databases[0]` that must return a row, else the run is `blind`. */
  readonly canary?: string;
  /** A URL with the placeholder `{record}`. */
  readonly recordUrl?: string;
  /** Name of the party who acts first, or ''. */
  readonly responder: string;
  /** The databases that its queries name, each once, first that of its first query. */
  readonly databases: readonly string[];
}

/** A configuration that is valid as a whole. Deeply frozen (maps by their type alone); two files with the same meaning give equal values. */
export interface Config {
  readonly timezone: string;
  readonly databases: ReadonlyMap<string, DatabaseSettings>;
  readonly companies: ReadonlyMap<string, Company>;
  readonly responders: ReadonlyMap<string, Responder>;
  readonly alerting: Alerting;
  readonly maintenance: readonly MaintenanceWindow[];
  /** Absolute path, or `:memory:`. */
  readonly stateFile: string;
  /** The user's own known errors and the shipped ones. */
  readonly knownErrors: Catalogue;
  readonly monitors: readonly MonitorConfig[];
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
      /** A problem that was found later than while loading, at the place of `path` in the file. */
      problemAt(path: readonly (string | number)[], message: string): ConfigProblem;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };
