import type { NotifyMatch } from './alerting.ts';

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
