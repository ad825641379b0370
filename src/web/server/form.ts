import { bodyOf } from './body.ts';
import type { HttpRequest } from './http.ts';

/** Far more than a form of ours holds. */
const maxBytes = 16_384;
const readMs = 5_000;

/**
 * What reads the fields of a form that is sent, the first time that it is asked; a body can be read once only. It finds no fields
 * when it is no form, larger than 16 KiB, or not there within 5 s.
 */
export function formOf(request: HttpRequest): () => Promise<URLSearchParams> {
  let fields: Promise<URLSearchParams> | undefined;
  return () => (fields ??= readForm(request));
}

async function readForm(request: HttpRequest): Promise<URLSearchParams> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded *(?:;|$)/i.test(type)) return new URLSearchParams();
  const body = await bodyOf(request, maxBytes, readMs);
  return new URLSearchParams('text' in body ? body.text : '');
}
