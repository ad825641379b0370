import type { Instant } from '../../time.ts';

/** One mail to one recipient. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly {
    readonly filename: string;
    /** Such as `text/csv; charset=utf-8`. */
    readonly type: string;
    readonly content: string;
  }[];
  /** Without its domain: the same at each attempt, so that receivers recognise a second copy. */
  readonly id: string;
  readonly date: Instant;
}

/**
 * Why a mail was not taken:
 * - `refused`: the server will not take this mail, ever
 * - `login`: it does not let us in, or not without a password; people have to mend it
 * - `passing`: it may take it later
 * - `unknown`: the connection ended before it answered; it may have taken it
 */
export type MailFault = 'refused' | 'login' | 'passing' | 'unknown';

/** A mail was not taken. The message is for people. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly fault: MailFault;

  constructor(fault: MailFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** Sends mails through one server. Each wait is bounded. */
export interface Mailer {
  /** @returns the answer by which the server took the mail. @throws MailError */
  send(mail: Mail, signal: AbortSignal): Promise<string>;
  /** Logs in, and sends nothing. @throws MailError */
  verify(signal: AbortSignal): Promise<void>;
}
