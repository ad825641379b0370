import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

/** Far more than a configuration or a bundle of certificates holds. */
const maxBytes = 8 * 1024 * 1024;
/** A network file system, or a pipe that nobody writes to, must not hold up a start. */
const patienceMs = 5_000;

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'it is a folder',
  ABORT_ERR: 'reading it takes too long',
};

export type FileText = { readonly text: string } | { readonly fault: string };

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8; save it as UTF-8';
  return faults[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Reads a text file in UTF-8. Never throws: `fault` says why it could not. */
export async function readText(path: string): Promise<FileText> {
  try {
    if ((await stat(path)).size > maxBytes)
      return { fault: `it is larger than ${maxBytes / 1024 / 1024} MiB` };
    const bytes = await readFile(path, { signal: AbortSignal.timeout(patienceMs) });
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** The path of a file that a configuration names: relative ones begin at the configuration's folder. */
export function resolveBeside(configFile: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(configFile), path);
}
