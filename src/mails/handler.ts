import type { MailPlan } from '../config/config.ts';
import type { Entry, Handler, Outcome } from '../outbox/contract.ts';
import { PrometheusError } from '../prometheus/problem.ts';
import type { Instant } from '../time.ts';
import type { MailContent } from './content.ts';
import { payloadOf } from './plan.ts';
import type { MailPayload } from './plan.ts';
import { MailError } from './smtp/contract.ts';
import type { Mailer } from './smtp/contract.ts';

/** A mail cannot be written yet. The message is for people. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

export interface HandlerTools {
  /** Those in force. */
  readonly plans: () => readonly MailPlan[];
  readonly mailer: Mailer;
  /** Writes a mail. @throws PrometheusError, NotYetError */
  readonly write: (plan: MailPlan, due: Instant, entry: Entry) => Promise<MailContent>;
}

/** People have to mend it: a server that is asked too often with a wrong password locks the login. */
const loginPauseMs = 10 * 60_000;

const said: Readonly<Record<MailError['fault'], string>> = {
  refused: 'the mail server refuses the mail',
  login: 'the mail server does not let the exporter in',
  passing: 'the mail server did not take the mail',
  unknown: 'the connection ended before the mail server answered, so that it may have taken the mail',
};

function outcomeOf(error: unknown): Outcome {
  if (error instanceof MailError) {
    const note = `${said[error.fault]}: ${error.message}`;
    if (error.fault === 'refused') return { type: 'refused', note };
    return { type: 'retry', note, ...(error.fault === 'login' ? { retryAfterMs: loginPauseMs } : {}) };
  }
  if (error instanceof PrometheusError)
    return { type: 'retry', note: `prometheus was not read: ${error.message}` };
  if (error instanceof NotYetError) return { type: 'retry', note: error.message };
  throw error;
}

/** Whether a mail goes to this address. */
export const hasRecipient = ({ to }: MailPlan, address: string): boolean =>
  to.some((each) => each.toLowerCase() === address.toLowerCase());

/** The plan of an entry, where it is still in force for this recipient. */
function planOf({ type, name, to }: MailPayload, plans: readonly MailPlan[]): MailPlan | undefined {
  const plan = plans.find((each) => each.type === type && each.name === name);
  return plan !== undefined && hasRecipient(plan, to) ? plan : undefined;
}

/**
 * Writes and sends mails. What it tells about, and to whom, is what the configuration says at that moment: an address that was
 * taken out of it gets nothing more.
 */
export function createHandler({ plans, mailer, write }: HandlerTools): Handler {
  const send = async (entry: Entry, signal: AbortSignal): Promise<Outcome> => {
    const payload = payloadOf(entry.payload);
    if (payload === undefined) return { type: 'refused', note: 'it cannot be read' };
    const plan = planOf(payload, plans());
    if (plan === undefined) return { type: 'refused', note: 'the configuration sends it no longer' };
    const { to, id, due } = payload;
    try {
      const content = await write(plan, due, entry);
      const answer = await mailer.send({ ...content, to, id, date: entry.storedAt }, signal);
      return { type: 'done', note: `the mail server took it: ${answer}` };
    } catch (error) {
      return outcomeOf(error);
    }
  };
  return async (entry, { signal }) => ({ outcome: await send(entry, signal) });
}
