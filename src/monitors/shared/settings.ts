import { z } from 'zod';
import { currencyCode } from '../../decimal.ts';
import { durationExample, parseDuration } from '../../duration.ts';
import { writingIn } from './writing-sql.ts';

/** The limit of one severity: milliseconds for a duration, else a count. Over it means more than it. */
export interface Limit {
  readonly severity: 'warning' | 'critical';
  readonly value: number;
}

/** Limits by severity, or one for which the severity is decided elsewhere, 0 being never. */
export type LimitOrLimits = number | readonly Limit[];

/** A statement of SQL. Its media type marks it as such for editors, and for the configuration, which expands no `${NAME}` in it. */
export const sqlText = z
  .string()
  .trim()
  .min(1, 'is empty; write a SELECT')
  .meta({ contentMediaType: 'application/sql' });

/** A query: a statement of SQL that reads. */
export const queryText = sqlText
  .superRefine((sql, context) => {
    const found = writingIn(sql);
    if (found !== undefined)
      context.addIssue({
        code: 'custom',
        message: `${found}: the exporter only reads; write a SELECT that returns rows`,
      });
  })
  // What is refined loses what it was marked with.
  .meta({ contentMediaType: 'application/sql' });

/** A duration as `src/duration.ts` reads it, put out in milliseconds; `0` may stand without quotes and unit. */
export const duration = z
  .union([z.string(), z.number()])
  .transform((given, context) => {
    const ms = parseDuration(String(given).trim());
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: `is not a duration; write ${durationExample}, or 0` });
    return z.NEVER;
  })
  .meta({ title: 'duration' });

/** With a critical limit below the warning there would never be a warning. */
function checkOrder(
  { warning = 0, critical = 0 }: { warning?: number | undefined; critical?: number | undefined },
  context: z.core.$RefinementCtx,
): void {
  if (critical === 0 || warning <= critical) return;
  context.addIssue({
    code: 'custom',
    path: ['critical'],
    message: 'is less than warning, so that there would never be a warning; swap the two',
  });
}

/** Limits by severity, warning first. One that is 0 or absent is left out: it never applies. */
function limitsOf(given: { warning?: number | undefined; critical?: number | undefined }): readonly Limit[] {
  const { warning = 0, critical = 0 } = given;
  const limits: readonly Limit[] = [
    { severity: 'warning', value: warning },
    { severity: 'critical', value: critical },
  ];
  return limits.filter(({ value }) => value > 0);
}

/** Name of a database of the configuration. */
export const databaseName = z
  .string()
  .min(1)
  .meta({ examples: ['erp'] });

/** `{ warning: 30m, critical: 2h }`, put out as limits in milliseconds. */
export const durationLimits = z
  .strictObject({
    warning: duration
      .optional()
      .describe('Above this it is a warning; 0 or absent: never.')
      .meta({ examples: ['30m'] }),
    critical: duration
      .optional()
      .describe('Above this it is critical; 0 or absent: never.')
      .meta({ examples: ['2h'] }),
  })
  .superRefine(checkOrder)
  .transform(limitsOf);

/** `30m`, put out in milliseconds, or what `durationLimits` reads. */
export const durationOrLimits = z.union([duration, durationLimits], {
  error: 'is not a duration; write one such as 30m, or { warning: 30m, critical: 2h }',
});

const count = z.int().min(0);

const amount = z.number().min(0);

/** `{ EUR: { warning: 1000, critical: 10000 } }`, put out as limits by currency. */
export const amountLimits = z
  .record(
    z.string().regex(/^\S{1,100}$/, 'is not a currency; write it as the query returns it, such as EUR'),
    z
      .strictObject({
        warning: amount.optional().describe('More than this is a warning; 0 or absent: never.'),
        critical: amount.optional().describe('More than this is critical; 0 or absent: never.'),
      })
      .transform(limitsOf),
  )
  .transform((given, context) => {
    const limits: Record<string, readonly Limit[]> = {};
    for (const [currency, each] of Object.entries(given)) {
      const code = currencyCode(currency);
      if (Object.hasOwn(limits, code))
        context.addIssue({
          code: 'custom',
          path: [currency],
          message: `is ${code}, which has limits already; keep one`,
        });
      limits[code] = each;
    }
    return limits;
  });

/** `{ warning: 5, critical: 20 }`, put out as limits. */
export const countLimits = z
  .strictObject({
    warning: count
      .optional()
      .describe('More than this is a warning; 0 or absent: never.')
      .meta({ examples: [5] }),
    critical: count
      .optional()
      .describe('More than this is critical; 0 or absent: never.')
      .meta({ examples: [20] }),
  })
  .superRefine(checkOrder)
  .transform(limitsOf);
