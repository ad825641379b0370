import type { MonitorStateName } from '../../judgement.ts';
import type { Texts } from '../../known-errors/catalogue.ts';
import type { OpenRecord, RecordState } from '../../monitors/contract.ts';
import type { RecordRemedy, RelaunchOffer } from '../../remedies/remedies.ts';
import type { MessageKey } from '../../texts/messages.ts';
import type { MessageValues } from '../../texts/translator.ts';
import type { Instant } from '../../time.ts';

/*
 * What pages and the API show, as plain data in no language: times are epoch milliseconds, amounts exact decimal texts that are never
 * summed across currencies, sentences a message and its values.
 */

/** A sentence, or a part of one, in no language yet. */
export interface Fact {
  readonly message: MessageKey;
  readonly values: MessageValues;
  /** Fills the placeholder `at`. */
  readonly at?: Instant;
  /** Milliseconds; fills the placeholder `duration`. */
  readonly duration?: number;
}

export interface Money {
  /** An exact decimal number. */
  readonly amount: string;
  /** '' when unknown. */
  readonly currency: string;
}

/** How one monitor stands at one company. */
export interface MonitorLine {
  readonly company: string;
  readonly monitor: string;
  readonly flow: string;
  readonly kind: string;
  readonly criticality: 'critical' | 'normal';
  readonly state: MonitorStateName;
  /** The state in words. */
  readonly stateFact: Fact;
  /** The judgement in English, as `check` and `try` have it. */
  readonly text: string;
  /** What the last good run saw; empty for a kind whose figures nobody described: then `text` says it. */
  readonly figures: readonly Fact[];
  /** Since when it is not as it should be; `null` when it is, or nobody knows. */
  readonly since: Instant | null;
  /** Whose turn it is, the one with most to do first. */
  readonly responders: readonly string[];
  readonly dataFrom: Instant | null;
  readonly everySeconds: number;
  readonly durationSeconds: number;
  /** Start of the last run that was completed, whether it failed or not. */
  readonly lastRun: Instant | null;
  /** Why the last run failed. */
  readonly failure: { readonly reason: string; readonly message: string } | null;
  readonly notes: readonly string[];
  readonly isTruncated: boolean;
}

/** Counts that the cards of companies add up. */
export interface Totals {
  readonly failed: number;
  readonly notOkToday: number;
  readonly late: number;
  readonly mismatched: number;
  /** Of the failed and waiting records. */
  readonly atRisk: readonly Money[];
  /** Of the mismatches. They may be the same records as those that failed, so that the two are not added up. */
  readonly mismatchedValue: readonly Money[];
}

/** How a company stands: the widget of the overview. */
export interface CompanyCard {
  readonly company: string;
  readonly title: string;
  readonly project: string;
  readonly timezone: string;
  readonly state: MonitorStateName;
  readonly stateFact: Fact;
  /** A monitor of its money-makers is among those watched. */
  readonly isMoneyMaker: boolean;
  readonly lastSync: Instant | null;
  /** `null` where no monitor counts them. */
  readonly syncsToday: number | null;
  readonly totals: Totals;
  readonly responders: readonly string[];
  /** When the oldest of the data was read; `null` when a monitor was never read. */
  readonly dataFrom: Instant | null;
  /** What is wrong first. */
  readonly monitors: readonly MonitorLine[];
}

/** Something that needs somebody. */
export interface Need {
  readonly company: string;
  readonly title: string;
  readonly timezone: string;
  readonly flow: string;
  readonly monitor: string;
  readonly state: MonitorStateName;
  readonly since: Instant | null;
  readonly responders: readonly string[];
}

export interface DatabaseLine {
  readonly name: string;
  readonly driver: string;
  readonly state: MonitorStateName;
  readonly clockSkewSeconds: number | null;
  /** Why it is down; '' when it is up or not tried yet. */
  readonly problem: string;
}

export interface OverviewView {
  readonly environment: string;
  readonly now: Instant;
  readonly timezone: string;
  /** What is critical or a warning, the gravest first; among equals, the one that is oldest. */
  readonly needs: readonly Need[];
  /** Monitors of which nobody knows how things stand now. */
  readonly unknown: readonly Need[];
  /** Money-makers first, and what is wrong. */
  readonly companies: readonly CompanyCard[];
  readonly databases: readonly DatabaseLine[];
}

export interface JobLine {
  readonly job: string;
  readonly status: string;
  readonly isEnabled: boolean;
  readonly lastRun: Instant | null;
  readonly lastSuccess: Instant | null;
  readonly lastDurationSeconds: number | null;
  readonly runningSince: Instant | null;
  readonly due: Instant | null;
  readonly failuresInARow: number;
  /** Why its last run failed, masked; '' where it did not, or says nothing. */
  readonly message: string;
  /** Who acts first on that; '' when unknown. */
  readonly responder: string;
  /** What the catalogue says is to be done about it. */
  readonly action: Texts | null;
}

/** An open record with what is known of its error. */
export interface RecordLine extends Pick<
  OpenRecord,
  'record' | 'since' | 'code' | 'call' | 'error' | 'url' | 'left' | 'right' | 'isAwaitingRetry'
> {
  readonly monitor: string;
  readonly flow: string;
  readonly company: string;
  readonly state: RecordState;
  /** What the two sides of a comparison are called; `null` where nothing is compared. */
  readonly sides: { readonly left: string; readonly right: string } | null;
  readonly money: Money | null;
  /** The stack trace or the long text that the message comes from, masked; '' where the message says all. */
  readonly trace: string;
  /** Class of the error; '' where there is none. */
  readonly errorClass: string;
  readonly category: string;
  readonly isKnown: boolean;
  readonly responder: string;
  readonly title: Texts | null;
  readonly meaning: Texts | null;
  readonly action: Texts | null;
  /** What remedies have done and will do about it; `null`: nothing. */
  readonly remedy: RecordRemedy | null;
  /** How somebody may have it tried at once, and whether the reader may; `null`: there is no such way. */
  readonly relaunch: (RelaunchOffer & { readonly isAllowed: boolean }) | null;
}

export const recordOrders = ['urgency', 'since', 'record', 'amount'] as const;
export type RecordOrder = (typeof recordOrders)[number];

/** What records are sorted by. */
export interface RecordPosition {
  readonly urgency: number;
  /** Infinity when unknown. */
  readonly since: number;
  /** -Infinity when unknown. */
  readonly amount: number;
  /** The beginning of the record's key. */
  readonly record: string;
}

/** Behind which record a page begins: it stays right when records before it come and go. */
export interface RecordCursor extends RecordPosition {
  /** How many records of the same position come before. */
  readonly same: number;
}

/** Which records are asked for. */
export interface RecordQuery {
  readonly search: string;
  readonly order: RecordOrder;
  /** How many records to leave out before the page, behind `after` if there is one. */
  readonly offset: number;
  readonly limit: number;
  readonly after?: RecordCursor;
}

export interface RecordPage {
  readonly query: RecordQuery;
  readonly items: readonly RecordLine[];
  /** Where the next page begins; `null` on the last one. */
  readonly next: RecordCursor | null;
  /** Of those that match. */
  readonly total: number;
}

export interface StatementView {
  readonly key: string;
  readonly database: string;
  readonly sql: string;
}

export interface MonitorView {
  readonly environment: string;
  readonly now: Instant;
  readonly card: CompanyCard;
  readonly line: MonitorLine;
  readonly jobs: readonly JobLine[];
  /** `null` for a reader who may not see records. */
  readonly records: RecordPage | null;
  /** `null` for a reader who may not see SQL, or not every company that it is for. */
  readonly statements: readonly StatementView[] | null;
  /** Whether the reader may have it read again. */
  readonly mayRefresh: boolean;
}

/** One class of errors, over all that the reader may see. */
export interface ErrorLine {
  readonly errorClass: string;
  readonly category: string;
  readonly isKnown: boolean;
  readonly isNew: boolean;
  readonly count: number;
  readonly value: readonly Money[];
  readonly firstSince: Instant | null;
  readonly lastSince: Instant | null;
  readonly companies: readonly string[];
  /** Of each of `companies`, in their order. */
  readonly companyTitles: readonly string[];
  readonly flows: readonly string[];
  readonly responder: string;
  readonly title: Texts | null;
  readonly meaning: Texts | null;
  readonly action: Texts | null;
  /** A message of such an error, masked; '' for a reader who may not see records. */
  readonly example: string;
  /** The stack trace that it comes from, masked; '' where there is none, and for a reader who may not see records. */
  readonly trace: string;
  /** Whether there is an entry to paste into the catalogue: it is unknown, and the reader may see records. */
  readonly hasSuggestion: boolean;
}

/** One class of errors, with what takes a while to find. */
export interface ErrorDetail extends ErrorLine {
  /** An entry for the catalogue, as YAML; '' without one. */
  readonly suggestion: string;
}

export interface LookupView {
  readonly now: Instant;
  readonly record: string;
  readonly found: readonly RecordLine[];
  /** There are more than are listed. */
  readonly isCut: boolean;
  /** When the oldest of the data that was searched was read. */
  readonly dataFrom: Instant | null;
}
