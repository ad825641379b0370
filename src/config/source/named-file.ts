import { readSecret, resolveBeside } from './files.ts';
import type { Path } from './path.ts';
import type { Report } from './report.ts';

/** A file that a key names. */
export interface NamedFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** Where a file is named. */
export interface NamingPlace {
  readonly report: Report;
  /** The configuration's own file. */
  readonly file: string;
}

/** The file that a key names, which must hold something; undefined when that is not so, which is reported. */
export async function namedFile(
  name: string,
  at: Path,
  { report, file }: NamingPlace,
): Promise<NamedFile | undefined> {
  const path = resolveBeside(file, name);
  const found = await readSecret(path);
  if ('fault' in found) report.problem(at, `the file cannot be read: ${found.fault}`);
  else if (found.text.trim() === '') report.problem(at, 'the file is empty; write the value into it');
  else return { path, text: found.text };
  return undefined;
}

/** The certificates of a file that a key names; undefined when it holds none, which is reported, or no key does. */
export async function namedCertificates(
  name: string | undefined,
  at: Path,
  place: NamingPlace,
): Promise<string | undefined> {
  const found = name === undefined ? undefined : await namedFile(name, at, place);
  if (found === undefined || found.text.includes('-----BEGIN ')) return found?.text;
  place.report.problem(at, 'the file is no PEM text; it must hold "-----BEGIN …"');
  return undefined;
}

/** Whether what is sent to a host stays on this machine. */
export const isOwnMachine = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
