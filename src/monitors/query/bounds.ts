import { z } from 'zod';

/** Beyond it something is wrong: `above` or `below` the value, never at it. */
export interface Bound {
  readonly direction: 'above' | 'below';
  readonly value: number;
}

/** The bound of one severity. */
export interface SeverityBound extends Bound {
  readonly severity: 'warning' | 'critical';
}

const sided = z
  .strictObject({
    above: z
      .number()
      .optional()
      .describe('A higher value is beyond the threshold; the same as the number alone.')
      .meta({ examples: [20] }),
    below: z
      .number()
      .optional()
      .describe('A lower value is beyond the threshold.')
      .meta({ examples: [5] }),
  })
  .refine(({ above, below }) => (above === undefined) !== (below === undefined), {
    error: 'needs one of above and below; write { above: 20 } or { below: 5 }',
    when: ({ issues }) => issues.length === 0,
  });

/** `20`, `{ above: 20 }` or `{ below: 5 }`, put out as a bound. 0 is a bound as any other. */
export const bound = z
  .union([z.number(), sided], {
    error: 'is not a threshold; write a number such as 20, or { above: 20 }, or { below: 5 }',
  })
  .transform((given): Bound => {
    if (typeof given === 'number') return { direction: 'above', value: given };
    const { above, below } = given;
    return below === undefined
      ? { direction: 'above', value: above ?? 0 }
      : { direction: 'below', value: below };
  });

/** The bounds of a metric as its settings have them. */
export interface Bounds {
  readonly warning?: Bound | undefined;
  readonly critical?: Bound | undefined;
}

/** The bounds that there are, warning first. */
export function boundsOf({ warning, critical }: Bounds): readonly SeverityBound[] {
  return [
    ...(warning === undefined ? [] : [{ severity: 'warning' as const, ...warning }]),
    ...(critical === undefined ? [] : [{ severity: 'critical' as const, ...critical }]),
  ];
}

export function isBeyond({ direction, value: limit }: Bound, value: number): boolean {
  return direction === 'above' ? value > limit : value < limit;
}

/** What is wrong with two bounds together, if anything. */
export function boundsProblem({ warning, critical }: Bounds): string | undefined {
  if (warning === undefined || critical === undefined) return undefined;
  if (warning.direction !== critical.direction)
    return `is for values ${critical.direction} ${critical.value}, but warning for those ${warning.direction} ${warning.value}; give both the same direction, or make two metrics`;
  if (!isBeyond(critical, warning.value)) return undefined;
  return `is reached before warning (${warning.direction} ${warning.value}), so that there would never be a warning; swap the two`;
}
