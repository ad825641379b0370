import type { Instant } from '../time.ts';

/** The hours in which a flow is expected to move. Time outside them makes nothing late. */
export interface Calendar {
  isOpen(at: Instant): boolean;
  /** Open time in `[from, to)`, in seconds; 0 when `to` is not after `from`. */
  openSeconds(from: Instant, to: Instant): number;
}

/** Open round the clock: the calendar of a monitor that names none. */
export const always: Calendar = {
  isOpen: () => true,
  openSeconds: (from, to) => Math.max(0, (to - from) / 1000),
};
