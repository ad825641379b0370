import type { DatabaseSettings } from '../contract.ts';

/** So much of its time-out a statement waits for a lock at most. */
const share = 0.9;

/**
 * Milliseconds that a statement waits for a lock: less than its time-out, since a server that ends it for having waited says
 * so, and one that ends it for the time that it took does not.
 */
export function lockTimeoutMs({ lockTimeoutMs: set }: DatabaseSettings, timeoutMs: number): number {
  return Math.max(1, Math.min(set, Math.floor(share * timeoutMs)));
}
