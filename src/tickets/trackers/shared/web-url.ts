import { z } from 'zod';

/** An address that a page may link. */
export const webUrl = z.url({ protocol: /^https?$/ });

/** Where people open a ticket: the path that the tracker tells, on the host where it is reached. */
export function linked(told: string, url: URL): string {
  return new URL(new URL(told).pathname, url).href;
}
