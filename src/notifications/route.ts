/** What a label must be: one of `values`, or none of them. A label that is absent is ''. */
export interface Matcher {
  readonly label: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** How alerts of a route are grouped; absent: as in its parent. */
export interface Grouping {
  readonly groupBy?: readonly string[];
  readonly groupWaitMs?: number;
  readonly groupIntervalMs?: number;
  readonly repeatMs?: number;
}

/** A node of Alertmanager's routing tree. */
export interface Route extends Grouping {
  /** What it was made from: `notify[2]`, `default`, `watchdog`. */
  readonly origin: string;
  /** Name of the receiver of what no child takes. */
  readonly receiver: string;
  readonly matchers: readonly Matcher[];
  /** Whether siblings after it are tried too. */
  readonly continues: boolean;
  /** It is there to keep from its parent what is for others: nothing that it takes is lost. */
  readonly takesAway?: boolean;
  /** It takes a copy of everything, and decides itself what to do with it: nobody is notified by it. */
  readonly isFeed?: boolean;
  readonly routes: readonly Route[];
}

/** The receiver that gets nothing. */
export const nobody = 'nobody';

/** The alert that always fires. It is no news, so it goes only where a rule names it. */
export const watchdog = 'ErpWatchdog';

/** The receiver that makes tickets. */
export const ticketDesk = 'tickets';

export const isIn = (label: string, values: readonly string[]): Matcher => ({
  label,
  negated: false,
  values,
});
export const isNotIn = (label: string, values: readonly string[]): Matcher => ({
  label,
  negated: true,
  values,
});
