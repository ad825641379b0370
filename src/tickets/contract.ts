import type { z } from 'zod';
import type { SendOutbound } from '../outbound/contract.ts';
import type { Instant } from '../time.ts';

/**
 * - `open`: work is to be done
 * - `closed`: done
 * - `rejected`: somebody decided that nothing will be done ("won't fix", "declined", "not planned")
 */
export type TicketState = 'open' | 'closed' | 'rejected';

/** What a tracker says of a ticket now. */
export interface TicketView {
  /** As the tracker's API names it. */
  readonly id: string;
  /** Where people open it. */
  readonly url: string;
  readonly state: TicketState;
  /**
   * Whether somebody other than the bridge has changed state, assignee, priority or title, or commented, since the bridge created
   * the ticket or, where it did, reopened it. `unknown` when the tracker does not tell.
   */
  readonly touched: 'no' | 'yes' | 'unknown';
  /** When it was closed or rejected; undefined: it is open, or the tracker does not tell. */
  readonly closedAt: Instant | undefined;
}

/** A new ticket. Texts are plain, lines separated by \n; a tracker turns them into its own markup, and escapes what it must. */
export interface TicketDraft {
  /** Is found again by `find`: a short token of letters, digits and `-` that the tracker stores with the ticket. */
  readonly marker: string;
  readonly title: string;
  readonly text: string;
  readonly isCritical: boolean;
  readonly company: string;
}

/** A remark of the bridge. */
export interface Remark {
  /** As `TicketDraft.marker`, of this remark alone. */
  readonly marker: string;
  readonly text: string;
}

/**
 * The tickets of one tracker. Each method is one step that may be repeated: it looks for the marker before it writes, so that a
 * repeated call changes nothing. Fields that people set are never written. Nothing here is remembered between calls.
 *
 * @throws TrackerError from every method
 */
export interface Tracker {
  /** The ticket with this marker, whatever its state; the one that was created first, if there are several. */
  find(marker: string, signal: AbortSignal): Promise<TicketView | undefined>;
  /** Creates the ticket unless `find` finds it. */
  create(draft: TicketDraft, signal: AbortSignal): Promise<TicketView>;
  /** undefined: there is no such ticket any more. */
  read(id: string, signal: AbortSignal): Promise<TicketView | undefined>;
  comment(id: string, remark: Remark, signal: AbortSignal): Promise<void>;
  /** Closes it with a remark. */
  close(id: string, remark: Remark, signal: AbortSignal): Promise<void>;
  /** Opens it again with a remark. */
  reopen(id: string, remark: Remark, signal: AbortSignal): Promise<void>;
}

/**
 * - `retry`: may go well later: no answer, 429, 5xx, a conflict
 * - `login`: 401 or 403; may go well when somebody has mended it, so it is tried again, seldom
 * - `refused`: the tracker will not take this, ever
 */
export type TrackerFault = 'retry' | 'login' | 'refused';

export class TrackerError extends Error {
  override readonly name = 'TrackerError';
  readonly fault: TrackerFault;
  readonly retryAfterMs: number | undefined;

  constructor(
    fault: TrackerFault,
    message: string,
    options: { readonly retryAfterMs?: number | undefined; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.fault = fault;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What a tracker needs from outside. */
export interface TrackerTools {
  /** Bound to the host of the tracker's `url`. */
  readonly send: SendOutbound;
  /** Reads a secret from a file anew, without spaces around it. @throws TrackerError `login` when it cannot be read or is empty. */
  readonly secret: (path: string) => Promise<string>;
}

/**
 * A make of tracker: one file, one line in `trackers.ts`, one call of the contract suite. Without `Settings`: any make, whose
 * settings only its own schema knows.
 */
export interface TrackerKind<Settings = never> {
  /** What `type:` says: `redmine`. */
  readonly type: string;
  /** For the documentation: `Redmine`. */
  readonly title: string;
  /** For the documentation: `tried on Redmine 5.0`, or `written after the published documentation of API v3, not tried`. */
  readonly provenance: string;
  /**
   * Its own keys: a strict object of zod, all described, with examples. `type`, `companies`, `url`, `tls_ca_file`, `timeout`,
   * `allow_private` are common to all and are not among them. Keys that end in `_file` are made absolute before `open`.
   */
  readonly settings: z.ZodObject & z.ZodType<[Settings] extends [never] ? object : Settings>;
  readonly open: (settings: Settings, url: URL, tools: TrackerTools) => Tracker;
}
