import { DatabaseError, type StatementEnd } from '../contract.ts';

/** The error of a caller whose signal fired. */
export function abortedError(cause?: unknown, end?: StatementEnd): DatabaseError {
  return new DatabaseError('aborted', 'the statement was aborted', { cause, end });
}

/** The same error, with what has become of its statement. */
export function endedAs(end: StatementEnd, { kind, message, code, cause }: DatabaseError): DatabaseError {
  return new DatabaseError(kind, message, { code, cause, end });
}

/**
 * `work`, or an error of kind `aborted` as soon as `signal` fires; the result of `work` is then ignored.
 * @param end of that error.
 */
export async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  end?: StatementEnd,
): Promise<Result> {
  const { promise: fired, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(abortedError(undefined, end));
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([fired, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
