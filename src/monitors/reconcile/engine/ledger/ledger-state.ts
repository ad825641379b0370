import { z } from 'zod';
import type { MonitorState, StateChanges } from '../../../../state/monitor-state.ts';
import { emptyLedger, mismatchKinds } from './ledger.ts';
import type { Ledger, LedgerCells, LedgerEntry } from './ledger.ts';
import type { Key } from '../types.ts';

const entryPrefix = 'mismatch/';
const summaryKey = 'ledger';

const integer = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
const cells = z.array(integer.nullable()).nullable();
const texts = z.array(z.string().nullable()).default([]);
const storedEntry = z.object({
  kind: z.enum(mismatchKinds),
  firstSeen: z.number(),
  cycles: z.number(),
  confirmedAt: z.number().nullable(),
  at: z.number().nullable(),
  amount: z.string().nullable(),
  currency: z.string(),
  left: cells,
  right: cells,
  leftTexts: texts,
  rightTexts: texts,
});
const storedSummary = z.object({ resolvedTotal: z.number(), overflowedAt: z.number().nullable() });
/** A text is written with its quotes, so that it is no integer, and with nothing in it that is no plain character. */
const storedKey = z.union([z.string(), integer]);

function parsed<Output>(schema: z.ZodType<Output>, json: string): Output | undefined {
  try {
    return schema.safeParse(JSON.parse(json)).data;
  } catch {
    return undefined;
  }
}

function keyOf(text: string): Key | undefined {
  return text.startsWith('"') ? parsed(storedKey, text) : integer.safeParse(text).data;
}

function stateKey(key: Key): string {
  return entryPrefix + (typeof key === 'bigint' ? key.toString() : JSON.stringify(key));
}

function stateValue({ key, left, right, ...rest }: LedgerEntry): string {
  const written = (row: LedgerCells | null) => row?.map((cell) => cell?.toString() ?? null) ?? null;
  return JSON.stringify({ ...rest, left: written(left), right: written(right) });
}

const summaryOf = ({ resolvedTotal, overflowedAt }: Ledger) =>
  JSON.stringify({ resolvedTotal, overflowedAt });

/** The ledger that a state holds; an empty one when it holds none. What cannot be read is as if it had never been found. */
export function loadLedger(state: Pick<MonitorState, 'get' | 'entries'>): Ledger {
  const entries = new Map<Key, LedgerEntry>();
  for (const [name, value] of state.entries(entryPrefix)) {
    const key = keyOf(name.slice(entryPrefix.length));
    const stored = parsed(storedEntry, value);
    if (key !== undefined && stored !== undefined) entries.set(key, { key, ...stored });
  }
  return { ...emptyLedger, ...parsed(storedSummary, state.get(summaryKey) ?? ''), entries };
}

/** What must be written to a state that holds `before`, so that it holds `after`: only what differs. */
export function ledgerChanges(before: Ledger, after: Ledger): StateChanges {
  const changed = [...after.entries.values()].filter((entry) => before.entries.get(entry.key) !== entry);
  const set = new Map(changed.map((entry) => [stateKey(entry.key), stateValue(entry)]));
  if (summaryOf(before) !== summaryOf(after)) set.set(summaryKey, summaryOf(after));
  const gone = [...before.entries.keys()].filter((key) => !after.entries.has(key));
  return { set, delete: gone.map(stateKey) };
}
