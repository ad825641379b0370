/** A monitor at one of its companies. */
export interface Place {
  readonly company: string;
  readonly monitor: string;
}

/** Why a run is refused for now, and when it is worth asking again. */
export interface LimitReached {
  /** Of whose runs there were enough: this monitor's, or those of all. */
  readonly limit: 'monitor' | 'all';
  readonly retryAfterMs: number;
}

/** What became of the wish to run a monitor now. */
export type RunNow =
  /** A run is under way; `ended` says whether it was completed, or ended by a reload or a stop. Never rejects. */
  | { readonly outcome: 'running'; readonly ended: Promise<boolean> }
  | ({ readonly outcome: 'limited' } & LimitReached)
  /** There is no such monitor at that company, or no longer. */
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'stopping' };

/** Lets people have monitors run now, as the poller does. */
export interface RunsNow {
  runNow(place: Place): RunNow;
  isRunning(place: Place): boolean;
}
