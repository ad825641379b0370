/** What is done with something lent, such as a session, while its signal has not fired. */
type Work<Lent, Out> = (lent: Lent, signal: AbortSignal) => Out;

/**
 * Does work that has one result by a pool that streams.
 *
 * @param stream lends, does the work that it is given, and takes back, however the iteration ends.
 * @throws what the work throws, or the pool.
 */
export async function onlyResult<Lent, Result>(
  stream: (work: Work<Lent, AsyncIterable<Result>>) => AsyncIterable<Result>,
  work: Work<Lent, Promise<Result>>,
): Promise<Result> {
  const once = async function* (lent: Lent, signal: AbortSignal): AsyncGenerator<Result> {
    yield await work(lent, signal);
  };
  for await (const result of stream(once)) return result;
  throw new TypeError('work had no result');
}
