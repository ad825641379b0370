import type { Row } from '../databases/values.ts';
import type { Instant } from '../time.ts';
import type { Change, Doc, Entry, EntryState, Intent, Json } from './contract.ts';

/** The most characters of a key, a queue, a kind, … */
export const mostTextLength = 500;
/** The most bytes of a payload, a result, a document. */
export const mostJsonBytes = 256 * 1024;
const mostNoteLength = 500;
/** The last instant of a Date. */
const lastInstant = 8_640_000_000_000_000;

/** Columns of an entry, in a SELECT. */
export const entryColumns =
  'id, key, kind, action, queue, company, payload, not_before, expires, stored_at, state, attempts, next_try, last_try, note, result, settled_at';

/** As stored: whole milliseconds. */
export function storedInstant(instant: Instant): number {
  return Math.round(Math.min(Math.max(instant, -lastInstant), lastInstant));
}

/** As stored. @throws RangeError when it is too large. */
export function storedJson(what: string, value: Json): string {
  const text = JSON.stringify(value);
  const bytes = Buffer.byteLength(text);
  if (bytes > mostJsonBytes) throw new RangeError(`${what} takes ${bytes} bytes, more than ${mostJsonBytes}`);
  return text;
}

/** A note as stored. */
export function storedNote(note: string): string {
  const text = note.replaceAll('\0', '\uFFFD').toWellFormed();
  return text.length > mostNoteLength ? `${text.slice(0, mostNoteLength - 1).toWellFormed()}…` : text;
}

function checkText(what: string, text: string, least = 1): void {
  if (text.length < least || text.length > mostTextLength)
    throw new RangeError(`${what} has ${text.length} characters; it must have ${least} to ${mostTextLength}`);
  if (text.includes('\0') || !text.isWellFormed())
    throw new RangeError(`${what} holds U+0000 or half a character`);
}

function checkIntent({ key, kind, action, queue, company }: Intent): void {
  checkText('the key of an intent', key);
  checkText('the kind of an intent', kind);
  checkText('the action of an intent', action);
  checkText('the queue of an intent', queue);
  checkText('the company of an intent', company, 0);
}

/** @throws RangeError when a change holds what cannot be stored; a payload that is too large is found when it is stored. */
export function checkChange({ intents = [], documents = [] }: Change): void {
  for (const intent of intents) checkIntent(intent);
  for (const { collection, key } of documents) {
    checkText('the collection of a document', collection);
    checkText('the key of a document', key);
  }
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`the outbox holds no text as ${column}`);
  return value;
}

function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`the outbox holds no number as ${column}`);
  return value;
}

const optionalNumber = (row: Row, column: string): number | undefined =>
  row[column] === null ? undefined : number(row, column);

const json = (row: Row, column: string): Json => JSON.parse(text(row, column)) as Json;

const states: ReadonlySet<string> = new Set<EntryState>(['waiting', 'done', 'refused', 'expired']);
const isState = (value: string): value is EntryState => states.has(value);

function stateOf(row: Row): EntryState {
  const state = text(row, 'state');
  if (!isState(state)) throw new TypeError(`the outbox holds an entry of state ${state}`);
  return state;
}

/** @throws Error when the row is none of ours. */
export function entryOf(row: Row): Entry {
  return {
    id: number(row, 'id'),
    key: text(row, 'key'),
    kind: text(row, 'kind'),
    action: text(row, 'action'),
    queue: text(row, 'queue'),
    company: text(row, 'company'),
    payload: json(row, 'payload'),
    notBefore: number(row, 'not_before'),
    expires: number(row, 'expires'),
    storedAt: number(row, 'stored_at'),
    state: stateOf(row),
    attempts: number(row, 'attempts'),
    nextTry: number(row, 'next_try'),
    lastTry: optionalNumber(row, 'last_try'),
    note: text(row, 'note'),
    result: json(row, 'result'),
    settledAt: optionalNumber(row, 'settled_at'),
  };
}

/** @throws Error when the row is none of ours. */
export function docOf(row: Row): Doc {
  return { key: text(row, 'key'), version: number(row, 'version'), value: json(row, 'value') };
}
