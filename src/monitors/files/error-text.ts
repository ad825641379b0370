import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { sep } from 'node:path';

/** So much of a file is read for the message of an error. */
export const mostErrorBytes = 65_536;

/** The path of the file that says why another one failed, from the folder, with `/`; undefined when it would lead out of it. */
export function errorPath(path: string, template: string): string | undefined {
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 ? name.slice(0, dot) : name;
  const placed = template.replaceAll(/\{(?:name|stem)\}/g, (found) => (found === '{name}' ? name : stem));
  const segments = slash < 0 ? [] : path.slice(0, slash).split('/');
  for (const segment of placed.split('/'))
    if (segment === '..') {
      if (segments.pop() === undefined) return undefined;
    } else if (segment !== '' && segment !== '.') segments.push(segment);
  return segments.join('/');
}

/** A text of an unknown encoding: what its first bytes say, else UTF-8, else Windows-1252, in which everything can be read. */
export function decodeText(bytes: Uint8Array, isCut = false): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    // What was cut may end within a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/**
 * The beginning of a file below a folder.
 * @returns undefined when there is no such file, or it is none, or leads out of the folder.
 */
export async function readErrorText(root: string, path: string): Promise<string | undefined> {
  try {
    const [realRoot, real] = await Promise.all([realpath(root), realpath(`${root}/${path}`)]);
    if (!real.startsWith(`${realRoot}${sep}`)) return undefined;
    // Nothing waits for the other end of a pipe.
    const file = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return undefined;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(mostErrorBytes), 0, mostErrorBytes, 0);
      return decodeText(buffer.subarray(0, bytesRead), bytesRead === mostErrorBytes);
    } finally {
      await file.close();
    }
  } catch {
    // Not there, not readable: the caller notes that there is no message.
    return undefined;
  }
}
