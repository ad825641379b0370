import { readSecret } from '../config/source/files.ts';
import { UsageError } from './support/command-line.ts';
import type { FlagValues } from './support/command-line.ts';

/** What the running exporter is asked for. */
export type RemediesRequest =
  | { readonly what: 'list' }
  /** @property remedy undefined: all. */
  | { readonly what: 'pause' | 'resume'; readonly remedy: string | undefined }
  | {
      readonly what: 'relaunch';
      readonly company: string;
      readonly monitor: string;
      readonly record: string;
    };

export interface RemediesOptions {
  readonly request: RemediesRequest;
  /** Of the running exporter. */
  readonly url: URL;
  /** With a bearer token of a visitor who has the right `remedies`. */
  readonly tokenFile: string | undefined;
  readonly write: (line: string) => void;
}

/** What the command line asks for. @throws UsageError */
export function remediesRequest(
  action: string,
  { remedy, company: companies = [], monitor, record }: FlagValues,
): RemediesRequest {
  if (action === 'list') return { what: action };
  if (action === 'pause' || action === 'resume') return { what: action, remedy };
  if (action !== 'relaunch')
    throw new UsageError(`remedies knows list, pause, resume and relaunch, not ${JSON.stringify(action)}`);
  const [company, ...others] = companies;
  if (company === undefined || others.length > 0 || monitor === undefined || record === undefined)
    throw new UsageError('remedies relaunch needs one --company, --monitor and --record');
  return { what: action, company, monitor, record };
}

const timeoutMs = 10_000;

async function headersOf(tokenFile: string | undefined): Promise<Record<string, string>> {
  if (tokenFile === undefined) return {};
  const found = await readSecret(tokenFile);
  if ('fault' in found) throw new Error(`${tokenFile} cannot be read: ${found.fault}`);
  return { Authorization: `Bearer ${found.text.trim()}` };
}

interface Call {
  readonly path: string;
  /** undefined: a GET. */
  readonly body?: URLSearchParams;
  /** The status of success. */
  readonly status: number;
}

function callFor(request: RemediesRequest): Call {
  if (request.what === 'list') return { path: 'api/v1/remedies', status: 200 };
  if (request.what === 'relaunch') {
    const { company, monitor, record } = request;
    const place = `companies/${encodeURIComponent(company)}/monitors/${encodeURIComponent(monitor)}`;
    return { path: `api/v1/${place}/relaunch`, body: new URLSearchParams({ record }), status: 202 };
  }
  const { what, remedy } = request;
  const body = new URLSearchParams(remedy === undefined ? {} : { remedy });
  return { path: `remedies/${what}`, body, status: 303 };
}

/** What a refusal says to people: that of the API is a document of RFC 9457. */
function refusalOf(text: string): string {
  try {
    const document: unknown = JSON.parse(text);
    const hasDetail = typeof document === 'object' && document !== null && 'detail' in document;
    return hasDetail && typeof document.detail === 'string' ? document.detail : text;
  } catch {
    return text;
  }
}

/** Asks the running exporter, which alone writes its state. @returns the exit code. */
export async function remedies({ request, url, tokenFile, write }: RemediesOptions): Promise<number> {
  const base = url.href.replace(/\/+$/, '');
  const { path, body, status } = callFor(request);
  try {
    const headers = await headersOf(tokenFile);
    const signal = AbortSignal.timeout(timeoutMs);
    const method = body === undefined ? {} : { method: 'POST', body };
    const response = await fetch(`${base}/${path}`, { headers, signal, redirect: 'manual', ...method });
    const isDone = response.status === status;
    const text = (await response.text()).trim();
    write(isDone && body !== undefined ? `${request.what}: done` : isDone ? text : refusalOf(text));
    return isDone ? 0 : 1;
  } catch (error) {
    write(`erp-exporter does not answer: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
