import type { Calendar } from '../calendar/calendar.ts';
import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Schedule } from '../calendar/schedule.ts';
import type { DatabaseSettings } from '../databases/contract.ts';
import type { Catalogue, Texts } from '../known-errors/catalogue.ts';
import type { MonitorKind } from '../monitors/contract.ts';
import type { ConfigProblem } from './source/problem.ts';
import type { Access } from './types/access.ts';
import type { Contacts, Responder, Alerting } from './types/alerting.ts';
import type { Mails } from './types/mails.ts';
import type { Remedies } from './types/remedies.ts';
import type { Tickets } from './types/tickets.ts';

export type { ConfigProblem };
export type {
  Right,
  Visitor,
  KnownVisitor,
  TrustedProxy,
  PeopleRule,
  OpenIdConnect,
  Access,
} from './types/access.ts';
export type { Contacts, Responder, Smtp, NotifyMatch, NotifyRule, Alerting } from './types/alerting.ts';
export type { MailServer, ReportMail, SignOfLife, MailPlan, Mails } from './types/mails.ts';
export type { RemedyLimits, RemedyAction, Remedy, Remedies } from './types/remedies.ts';
export type { TicketRule, TrackerSettings, Tickets } from './types/tickets.ts';

export interface Company {
  readonly name: string;
  readonly title: string;
  readonly project: string;
  /** `en`, `nl`, `de` or `fr`. */
  readonly language: string;
  readonly timezone: string;
  /** People of the company itself, who get its mails. */
  readonly contacts?: Contacts;
  /** The responders that have addresses for this company alone, by name. */
  readonly responders?: ReadonlyMap<string, Contacts>;
}

/** A flow of a company as everybody may see it. */
export interface StatusFlow {
  readonly flow: string;
  readonly name: Texts;
  /** What was written by hand for a state, by its name. */
  readonly messages: ReadonlyMap<string, Texts>;
}

/** The public view: nothing is shown but what stands here, and a state. */
export interface StatusPage {
  readonly title: Texts;
  /** Where people reach it, without a slash at the end. */
  readonly url: string;
  /** An address of its own, as `--web.listen-address` has it. */
  readonly listen?: string;
  readonly companies: readonly {
    readonly company: string;
    readonly name: Texts;
    readonly flows: readonly StatusFlow[];
  }[];
}

/** The Prometheus that scrapes this exporter: charts of more than a day and reports are drawn from it, and nothing else needs it. */
export interface PrometheusServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** What the series of this exporter have there besides their own labels. */
  readonly labels: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly login?: { readonly username: string; readonly passwordFile: string };
  /** Absolute path. */
  readonly tokenFile?: string;
  /** Trusted certificates (PEM); absent: those of the public authorities. */
  readonly ca?: string;
}

/** One monitor, complete: defaults filled in, references resolved. */
export interface MonitorConfig {
  readonly name: string;
  readonly kind: MonitorKind;
  /** The kind's own settings: the output of its schema. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly flow: string;
  /** One or more company names. */
  readonly companies: readonly string[];
  /** What the column `company` of its queries may hold besides `companies`: such rows are left out. */
  readonly ignoredCompanies: readonly string[];
  /** One run serves all companies: there are several, and no query uses `:company`. */
  readonly shared: boolean;
  readonly criticality: 'critical' | 'normal';
  readonly schedule: Schedule;
  readonly calendar: Calendar;
  /** Canonical text of the calendar's definition and zone, `always` without one. Used to compare calendars. */
  readonly calendarKey: string;
  /** Time limit of one statement, and of one run unless its kind sets another. */
  readonly timeoutMs: number;
  /** Time limit of one run. */
  readonly runTimeoutMs: number;
  /** How long the last good reading is kept after the first failed run that follows it. */
  readonly holdMs: number;
  readonly maxRows: number;
  /** Maximum size of the rows of one query. */
  readonly maxBytes: number;
  /** Maximum number of series of one run. */
  readonly maxSeries: number;
  /** A query on `databases[0]` that must return a row; if it does not, the run fails with reason `blind`. */
  readonly canary?: string;
  /** A URL with the placeholder `{record}`. */
  readonly recordUrl?: string;
  /** Name of the first responder, or ''. */
  readonly responder: string;
  /** What its records are, as `MonitorKind.sends` has it: `mail`, or ''. */
  readonly sends: string;
  /** The databases of its queries, each once; that of the first query comes first. */
  readonly databases: readonly string[];
}

/**
 * A valid configuration. Deeply frozen, except that maps are read-only by their type alone. Two files with the same meaning give
 * equal values.
 */
export interface Config {
  /** The label `environment` of every series; '': there is no such label. */
  readonly environment: string;
  readonly timezone: string;
  readonly databases: ReadonlyMap<string, DatabaseSettings>;
  readonly companies: ReadonlyMap<string, Company>;
  readonly responders: ReadonlyMap<string, Responder>;
  readonly alerting: Alerting;
  readonly maintenance: readonly MaintenanceWindow[];
  /** Absent: whoever gets in sees everything. */
  readonly access?: Access;
  /** Absent: there is no public view. */
  readonly statusPage?: StatusPage;
  /** Absent: charts show the last 24 hours alone. */
  readonly prometheus?: PrometheusServer;
  /** Absolute path, or `:memory:`. */
  readonly stateFile: string;
  /** The PostgreSQL database that replicas share; absent: what must outlive the process is in the state file. */
  readonly stateDatabase?: DatabaseSettings;
  /** Absent: there are no tickets. */
  readonly tickets?: Tickets;
  /** Absent: nothing is mended. */
  readonly remedies?: Remedies;
  /** Absent: the exporter sends no mail itself. */
  readonly mails?: Mails;
  /** The user's own known errors and the shipped ones. */
  readonly knownErrors: Catalogue;
  readonly monitors: readonly MonitorConfig[];
}

export type LoadResult =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
      /** Makes a problem that was found after loading, at the position of `path` in the file. */
      problemAt(path: readonly (string | number)[], message: string): ConfigProblem;
    }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };
