import { STATUS_CODES } from 'node:http';
import type { Answer } from './http.ts';

/** A refusal or a failure as a program reads it (RFC 9457); whatever else is answered stays as it is. */
export function asProblem(answer: Answer): Answer {
  const { status, headers, body } = answer;
  if (status < 400) return answer;
  const detail = typeof body === 'string' ? body : Buffer.from(body).toString();
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    status,
    headers: { ...headers, 'Content-Type': 'application/problem+json' },
    body: `${JSON.stringify({ type: 'about:blank', title, status, detail: detail.trim() })}\n`,
  };
}
