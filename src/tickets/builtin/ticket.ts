import { z } from 'zod';
import type { Doc, Json } from '../../outbox/contract.ts';
import type { Instant } from '../../time.ts';

/** What happened to a ticket. */
export const deeds = ['create', 'comment', 'assign', 'close', 'reopen', 'reject'] as const;
export type Deed = (typeof deeds)[number];

const entry = z.object({
  at: z.number(),
  /** Name of the person; '' when nobody knows, and of the bridge. */
  author: z.string(),
  isBridge: z.boolean(),
  deed: z.enum(deeds),
  /** The remark; of an assignment, to whom. */
  text: z.string(),
  /** Of a remark of the bridge; ''. */
  marker: z.string(),
});

const ticket = z.object({
  id: z.string(),
  marker: z.string(),
  company: z.string(),
  title: z.string(),
  text: z.string(),
  isCritical: z.boolean(),
  state: z.enum(['open', 'closed', 'rejected']),
  assignee: z.string(),
  /** A person has done something since the bridge created it or opened it again. */
  isTouched: z.boolean(),
  createdAt: z.number(),
  changedAt: z.number(),
  closedAt: z.number().nullable(),
  history: z.array(entry),
});

/** A ticket of the embedded tracker. */
export type BuiltinTicket = Readonly<z.output<typeof ticket>>;
export type HistoryEntry = Readonly<z.output<typeof entry>>;

/** What lists show of it. */
const line = ticket.pick({
  id: true,
  company: true,
  title: true,
  isCritical: true,
  state: true,
  assignee: true,
  createdAt: true,
  changedAt: true,
  closedAt: true,
});
export type BuiltinLine = Readonly<z.output<typeof line>>;

export const readTicketDoc = ({ value }: Pick<Doc, 'value'>): BuiltinTicket => ticket.parse(value);
export const readLine = ({ value }: Pick<Doc, 'value'>): BuiltinLine => line.parse(value);
export const storedTicket = (of: BuiltinTicket): Json => of;
export const storedLine = (of: BuiltinTicket): Json => line.parse(of);

/** Entries of a history. */
export const mostEntries = 200;
/** All of it, in characters: a document of the outbox takes 256 KiB. */
const mostCharacters = 180_000;

const sizeOf = (of: BuiltinTicket): number => Buffer.byteLength(JSON.stringify(of));

/** Who does something, and what. */
export type Act = Pick<HistoryEntry, 'author' | 'deed' | 'isBridge' | 'marker' | 'text'>;

/** Remarks of the bridge make room for what is new, the oldest first; what people wrote stays. */
function withRoom(of: BuiltinTicket): BuiltinTicket | undefined {
  let now = of;
  while (now.history.length > mostEntries || sizeOf(now) > mostCharacters) {
    const index = now.history.findIndex(({ isBridge, deed }) => isBridge && deed === 'comment');
    if (index < 0 || index === now.history.length - 1) return undefined;
    now = { ...now, history: now.history.toSpliced(index, 1) };
  }
  return now;
}

const states = { close: 'closed', reject: 'rejected', reopen: 'open' } as const;

/** A ticket after something was done to it. @returns undefined when there is no room for it. */
export function acted(before: BuiltinTicket, act: Act, at: Instant): BuiltinTicket | undefined {
  const { deed, isBridge, text } = act;
  const state = deed === 'close' || deed === 'reject' || deed === 'reopen' ? states[deed] : before.state;
  const isOpenedByBridge = isBridge && deed === 'reopen';
  return withRoom({
    ...before,
    state,
    assignee: deed === 'assign' ? text : before.assignee,
    isTouched: isBridge ? before.isTouched && !isOpenedByBridge : true,
    changedAt: at,
    closedAt: state === 'open' ? null : state === before.state ? before.closedAt : at,
    history: [...before.history, { ...act, at }],
  });
}
