import type { Calendar } from '../calendar/calendar.ts';
import type { MaintenanceWindow } from '../calendar/maintenance.ts';
import type { Schedule } from '../calendar/schedule.ts';
import type { DatabaseSettings } from '../databases/contract.ts';
import type { Catalogue, Texts } from '../known-errors/catalogue.ts';
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
  /** People of the company itself, who get its mails. */
  readonly contacts?: Contacts;
  /** The responders that have addresses for this company alone, by name. */
  readonly responders?: ReadonlyMap<string, Contacts>;
}

/** Where mails of a party go, and in which language. */
export interface Contacts {
  readonly emails: readonly string[];
  /** `en`, `nl`, `de` or `fr`. */
  readonly language: string;
}

/** A party who can act on an error: a built-in one, or one that the configuration adds. */
export interface Responder extends Contacts {
  readonly name: string;
  /** Whether mails about every company may go there. Without it the addresses serve a configuration with one company. */
  readonly allCompanies?: boolean;
}

/** The mail server that Alertmanager sends through. */
export interface Smtp {
  /** `host:port`. */
  readonly smarthost: string;
  readonly from: string;
  readonly hello?: string;
  readonly username?: string;
  /** As written in the configuration: it is read by Alertmanager, not by the exporter. */
  readonly passwordFile?: string;
  readonly requireTls: boolean;
}

/** The allowed values of each label of an alert; every label named here must match. */
export type NotifyMatch = Readonly<
  Partial<
    Record<
      'alertname' | 'environment' | 'responder' | 'company' | 'flow' | 'monitor' | 'severity' | 'known',
      readonly string[]
    >
  >
>;

/** Which alerts are sent to whom. */
export interface NotifyRule {
  readonly match: NotifyMatch;
  /** Names of responders, `company` and `responder`; empty: nobody. */
  readonly to: readonly string[];
  readonly repeatMs: number;
  /** How long alerts that are not critical are collected before they are sent. */
  readonly digestMs?: number;
}

/** Notification settings: mail server, rules, and the pages that mails link to. */
export interface Alerting {
  readonly smtp?: Smtp;
  /** First match wins. */
  readonly notify: readonly NotifyRule[];
  /** Address of the exporter's page, without a slash at the end. */
  readonly pageUrl?: string;
  /** Address of the runbook, without an anchor. */
  readonly runbookUrl?: string;
  readonly grafanaUrl?: string;
}

/** What a visitor may do: scrape, open the page, see single records and SQL on it, have a monitor run now, stop remedies, reload and quit. */
export type Right = 'metrics' | 'page' | 'records' | 'sql' | 'refresh' | 'remedies' | 'reload';

/** Who sees what. */
export interface Visitor {
  /** For the log and for messages. */
  readonly name: string;
  readonly companies: ReadonlySet<string> | 'all';
  readonly rights: ReadonlySet<Right>;
  /** Of a person who signed in, and comes by a cookie; what such a visitor changes must prove that a page of ours asked. */
  readonly session?: { readonly csrfToken: string };
}

/** A visitor, and by what it is recognised. */
export interface KnownVisitor extends Visitor {
  readonly by: 'user' | 'certificate' | 'token';
  /** The name of the user, a name of the certificate, or the SHA-256 of the token in hexadecimal digits. */
  readonly key: string;
}

/** A proxy that logs people in, and says in headers who they are. */
export interface TrustedProxy {
  /** SHA-256 of its secret, in hexadecimal digits. */
  readonly secretHash: string;
  /** Names of headers, in lower case. */
  readonly userHeader: string;
  readonly companiesHeader: string;
  /** What the header of companies says when it means all of them. */
  readonly allCompanies: string;
  readonly rights: ReadonlySet<Right>;
}

/** What people see of whom the provider says this. */
export interface PeopleRule {
  readonly claim: string;
  /** One of the values of the claim; undefined: any. */
  readonly value: string | undefined;
  readonly companies: ReadonlySet<string> | 'all' | { readonly claim: string };
  readonly rights: ReadonlySet<Right>;
}

/** A provider of OpenID Connect at which people sign in. */
export interface OpenIdConnect {
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: a public client. */
  readonly clientSecret: string | undefined;
  /** Separated by spaces. */
  readonly scopes: string;
  readonly people: readonly PeopleRule[];
  /** Signs sessions; undefined: a key of the process does. */
  readonly sessionKey: string | undefined;
  readonly sessionMs: number;
  /** Whether signing out ends the session at the issuer too. */
  readonly endsAtIssuer: boolean;
}

export interface Access {
  /** First match wins. */
  readonly visitors: readonly KnownVisitor[];
  readonly proxy?: TrustedProxy;
  readonly oidc?: OpenIdConnect;
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

/** Which alerts become a mail, a ticket, or both. */
export interface TicketRule {
  readonly match: NotifyMatch;
  /** Name of a tracker; undefined: no ticket. */
  readonly tracker: string | undefined;
  /** Whether `notify:` sends mails of them too. */
  readonly mails: boolean;
}

/** A tracker of the configuration. */
export interface TrackerSettings {
  readonly name: string;
  /** `TrackerKind.type`. */
  readonly type: string;
  /** Whose tickets may go there. */
  readonly companies: ReadonlySet<string> | 'all';
  /** Without a slash at its end; '' for the built-in one. */
  readonly url: string;
  readonly allowsPrivate: boolean;
  readonly timeoutMs: number;
  /** Trusted certificates (PEM); absent: those of the public authorities. */
  readonly ca?: string;
  /** The output of its kind's schema. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Tickets, one per event type. */
export interface Tickets {
  readonly trackers: ReadonlyMap<string, TrackerSettings>;
  /** First match wins; the default policy stands at the end. */
  readonly rules: readonly TicketRule[];
  /** How this exporter is reached by Alertmanager, for `erp-exporter alertmanager`. */
  readonly webhook: {
    readonly url: string;
    /** Absolute path of the token, as Alertmanager reads it. */
    readonly credentialsFile: string;
  };
  /** SHA-256 of that token, in hexadecimal digits. */
  readonly tokenHash: string;
  /** Address of Alertmanager's API, without a slash at its end; undefined: tickets are not checked against it. */
  readonly alertmanagerUrl: string | undefined;
  /** New records are told in one comment per interval. */
  readonly commentEveryMs: number;
  /** A ticket that was closed by itself is opened again within this time, instead of a new one. */
  readonly reopenWithinMs: number;
  /** How long everything must be well before a ticket is closed. */
  readonly closeAfterMs: number;
}

/** A window of business hours, attempts and limits of a remedy. */
export interface RemedyLimits {
  /** A record is left alone for this long after it failed. */
  readonly waitMs: number;
  /** Per record, ever. */
  readonly attempts: number;
  /** Between two attempts on one record. */
  readonly pauseMs: number;
  readonly perHour: number;
  /** Absent: at all times. */
  readonly calendar?: Calendar;
}

/** What a remedy does. */
export type RemedyAction =
  | {
      readonly type: 'http';
      readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      /** With placeholders `{record}`, `{company}`, `{monitor}` in path and query alone. */
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** Absolute paths by the name of the header. */
      readonly headerFiles: Readonly<Record<string, string>>;
      /** Sent as JSON with the placeholders in its strings; absent: no body. */
      readonly body?: unknown;
      readonly allowsPrivate: boolean;
      readonly timeoutMs: number;
      readonly ca?: string;
    }
  | {
      readonly type: 'statement';
      /** A database of `writable_databases`. */
      readonly database: string;
      readonly sql: string;
      readonly timeoutMs: number;
    };

export interface Remedy {
  readonly name: string;
  /** Ids of known errors that it may mend. */
  readonly errors: ReadonlySet<string>;
  readonly monitors: ReadonlySet<string> | 'all';
  readonly companies: ReadonlySet<string> | 'all';
  /** It only shows what it would do. */
  readonly isDryRun: boolean;
  readonly limits: RemedyLimits;
  readonly action: RemedyAction;
}

export interface Remedies {
  /** First match wins. */
  readonly remedies: readonly Remedy[];
  /** Of all remedies together. */
  readonly perHour: number;
  /** Least share of attempts of the last hour that must have worked, 0 to 1; below it a remedy stops. */
  readonly leastSuccess: number;
  /** Databases that are written to, and used for nothing else. */
  readonly databases: ReadonlyMap<string, DatabaseSettings>;
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
