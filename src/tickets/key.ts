import { createHash } from 'node:crypto';
import type { Labels } from '../alert-match.ts';
import { eventTypeOf } from './event-type.ts';
import type { EventType } from './event-type.ts';

/** What has one open ticket at most. Texts are '' where the alert says nothing. */
export interface TicketKey {
  readonly environment: string;
  readonly company: string;
  readonly flow: string;
  readonly monitor: string;
  readonly event: EventType;
  /** What it is about where that is no monitor: the database, the address, the name of a rule of the user's own. */
  readonly subject: string;
}

/** Of a part of a key; names are shorter. */
const mostCharacters = 100;

/** Hexadecimal digits that tell texts apart. @param length of them. */
export function digest(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** A name as it is; what is longer than any keeps what tells it apart. */
function short(text: string): string {
  return text.length <= mostCharacters
    ? text
    : `${text.slice(0, mostCharacters - 17).toWellFormed()}~${digest(text, 16)}`;
}

function subjectOf(labels: Labels, event: EventType): string {
  if (event === 'other') return labels['alertname'] ?? '';
  if ((labels['company'] ?? '') !== '' && (labels['monitor'] ?? '') !== '') return '';
  return labels['database'] ?? labels['endpoint'] ?? labels['instance'] ?? '';
}

/** The ticket that an alert belongs to. @returns undefined for an alert that is never a ticket. */
export function keyOf(labels: Labels): TicketKey | undefined {
  const event = eventTypeOf(labels['alertname'] ?? '');
  if (event === undefined) return undefined;
  const part = (name: string): string => short(labels[name] ?? '');
  return {
    environment: part('environment'),
    company: part('company'),
    flow: part('flow'),
    monitor: part('monitor'),
    event,
    subject: short(subjectOf(labels, event)),
  };
}

/** Longest text of a key: the outbox takes 500 characters as a name. */
const mostKeyCharacters = 400;

/** A key as text, of one key alone. */
export function keyText({ environment, company, flow, monitor, event, subject }: TicketKey): string {
  const text = JSON.stringify([environment, company, flow, monitor, event, subject]);
  return text.length <= mostKeyCharacters
    ? text
    : `${text.slice(0, mostKeyCharacters - 33).toWellFormed()}~${digest(text, 32)}`;
}

/**
 * By what a ticket is found in its tracker. When it was opened is part of it, so that the marker of a ticket that was forgotten here is
 * never used again.
 */
export function markerOf(key: TicketKey, generation: number, openedAt: number): string {
  return `erp-${digest(`${keyText(key)} ${generation} ${openedAt}`, 20)}`;
}
