import { readSecret } from '../config/source/files.ts';

export interface RemediesOptions {
  readonly what: 'list' | 'pause' | 'resume';
  /** Of the running exporter. */
  readonly url: URL;
  /** undefined: all. */
  readonly remedy: string | undefined;
  /** With a bearer token of a visitor who has the right `remedies`. */
  readonly tokenFile: string | undefined;
  readonly write: (line: string) => void;
}

const timeoutMs = 10_000;

async function headersOf(tokenFile: string | undefined): Promise<Record<string, string>> {
  if (tokenFile === undefined) return {};
  const found = await readSecret(tokenFile);
  if ('fault' in found) throw new Error(`${tokenFile} cannot be read: ${found.fault}`);
  return { Authorization: `Bearer ${found.text.trim()}` };
}

/** Asks the running exporter, which alone writes its state. @returns the exit code. */
export async function remedies({ what, url, remedy, tokenFile, write }: RemediesOptions): Promise<number> {
  const base = url.href.replace(/\/+$/, '');
  try {
    const headers = await headersOf(tokenFile);
    const signal = AbortSignal.timeout(timeoutMs);
    const body = new URLSearchParams(remedy === undefined ? {} : { remedy });
    const response = await fetch(
      `${base}/${what === 'list' ? 'api/v1/remedies' : `remedies/${what}`}`,
      what === 'list'
        ? { headers, signal, redirect: 'manual' }
        : { method: 'POST', headers, body, signal, redirect: 'manual' },
    );
    const isDone = what === 'list' ? response.status === 200 : response.status === 303;
    write(isDone && what !== 'list' ? `${what}: done` : (await response.text()).trim());
    return isDone ? 0 : 1;
  } catch (error) {
    write(`erp-exporter does not answer: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
