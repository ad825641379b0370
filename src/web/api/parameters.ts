import { z } from 'zod';
import { recordOrders } from '../view/types.ts';

/** Items of a list that are sent at once. */
const usualItems = 50;
const mostItems = 500;
/** Longest text that is looked for; longest cursor that is read. */
const mostCharacters = 200;
const mostCursorCharacters = 2000;

const cursor = z
  .string()
  .max(mostCursorCharacters)
  .optional()
  .describe(
    '`next_cursor` of the page before, with the other parameters as they were. Absent: the first page.',
  );
const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(mostItems)
  .default(usualItems)
  .describe('Most items of a page.');

/** What stands behind the path of each call. */
export const parameters = {
  none: z.strictObject({}),
  list: z.strictObject({ cursor, limit }),
  records: z.strictObject({
    search: z
      .string()
      .max(mostCharacters)
      .default('')
      .describe('Words that must stand in the number, code, call, currency, state or error of a record.'),
    order: z.enum(recordOrders).default('urgency').describe('What records are sorted by.'),
    cursor,
    limit,
  }),
  lookup: z.strictObject({
    record: z.string().trim().min(1).max(mostCharacters).describe('The number of a record, or a part of it.'),
  }),
} as const;

/** Reads the parameters of a call. @returns what is wrong with them, for people. */
export function readParameters<Schema extends z.ZodType>(
  query: URLSearchParams,
  schema: Schema,
): { readonly ok: true; readonly values: z.output<Schema> } | { readonly ok: false; readonly fault: string } {
  const twice = [...new Set(query.keys())].find((name) => query.getAll(name).length > 1);
  if (twice !== undefined) return { ok: false, fault: `The parameter ${shown(twice)} is there twice.` };
  const result = schema.safeParse(Object.fromEntries(query));
  if (result.success) return { ok: true, values: result.data };
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `Parameter ${path.join('.')}: ${message}`,
  );
  return { ok: false, fault: faults.join('; ').slice(0, 1000) };
}

const shown = (name: string): string => JSON.stringify(name.slice(0, 100));
