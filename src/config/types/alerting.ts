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
