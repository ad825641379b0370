import type { HttpRequest } from './http.ts';

/** What a request sends, or why it cannot be read: it is too large, or it ended too late or too soon. */
export type Body = { readonly text: string } | { readonly fault: 'large' | 'lost' };

/** Reads to the end, also what is too much: to stop would cut the connection before it is answered. */
async function bytesOf(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > mostBytes ? { fault: 'large' } : { text: Buffer.concat(chunks).toString('utf8') };
}

/** The body of a request as text. A body can be read once only. @param readMs how long it may take. */
export async function bodyOf(request: HttpRequest, mostBytes: number, readMs: number): Promise<Body> {
  const read = request[Symbol.asyncIterator]?.bind(request);
  if (read === undefined) return { text: '' };
  const late = Promise.withResolvers<Body>();
  const timer = setTimeout(() => late.resolve({ fault: 'lost' }), readMs);
  try {
    return await Promise.race([bytesOf({ [Symbol.asyncIterator]: read }, mostBytes), late.promise]);
  } catch {
    // The sender is gone.
    return { fault: 'lost' };
  } finally {
    clearTimeout(timer);
  }
}
