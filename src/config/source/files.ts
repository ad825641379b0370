import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** Far more than a configuration or a bundle of certificates needs. */
const maxBytes = 8 * 1024 * 1024;
/** A network file system that is gone must not block the start. */
const readTimeoutMs = 5_000;

const faults: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  ENOTDIR: 'the file does not exist',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links lead in a circle',
};

export type FileText = { readonly text: string } | { readonly fault: string };

/** Why a file is not read; the message is for the user. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

function faultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8; save it as UTF-8';
  return faults[code] ?? (error instanceof Error ? error.message : String(error));
}

/** A pipe without a writer, a terminal or /dev/zero never comes to an end. */
function requireRegular(stats: Stats): void {
  if (stats.isDirectory()) throw new Unreadable('it is a directory');
  if (!stats.isFile()) throw new Unreadable('it is no regular file, but a pipe, a socket or a device');
  if (stats.size > maxBytes) throw tooLarge();
}

const tooLarge = () => new Unreadable(`it is larger than ${maxBytes / 1024 / 1024} MiB`);

/** Reads until the end: the size that a file says it has may change, and is 0 for those of /proc. */
async function readToEnd(handle: FileHandle): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for (;;) {
    const { bytesRead, buffer } = await handle.read({ buffer: Buffer.alloc(65_536), position: null });
    if (bytesRead === 0) return Buffer.concat(chunks);
    size += bytesRead;
    if (size > maxBytes) throw tooLarge();
    chunks.push(buffer.subarray(0, bytesRead));
  }
}

async function readRegular(path: string): Promise<Buffer> {
  // Before it is opened: to open some devices does something.
  requireRegular(await stat(path));
  // Without waiting, should a pipe have taken its place in between.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    requireRegular(await handle.stat());
    return await readToEnd(handle);
  } finally {
    await handle.close();
  }
}

/** The result of `work`, or a failure after `timeoutMs`. What hangs in the kernel cannot be ended, only left behind. */
async function withinTime<Result>(work: Promise<Result>, timeoutMs: number): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Unreadable(`reading it took longer than ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads a regular UTF-8 file of at most 8 MiB, within 5 s. The one way in which files that a user names are read.
 *
 * Never throws: `fault` says why the file could not be read.
 */
export async function readText(path: string): Promise<FileText> {
  try {
    const bytes = await withinTime(readRegular(path), readTimeoutMs);
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
  return withinTime(realpath(path), readTimeoutMs).catch(() => path);
}
