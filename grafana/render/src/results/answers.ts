/** A series of a recorded answer: the value of now, or the values at the steps of the range, null where there is none. */
export interface RecordedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: string;
  readonly values?: readonly (string | null)[];
}
export interface Answer {
  /** Fingerprint of the expression that was asked. */
  readonly of: string;
  readonly series: readonly RecordedSeries[];
}
/** In seconds since the epoch. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}
export interface DashboardAnswers {
  /** Every value of each variable. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly range: Range;
  /** By name of the panel and refId of the query. */
  readonly panels: Readonly<Record<string, Readonly<Record<string, Answer>>>>;
}
/** What Prometheus answered to every query of every dashboard. */
export interface Recording {
  /** Second at which the dashboards are looked at. */
  readonly time: number;
  /** Distance of the samples. */
  readonly stepSeconds: number;
  readonly companies: number;
  /** Fingerprint of the metrics that were loaded. */
  readonly metrics: string;
  readonly dashboards: Readonly<Record<string, DashboardAnswers>>;
}
