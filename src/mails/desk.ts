import type { Instant } from '../time.ts';
import type { Confirmation } from './signs.ts';

/** A sign of life, as the page shows it. */
export interface SignLine {
  readonly name: string;
  /** Who sees all of them may see it. */
  readonly companies: readonly string[];
  readonly timezone: string;
  readonly nextAt: Instant;
  readonly confirmation: Confirmation | null;
  readonly confirmBy: Instant | null;
}

/** What the web side of signs of life needs. */
export interface SignDesk {
  lines(): Promise<readonly SignLine[]>;
  /** @throws Error when it could not be stored. */
  confirm(name: string, by: string): Promise<void>;
}
