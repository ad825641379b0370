import type { Instant } from '../time.ts';
import type { DemoCompany } from './companies.ts';
import type { Random } from './random.ts';

/** A company and what of it: a flow, or a job. */
export type Place = `${DemoCompany['name']}/${string}`;

/** What goes wrong at a moment because the script says so. */
export interface Trouble {
  /** Flows whose queue stands still. */
  readonly queue: ReadonlySet<Place>;
  /** Flows of which every document is refused. */
  readonly burst: ReadonlySet<Place>;
  readonly jobFails: ReadonlySet<Place>;
  readonly jobHangs: ReadonlySet<Place>;
  readonly syncStops: ReadonlySet<Place>;
  /** Flows of which a document never gets into the books of the ERP, though the shop believes that it is there. */
  readonly loses: ReadonlySet<Place>;
  /** Flows of which a document is booked with something else in it. */
  readonly alters: ReadonlySet<Place>;
  /** Flows of which a document is booked twice. */
  readonly doubles: ReadonlySet<Place>;
}

/** `routine` is what goes well: left out first when much happens. `script` is a turn of the story: never left out. */
export type Weight = 'routine' | 'notable' | 'script';

/** What a part of the simulation is given at each step: the moment, chance, and where its events go. */
export interface World {
  readonly now: Instant;
  readonly random: Random;
  readonly trouble: Trouble;
  /** One statement for a database, in the order of the calls. */
  run(database: 'shop' | 'erp', sql: string): void;
  /** A line for people; `notable` by default. */
  narrate(company: string, text: string, weight?: Weight): void;
}
