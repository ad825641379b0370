import { z } from 'zod';
import { recordOrders } from '../view/types.ts';
import type { RecordCursor, RecordOrder } from '../view/types.ts';

/** JSON has no infinity: it stands for what is unknown. */
const knownNumber = z.number().nullable();

const recordPlace = z.tuple([
  z.literal('records'),
  z.enum(recordOrders),
  z.int(),
  knownNumber,
  knownNumber,
  z.string(),
  z.int().nonnegative(),
]);

/** Behind a name, or behind a count and a name: what lists that are made whole go on from. */
const companyPlace = z.tuple([z.literal('companies'), z.string()]);
const errorPlace = z.tuple([z.literal('errors'), z.number(), z.string()]);

const write = (place: readonly unknown[]): string => Buffer.from(JSON.stringify(place)).toString('base64url');

/** @returns undefined when it is no cursor of this list. */
function read<Place>(cursor: string, schema: z.ZodType<Place>): Place | undefined {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString())).data;
  } catch {
    return undefined;
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The text of a place in a list of records. */
export function recordCursor(order: RecordOrder, cursor: RecordCursor): string {
  const { urgency, since, amount, record, same } = cursor;
  return write(['records', order, urgency, finite(since), finite(amount), record, same]);
}

/** The place that a cursor means; undefined when it is none of a list in this order. */
export function readRecordCursor(text: string, order: RecordOrder): RecordCursor | undefined {
  const place = read(text, recordPlace);
  if (place === undefined || place[1] !== order) return undefined;
  const [, , urgency, since, amount, record, same] = place;
  return { urgency, since: since ?? Infinity, amount: amount ?? -Infinity, record, same };
}

export const companyCursor = (company: string): string => write(['companies', company]);
export const errorCursor = (count: number, error: string): string => write(['errors', count, error]);

/** The name behind which a list of companies goes on. */
export function readCompanyCursor(text: string): string | undefined {
  return read(text, companyPlace)?.[1];
}

/** The count and class behind which a list of errors goes on. */
export function readErrorCursor(
  text: string,
): { readonly count: number; readonly error: string } | undefined {
  const place = read(text, errorPlace);
  return place && { count: place[1], error: place[2] };
}
