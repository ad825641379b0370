import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { createSend } from '../../../src/outbound/send.ts';
import { TrackerError } from '../../../src/tickets/contract.ts';
import type { Remark, TicketDraft, Tracker, TrackerTools } from '../../../src/tickets/contract.ts';
import type { FaultyProxy } from './faulty-proxy.ts';

/** What another author than the bridge does at the tracker itself, around the bridge and the proxy. */
export interface Colleague {
  comment(id: string, text: string): Promise<void>;
  /** To anybody. */
  assign(id: string): Promise<void>;
  retitle(id: string, title: string): Promise<void>;
  /** Undefined: this tracker has no priorities. */
  readonly prioritise: ((id: string) => Promise<void>) | undefined;
  close(id: string): Promise<void>;
  reopen(id: string): Promise<void>;
  /** Undefined: this tracker knows no "won't fix". */
  readonly reject: ((id: string) => Promise<void>) | undefined;
  /** Makes the tracker answer that there is no such ticket. Undefined: nobody can. */
  readonly remove: ((id: string) => Promise<void>) | undefined;
}

/** A tracker's own server, or a fake of it, and how tests look into it. */
export interface Subject {
  /** Of the server itself, with the path of its API if that is part of `url:`. */
  readonly url: URL;
  /** The bridge's tracker at this address. @param secret undefined: the right one; else a wrong one is used in its place */
  open(url: URL, send: TrackerTools['send'], secret?: string): Tracker;
  readonly colleague: Colleague;
  /** How many tickets there are with this title, whatever their state, as the server itself has them. */
  count(title: string): Promise<number>;
  /** The texts of the ticket's remarks as the server has them, the bridge's and others', oldest first, without the description. */
  remarks(id: string): Promise<readonly string[]>;
  /**
   * What would do something where people read the ticket with its remarks, one line each, nothing for a harmless ticket: elements
   * of HTML that come from the texts, links, images, mentions, references to other tickets, macros.
   */
  active(id: string): Promise<readonly string[]>;
  /** What does something in a comment of another author, so that `active` shows whether it sees. Undefined: nothing does. */
  readonly provocation?: string;
  stop(): Promise<void>;
}

export const never = new AbortController().signal;
/** Jira reads many issues by POST. */
export const isWrite = (method: string, path: string): boolean =>
  method !== 'GET' && !path.endsWith('/issue/bulkfetch');

export interface Bench {
  readonly subject: Subject;
  readonly proxy: FaultyProxy;
  readonly tracker: Tracker;
}

/** A new marker, as the bridge makes them. */
export const mark = (): string => `erp-${randomUUID().replaceAll('-', '').slice(0, 20)}`;

export function draftOf(overrides: Partial<TicketDraft> = {}): TicketDraft {
  const marker = mark();
  return {
    marker,
    title: `Orders of ACME fail ${marker}`,
    text: 'Order 10045 failed.\nCall: POST /orders',
    isCritical: false,
    company: 'acme',
    ...overrides,
  };
}

export const remarkOf = (text = 'Recovered at 14:20.'): Remark => ({ marker: mark(), text });

/** The fault of what a call is rejected with. */
export async function faultOf(call: Promise<unknown>): Promise<TrackerError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TrackerError);
  return error as TrackerError;
}

export function sendTo(url: URL): TrackerTools['send'] {
  return createSend({
    hosts: new Set([url.host]),
    allowsPrivate: true,
    timeoutMs: 60_000,
    mostBytes: 4_000_000,
  });
}
