import type { Calendar } from '../../calendar/calendar.ts';
import type { DatabaseSettings } from '../../databases/contract.ts';

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
  /** Ids of known errors that it may mend by itself; empty: none, it waits for people. */
  readonly errors: ReadonlySet<string>;
  readonly monitors: ReadonlySet<string> | 'all';
  readonly companies: ReadonlySet<string> | 'all';
  /** It only shows what it would do. */
  readonly isDryRun: boolean;
  /** Which failed records somebody may have tried at once: those that it mends by itself, of any error, or none. */
  readonly byHand: 'same' | 'any' | 'none';
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
