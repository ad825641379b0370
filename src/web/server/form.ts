import type { HttpRequest } from './http.ts';

/** Far more than a form of ours holds. */
const maxBytes = 16_384;
const readMs = 5_000;

/** Reads to the end, also what is too much: to stop would cut the connection before it is answered. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size <= maxBytes) chunks.push(chunk);
  }
  return size > maxBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

/**
 * What reads the fields of a form that is sent, the first time that it is asked; a body can be read once only. It finds no fields
 * when it is no form, larger than 16 KiB, or not there within 5 s.
 */
export function formOf(request: HttpRequest): () => Promise<URLSearchParams> {
  let fields: Promise<URLSearchParams> | undefined;
  return () => (fields ??= readForm(request));
}

async function readForm(request: HttpRequest): Promise<URLSearchParams> {
  const read = request[Symbol.asyncIterator]?.bind(request);
  const type = request.headers['content-type'] ?? '';
  if (read === undefined || !/^application\/x-www-form-urlencoded *(?:;|$)/i.test(type))
    return new URLSearchParams();
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), readMs);
  try {
    const text = await Promise.race([textOf({ [Symbol.asyncIterator]: read }), late.promise]);
    return new URLSearchParams(text ?? '');
  } catch {
    // The sender is gone.
    return new URLSearchParams();
  } finally {
    clearTimeout(timer);
  }
}
