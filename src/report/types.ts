import type { MonitorStateName } from '../judgement.ts';
import type { Texts } from '../known-errors/catalogue.ts';
import type { Instant } from '../time.ts';
import type { Period } from './period.ts';

/** How a monitor or a flow stood in a step: a state, or nothing was scraped. */
export type Condition = MonitorStateName | 'no_samples';

/** A stretch of time, its end excluded. */
export type Stretch = Period;

/** How long a flow was in each condition, in milliseconds; the sum is the period. */
export type Times = Readonly<Record<Condition, number>>;

/** Of several durations, in milliseconds. */
export interface Spread {
  readonly median: number;
  readonly longest: number;
  /** Of so many. */
  readonly count: number;
}

/** Incidents of a flow. */
export interface IncidentFigures {
  readonly count: number;
  /** From the moment at which the condition of an alert held until it fired; null: unknown of all. */
  readonly noticed: Spread | null;
  /** From that moment until the alert was over; null: unknown of all, or there is none that is over. */
  readonly recovered: Spread | null;
  /** Not over at the end of the period. */
  readonly open: number;
}

export interface FlowFigures {
  readonly flow: string;
  readonly times: Times;
  /** Warning or critical within the business hours that the configuration has now; null: it cannot be told. */
  readonly downOpenMs: number | null;
  /** null: Prometheus has nothing of the rules. */
  readonly incidents: IncidentFigures | null;
  /** At worst at one monitor; null: none is counted. */
  readonly failed: number | null;
  readonly late: number | null;
  /** Listed records that had failed and were not any more at the end, at least; null: unknown. */
  readonly cleared: number | null;
}

export interface ErrorFigures {
  readonly flow: string;
  readonly error: string;
  /** null: not in the catalogue. */
  readonly title: Texts | null;
  readonly action: Texts | null;
  readonly responder: string;
  readonly atWorst: number;
}

/** The largest amount at one time and monitor. */
export interface AmountFigures {
  readonly flow: string;
  readonly about: 'open' | 'mismatch';
  readonly currency: string;
  readonly amount: number;
}

export interface JobFigures {
  readonly flow: string;
  readonly monitor: string;
  readonly job: string;
  /** How many times it was seen to begin to fail or to be missing. */
  readonly failed: number;
  readonly missing: number;
  /** Alerts about it that was late, overdue or stuck; null: unknown. */
  readonly late: number | null;
}

export interface SyncFigures {
  readonly flow: string;
  readonly monitor: string;
  /** At least, as two between two scrapes are one; null: unknown. */
  readonly count: number | null;
  /** In business hours, in milliseconds; null: unknown. */
  readonly longestPauseMs: number | null;
}

/** What was done to tickets about a flow; '' for those about none. */
export interface TicketFigures {
  readonly flow: string;
  readonly opened: number;
  readonly commented: number;
  readonly closed: number;
  readonly reopened: number;
}

/** What remedies tried on records of a flow. */
export interface RemedyFigures {
  readonly flow: string;
  readonly sent: number;
  readonly worked: number;
  readonly failed: number;
  /** Records that were tried as often as they may be and were still open: at worst at one monitor. */
  readonly exhausted: number;
}

/** What nobody knows, by times. */
export interface Coverage {
  /** Share of the period in which it is known how any monitor stood, 0 to 1. */
  readonly share: number;
  /** Until when that is known; null: never. */
  readonly lastKnown: Instant | null;
  /** When the first sample is; null: there is none. */
  readonly first: Instant | null;
  /** No monitor has samples; those before the first one included. */
  readonly gaps: readonly Stretch[];
  /** A monitor has none, although others have. */
  readonly monitorGaps: readonly (Stretch & { readonly monitor: string })[];
  /** A monitor was there, but could not read: its state was `no_data`. */
  readonly unread: readonly (Stretch & { readonly monitor: string })[];
  /** When no rules were evaluated; null: never known to be, so that incidents are unknown or too few. */
  readonly alertGaps: readonly Stretch[] | null;
  /** Series of another exporter with a company of this name: alerts cannot be told apart. */
  readonly mixesAlerts: boolean;
  /** A query returned more rows than its limit: counts and amounts are too low. */
  readonly truncated: readonly string[];
}

/** What a report says of one company, in no language. */
export interface CompanyReport {
  readonly name: string;
  readonly title: string;
  readonly timezone: string;
  readonly period: Period;
  readonly flows: readonly FlowFigures[];
  readonly errors: readonly ErrorFigures[];
  readonly amounts: readonly AmountFigures[];
  readonly jobs: readonly JobFigures[];
  readonly syncs: readonly SyncFigures[];
  /** Of the flows that Prometheus has such series of: none without `tickets:`. */
  readonly tickets: readonly TicketFigures[];
  readonly remedies: readonly RemedyFigures[];
  readonly coverage: Coverage;
}
