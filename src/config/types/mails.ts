/** The mail server that the exporter itself sends through. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `Name <address>` or a bare address. */
  readonly from: string;
  readonly hello?: string;
  readonly login?: { readonly username: string; readonly passwordFile: string };
  readonly requireTls: boolean;
  /** Trusted certificates (PEM); absent: those of the public authorities. */
  readonly ca?: string;
}

/** A mail that is sent again and again. */
interface PlannedMail {
  readonly name: string;
  /** At most once a day. */
  readonly cron: string;
  readonly timezone: string;
  /** Of which it tells, and of no other. */
  readonly companies: readonly string[];
  /** Each gets a mail of its own. */
  readonly to: readonly string[];
  /** `en`, `nl`, `de` or `fr`. */
  readonly language: string;
}

/** A report on the past. */
export interface ReportMail extends PlannedMail {
  readonly type: 'report';
  readonly period: 'day' | 'week' | 'month';
}

/** A mail which says that monitoring is alive: when it does not come, something is wrong. */
export interface SignOfLife extends PlannedMail {
  readonly type: 'sign_of_life';
  /** Somebody is to confirm that it arrives within so long; absent: nobody is asked to. */
  readonly confirmWithinMs?: number;
}

export type MailPlan = ReportMail | SignOfLife;

/** The mails that the exporter itself sends. */
export interface Mails {
  readonly server: MailServer;
  readonly plans: readonly MailPlan[];
}
