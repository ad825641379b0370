import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import type { Dirent, Stats } from 'node:fs';
import { sep } from 'node:path';
import type { Instant } from '../../time.ts';
import { fits, isWild } from './glob.ts';

/** A file below the folder. Its times and its size are null where only its name could be read. */
export interface FoundFile {
  /** From the folder, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly bytes: number | null;
  readonly modified: Instant | null;
  /** When its name, place or rights last changed. */
  readonly changed: Instant | null;
  /** When it was made; null where the file system does not know. */
  readonly born: Instant | null;
}

/** What was found, and what was left out. */
export interface Scan {
  readonly files: readonly FoundFile[];
  /** There were more entries than are looked at: the counts are "at least". */
  readonly isCut: boolean;
  /** Symbolic links that lead out of the folder, or nowhere. */
  readonly strayLinks: readonly string[];
  /** Folders below the first one that may not be read. */
  readonly closedFolders: readonly string[];
}

/** Entries of folders that one scan looks at. */
export const mostEntries = 100_000;
/** So deep `**` goes. */
const mostDepth = 16;
/** Files that are asked for at once: more only wait for the threads of the file system. */
const atOnce = 32;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What a name that is not valid UTF-8 becomes when it is read. */
const hasLostBytes = (name: string): boolean => name.includes('\uFFFD');

function foundFile(path: string, stats: Stats | null): FoundFile {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (stats === null) return { path, name, bytes: null, modified: null, changed: null, born: null };
  const { size, mtimeMs, ctimeMs, birthtimeMs } = stats;
  const born = birthtimeMs > 0 ? birthtimeMs : null;
  return { path, name, bytes: size, modified: mtimeMs, changed: ctimeMs, born };
}

class Scanning {
  readonly #root: string;
  readonly #most: number;
  readonly #files = new Map<string, FoundFile>();
  readonly #strayLinks: string[] = [];
  readonly #closed: string[] = [];
  #entries = 0;
  #realRoot = '';

  constructor(root: string, most: number) {
    this.#root = root;
    this.#most = most;
  }

  async scan(pattern: string): Promise<Scan> {
    this.#realRoot = await realpath(this.#root);
    const segments = pattern.split('/');
    const fixed = segments.findIndex((segment, index) => isWild(segment) || index === segments.length - 1);
    const first = segments.slice(0, fixed).join('/');
    await this.#walk(first, segments.slice(fixed), { isFirst: true, depth: 0 });
    return {
      files: [...this.#files.values()],
      isCut: this.#entries > this.#most,
      strayLinks: this.#strayLinks,
      closedFolders: this.#closed,
    };
  }

  #at(path: string): string {
    return path === '' ? this.#root : `${this.#root}/${path}`;
  }

  async #walk(
    folder: string,
    segments: readonly string[],
    { isFirst, depth }: { readonly isFirst: boolean; readonly depth: number },
  ): Promise<void> {
    const [segment = '', ...rest] = segments;
    const entries = await this.#read(folder, isFirst);
    const below = (name: string) => (folder === '' ? name : `${folder}/${name}`);
    const deeper = { isFirst: false, depth: depth + 1 };
    if (segment === '**') {
      // It stands for no folder too.
      await this.#take(entries, folder, rest, deeper);
      if (depth >= mostDepth) return;
      for (const entry of entries)
        if (entry.isDirectory() && !entry.name.startsWith('.'))
          await this.#walk(below(entry.name), segments, deeper);
      return;
    }
    await this.#take(entries, folder, segments, deeper);
  }

  /** Of the entries of a folder, the files that fit the last segment, or the folders that fit the next. */
  async #take(
    entries: readonly Dirent[],
    folder: string,
    [segment = '', ...rest]: readonly string[],
    deeper: { readonly isFirst: boolean; readonly depth: number },
  ): Promise<void> {
    const fitting = entries.filter(({ name }) => fits(name, segment));
    const below = ({ name }: Dirent) => (folder === '' ? name : `${folder}/${name}`);
    if (rest.length > 0) {
      for (const entry of fitting) if (entry.isDirectory()) await this.#walk(below(entry), rest, deeper);
      return;
    }
    const files = fitting.filter((entry) => entry.isFile() || entry.isSymbolicLink());
    for (let start = 0; start < files.length; start += atOnce)
      await Promise.all(
        files.slice(start, start + atOnce).map((entry) => this.#see(below(entry), entry.isSymbolicLink())),
      );
  }

  async #read(folder: string, isFirst: boolean): Promise<readonly Dirent[]> {
    const found: Dirent[] = [];
    try {
      for await (const entry of await opendir(this.#at(folder))) {
        this.#entries += 1;
        if (this.#entries > this.#most) break;
        found.push(entry);
      }
    } catch (error) {
      if (isFirst) throw error;
      // It was removed meanwhile, with all that was in it.
      if (codeOf(error) !== 'ENOENT') this.#closed.push(folder);
    }
    return found;
  }

  async #see(path: string, isLink: boolean): Promise<void> {
    if (isLink && !(await this.#leadsInside(path))) {
      this.#strayLinks.push(path);
      return;
    }
    try {
      const stats = await (isLink ? stat : lstat)(this.#at(path));
      if (stats.isFile()) this.#files.set(path, foundFile(path, stats));
    } catch (error) {
      const isGone = codeOf(error) === 'ENOENT' && !hasLostBytes(path);
      // It was taken while the folder was read.
      if (!isGone) this.#files.set(path, foundFile(path, null));
    }
  }

  async #leadsInside(path: string): Promise<boolean> {
    try {
      return `${await realpath(this.#at(path))}${sep}`.startsWith(`${this.#realRoot}${sep}`);
    } catch {
      // Wherever it leads, nothing is there.
      return false;
    }
  }
}

/**
 * Finds the files below a folder that fit a pattern of which `globProblem` says nothing. Folders are followed as the pattern says,
 * symbolic links to folders are not, and those to files where they stay inside.
 *
 * @param most entries of folders that are looked at.
 * @throws what Node throws when the folder itself, or the fixed part of the pattern, cannot be read.
 */
export function scanFolder(root: string, pattern: string, most = mostEntries): Promise<Scan> {
  return new Scanning(root, most).scan(pattern);
}
