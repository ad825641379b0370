import type { Remedies, Remedy, RemedyAction } from '../config/config.ts';
import { DatabaseError } from '../databases/contract.ts';
import type { WritableDatabase } from '../databases/writable.ts';
import { OutboundError } from '../outbound/contract.ts';
import type { OutboundPolicy, OutboundRequest, SendOutbound } from '../outbound/contract.ts';
import type { Attempt, Entry, Handled, Handler } from '../outbox/contract.ts';
import { payloadOf } from './result.ts';
import type { RemedyPayload, RemedyResult } from './result.ts';
import { TemplateError, hostOf, renderBody, renderUrl } from './template.ts';
import type { TemplateValues } from './template.ts';

/** What an attempt came to, a label: `accepted`, `rejected` by an answer, `failed` without one, `unknown`, `dry_run`, `skipped`. */
export type AttemptResult = 'accepted' | 'rejected' | 'failed' | 'unknown' | 'dry_run' | 'skipped';

export interface HandlerTools {
  /** Those in force. */
  readonly remedies: () => Remedies | undefined;
  /** Of the part of the configuration that orders what each remedy does. */
  readonly orders: () => ReadonlyMap<string, string>;
  /** Why an attempt must not be made now, for people; undefined: it may. */
  readonly objection: (company: string, payload: RemedyPayload) => Promise<string | undefined>;
  readonly createSend: (policy: OutboundPolicy) => SendOutbound;
  /** Reads a header from its file. @throws Error */
  readonly secret: (path: string) => Promise<string>;
  readonly database: (name: string) => WritableDatabase;
  /** Called when what came of an attempt is stored. */
  readonly ended: (remedy: string, entry: Entry, result: AttemptResult) => void;
}

interface Ended {
  readonly result: AttemptResult;
  readonly note: string;
  readonly answer: string;
  readonly retryAfterMs?: number;
}

/** Enough of an answer for a person. */
const mostAnswerBytes = 64 * 1024;
const mostNoteCharacters = 300;

function cut(text: string): string {
  return text
    .replaceAll(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, mostNoteCharacters);
}

/** Something that could not be tried: nothing has left. */
class NotTried extends Error {}

async function requestOf(
  action: RemedyAction & { readonly type: 'http' },
  values: TemplateValues,
  key: string,
  secret: HandlerTools['secret'],
): Promise<OutboundRequest> {
  const headers: Record<string, string> = { ...action.headers, 'Idempotency-Key': key };
  try {
    for (const [name, path] of Object.entries(action.headerFiles)) headers[name] = await secret(path);
  } catch (error) {
    throw new NotTried(error instanceof Error ? error.message : String(error));
  }
  const url = renderUrl(action.url, values);
  if (action.body === undefined) return { method: action.method, url, headers };
  const body = JSON.stringify(renderBody(action.body, values));
  return { method: action.method, url, headers: { ...headers, 'Content-Type': 'application/json' }, body };
}

async function call(
  action: RemedyAction & { readonly type: 'http' },
  values: TemplateValues,
  key: string,
  { tools, signal }: { readonly tools: HandlerTools; readonly signal: AbortSignal },
): Promise<Ended> {
  const request = await requestOf(action, values, key, tools.secret);
  const send = tools.createSend({
    hosts: new Set([hostOf(action.url)]),
    allowsPrivate: action.allowsPrivate,
    timeoutMs: action.timeoutMs,
    mostBytes: mostAnswerBytes,
    ...(action.ca === undefined ? {} : { ca: action.ca }),
  });
  const { status, body, retryAfterMs } = await send(request, signal);
  const isAccepted = status >= 200 && status < 300;
  return {
    result: isAccepted ? 'accepted' : 'rejected',
    answer: String(status),
    note: cut(`answer ${status}${body === '' ? '' : `: ${body}`}`),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

async function change(
  action: RemedyAction & { readonly type: 'statement' },
  values: TemplateValues,
  { tools, signal }: { readonly tools: HandlerTools; readonly signal: AbortSignal },
): Promise<Ended> {
  const { sql, timeoutMs, database } = action;
  const { record, company, monitor } = values;
  const { changed, rows } = await tools
    .database(database)
    .transaction((execute) => execute(sql, { record, company, monitor }), { signal, timeoutMs });
  const count = changed + rows.length;
  return {
    result: count > 0 ? 'accepted' : 'rejected',
    answer: count > 0 ? 'done' : 'no_row',
    note: `${changed} ${changed === 1 ? 'row' : 'rows'} changed`,
  };
}

/** What an error says of an attempt: whether it may have had its effect. */
function failureOf(error: unknown): Ended {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof TemplateError || error instanceof NotTried)
    return { result: 'failed', answer: 'not_sent', note: cut(message) };
  if (error instanceof OutboundError) {
    const isSent = error.fault === 'lost' || error.fault === 'large';
    return { result: isSent ? 'unknown' : 'failed', answer: error.fault, note: cut(message) };
  }
  if (error instanceof DatabaseError) {
    const isUnknown = error.kind === 'lost' || error.kind === 'aborted';
    return { result: isUnknown ? 'unknown' : 'failed', answer: error.kind, note: cut(message) };
  }
  return { result: 'unknown', answer: 'unknown', note: cut(message) };
}

function carryOut(
  { action }: Remedy,
  entry: Entry,
  values: TemplateValues,
  context: { readonly tools: HandlerTools; readonly signal: AbortSignal },
): Promise<Ended> {
  if (action.type === 'statement') return change(action, values, context);
  return call(action, values, entry.key, context);
}

/** What a dry run tells: what would have been done, whole, or why it could not. */
function described({ action }: Remedy, values: TemplateValues): Ended {
  try {
    const what =
      action.type === 'http'
        ? `${action.method} ${renderUrl(action.url, values).href}`
        : `the statement in ${action.database}`;
    return { result: 'dry_run', answer: 'dry_run', note: cut(`dry run: would have sent ${what}`) };
  } catch (error) {
    return { ...failureOf(error), result: 'dry_run' };
  }
}

/**
 * Carries out attempts. Each is begun once: of one that was begun before, by a process that was killed perhaps, nobody knows
 * whether it had its effect, so it is settled as unknown, and the next reading tells.
 */
export function createHandler(tools: HandlerTools): Handler {
  const done = ({ result, note, answer, retryAfterMs }: Ended, entry: Entry, remedy: string): Handled => {
    const left: RemedyResult = { answer, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    const stored = (): void => tools.ended(remedy, entry, result);
    return { outcome: { type: 'done', note, result: left }, stored };
  };
  const skipped = (note: string, entry: Entry, remedy: string): Handled => {
    const stored = (): void => tools.ended(remedy, entry, 'skipped');
    return { outcome: { type: 'refused', note }, stored };
  };

  return async (entry: Entry, { signal }: Attempt): Promise<Handled> => {
    const payload = payloadOf(entry.payload);
    if (payload === undefined) return { outcome: { type: 'refused', note: 'it cannot be read' } };
    const { remedy: name, isDryRun, monitor, record } = payload;
    if (entry.attempts > 1 && !isDryRun) {
      const note = 'outcome unknown: it was interrupted, and is not repeated';
      return done({ result: 'unknown', answer: 'unknown', note }, entry, name);
    }
    const remedy = tools.remedies()?.remedies.find((each) => each.name === name);
    if (remedy === undefined || tools.orders().get(name) !== payload.order)
      return skipped('the configuration has changed', entry, name);
    const objection = await tools.objection(entry.company, payload);
    if (objection !== undefined) return skipped(objection, entry, name);
    const values = { record, company: entry.company, monitor };
    if (isDryRun || remedy.isDryRun) return done(described(remedy, values), entry, name);
    try {
      return done(await carryOut(remedy, entry, values, { tools, signal }), entry, name);
    } catch (error) {
      return done(failureOf(error), entry, name);
    }
  };
}
