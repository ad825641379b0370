import { access } from 'node:fs/promises';
import { RunError } from '../contract.ts';
import { errorPath, readErrorText } from './error-text.ts';
import { scanFolder } from './scan.ts';
import type { FoundFile, Scan } from './scan.ts';
import { companyPlaceholder } from './settings.ts';
import type { Settings } from './settings.ts';

/** A failed file, with the text of the file that says why; undefined where there is none. */
export interface FailedFile extends FoundFile {
  readonly text: string | undefined;
}

/** What was seen in the folder of one company; undefined for what is not watched. */
export interface Seen {
  readonly waiting: Scan | undefined;
  readonly failed: (Scan & { readonly files: readonly FailedFile[] }) | undefined;
  readonly finished: Scan | undefined;
  /** Failed files whose message was not read, since there are too many. */
  readonly unread: number;
}

/** Most messages of failed files that one run reads; those of the others are not known. */
export const mostErrorTexts = 2000;
const atOnce = 16;

const permissionCodes: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);

/** Why a folder could not be read. Whatever it is, nothing is known of what is in it. */
function runErrorOf(error: unknown, path: string): RunError {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string')
    return new RunError('internal', error instanceof Error ? error.message : String(error), { cause: error });
  const { code } = error;
  if (permissionCodes.has(code))
    return new RunError(
      'permission',
      `${path} may not be read (${code}): give the user of erp-exporter the rights to list the folder and to read its files`,
      { cause: error },
    );
  const why = code === 'ENOENT' ? 'is not there' : 'cannot be read';
  return new RunError('unreachable', `${path} ${why} (${code}): is it mounted, and is the path right?`, {
    cause: error,
  });
}

/** The folder of a company. @throws RunError for a company whose name would lead elsewhere. */
export function folderOf({ folder }: Pick<Settings, 'folder'>, company: string): string {
  if (folder.includes(companyPlaceholder) && (/[/\0]/.test(company) || company === '.' || company === '..'))
    throw new RunError('unreachable', `company ${JSON.stringify(company)} is no name of a folder`);
  return folder.replaceAll(companyPlaceholder, company).replace(/(?<=.)\/+$/, '');
}

/** Oldest first, those of unknown age last. */
const byAge = (one: FoundFile, other: FoundFile): number =>
  (one.modified ?? Infinity) - (other.modified ?? Infinity) || (one.path < other.path ? -1 : 1);

/** The failed files, without those that only say why others failed, and with what these say. */
async function withTexts(
  root: string,
  scan: Scan,
  template: string | undefined,
): Promise<{ readonly files: readonly FailedFile[]; readonly unread: number }> {
  if (template === undefined)
    return { files: scan.files.map((file) => ({ ...file, text: undefined })), unread: 0 };
  const pathOf = ({ path }: FoundFile) => errorPath(path, template);
  const told = new Set(scan.files.flatMap((file) => (pathOf(file) === file.path ? [] : [pathOf(file)])));
  const failed = scan.files.filter(({ path }) => !told.has(path)).sort(byAge);
  const files: FailedFile[] = [];
  for (let start = 0; start < failed.length; start += atOnce) {
    const texts = failed.slice(start, start + atOnce).map(async (file, index): Promise<FailedFile> => {
      const path = pathOf(file);
      const isRead = path !== undefined && start + index < mostErrorTexts;
      return { ...file, text: isRead ? await readErrorText(root, path) : undefined };
    });
    files.push(...(await Promise.all(texts)));
  }
  return { files, unread: Math.max(0, failed.length - mostErrorTexts) };
}

/** Reads the folder of one company. @throws RunError */
export async function readFolder(root: string, settings: Settings): Promise<Seen> {
  const { must_exist: mustExist, waiting, failed, finished } = settings;
  const scan = async (watched: { readonly files: string } | undefined) => {
    if (watched === undefined) return undefined;
    try {
      return await scanFolder(root, watched.files);
    } catch (error) {
      throw runErrorOf(error, `${root}/${watched.files}`);
    }
  };
  if (mustExist !== undefined) await checkThere(root, mustExist);
  const seen = { waiting: await scan(waiting), finished: await scan(finished) };
  const failures = await scan(failed);
  if (failures === undefined) return { ...seen, failed: undefined, unread: 0 };
  const { files, unread } = await withTexts(root, failures, failed?.error?.file);
  return { ...seen, failed: { ...failures, files }, unread };
}

/** @throws RunError `blind` when what is always there is not: then an empty folder proves nothing. */
async function checkThere(root: string, mustExist: string): Promise<void> {
  const path = `${root}/${mustExist}`;
  try {
    await access(path);
  } catch (error) {
    throw new RunError(
      'blind',
      `${path}, which must_exist names, is not there: the folder may be one whose mount is gone, so that no file in it would prove nothing`,
      { cause: error },
    );
  }
}
