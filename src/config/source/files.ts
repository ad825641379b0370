import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

/** Far more than a configuration or a bundle of certificates needs. */
const maxBytes = 8 * 1024 * 1024;
/** A network file system, or a pipe without a writer, must not block the start. */
const readTimeoutMs = 5_000;

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  ENOTDIR: 'the file does not exist',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ABORT_ERR: `reading it took longer than ${readTimeoutMs / 1000} s`,
};

export type FileText = { readonly text: string } | { readonly fault: string };

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8; save it as UTF-8';
  return faults[code] ?? (error instanceof Error ? error.message : String(error));
}

/** Reads a UTF-8 text file. Never throws: `fault` says why the file could not be read. */
export async function readText(path: string): Promise<FileText> {
  try {
    if ((await stat(path)).size > maxBytes)
      return { fault: `it is larger than ${maxBytes / 1024 / 1024} MiB` };
    const bytes = await readFile(path, { signal: AbortSignal.timeout(readTimeoutMs) });
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

/** A secret in a file: its text without the newline at its end. Never throws. */
export async function readSecret(path: string): Promise<FileText> {
  const found = await readText(path);
  return 'text' in found ? { text: found.text.replace(/\r?\n$/, '') } : found;
}

/** Resolves a path in a configuration: a relative one starts at the directory of the configuration file. */
export function resolveBeside(configFile: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(configFile), path);
}

/** The path that leads to a file without symbolic links; `path` itself where there is no such file. */
export async function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}
