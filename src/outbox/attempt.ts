import { mask } from '../known-errors/mask.ts';
import { cutSecrets } from '../secrets.ts';
import type { Instant } from '../time.ts';
import type { Entry, Handled, Handler } from './contract.ts';

/**
 * What came of an attempt:
 * - `done`, `retry`, `refused`: what its handler said
 * - `error`: its handler threw, or did not end in time
 * - `interrupted`: the process stopped meanwhile
 */
export type AttemptResult = 'done' | 'retry' | 'refused' | 'error' | 'interrupted';

export const attemptResults: readonly AttemptResult[] = ['done', 'retry', 'refused', 'error', 'interrupted'];

export interface AttemptLimits {
  readonly handler: Handler | undefined;
  readonly now: () => Instant;
  readonly stopping: AbortSignal;
  /** After so long its signal fires. */
  readonly limitMs: number;
}

export interface Attempted extends Handled {
  readonly result: AttemptResult;
}

/** How long a handler may still take when its signal has fired; what it does later is lost. */
const graceMs = 5000;

/** What people may read of what went wrong. */
function noteOf(text: string): string {
  return mask(cutSecrets(text));
}

function failed(result: AttemptResult, note: string): Attempted {
  return { result, outcome: { type: 'retry', note: noteOf(note) } };
}

const interrupted = failed('interrupted', 'interrupted: the process stopped');

/** Runs a handler once, and bounds how long it takes. Never rejects. */
export async function attemptOf(
  entry: Entry,
  { handler, now, stopping, limitMs }: AttemptLimits,
): Promise<Attempted> {
  const hasStopped = (): boolean => stopping.aborted;
  if (hasStopped()) return interrupted;
  if (handler === undefined) return failed('error', `nothing carries out entries of kind ${entry.kind}`);
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  stopping.addEventListener('abort', abort);
  const limit = setTimeout(abort, limitMs);
  let cut: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const overdue = (): void => reject(new Error('it did not end when it was told to'));
    controller.signal.addEventListener('abort', () => {
      cut = setTimeout(overdue, graceMs);
    });
  });
  try {
    const { outcome, ...rest } = await Promise.race([
      handler(entry, { signal: controller.signal, now: now() }),
      late,
    ]);
    return { ...rest, result: outcome.type, outcome: { ...outcome, note: noteOf(outcome.note) } };
  } catch (error) {
    if (hasStopped()) return interrupted;
    return failed('error', error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(limit);
    clearTimeout(cut);
    stopping.removeEventListener('abort', abort);
  }
}
