import { DatabaseError } from '../contract.ts';

/** The error of a caller whose signal fired. */
export function abortedError(cause?: unknown): DatabaseError {
  return new DatabaseError('aborted', 'the statement was aborted', { cause });
}

/** `work`, or an error of kind `aborted` as soon as `signal` fires; the result of `work` is then ignored. */
export async function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: fired, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(abortedError());
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([fired, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
