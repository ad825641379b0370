import { matchesGlob } from 'node:path';

/** Whether a segment of a pattern stands for more than itself. */
export const isWild = (segment: string): boolean => /[*?[\]{}!()]/.test(segment);

/** Whether files of several folders fit a pattern, so that two of them may have the same name. */
export const hasManyFolders = (pattern: string): boolean => pattern.split('/').slice(0, -1).some(isWild);

/** What is wrong with a pattern for files below a folder; undefined when nothing is. */
export function globProblem(pattern: string): string | undefined {
  if (pattern === '' || pattern.endsWith('/')) return 'names no file; write such as out/*.xml';
  if (pattern.startsWith('/') || /[\\\0]/.test(pattern))
    return 'must be a pattern below folder, written with /';
  const segments = pattern.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'must not contain empty segments, . or ..';
  if (/\{[^}]*\/[^}]*\}/.test(pattern)) return 'must not have a / between braces; write two monitors';
  if (segments.some((segment) => segment.includes('**') && segment !== '**'))
    return 'has ** beside other characters; it must be a segment of its own, such as out/**/*.xml';
  if (segments.at(-1) === '**') return 'ends with **; write which files, such as out/**/*';
  return undefined;
}

/** Whether a name fits one segment of a pattern. A hidden name fits only a segment that begins with its dot. */
export function fits(name: string, segment: string): boolean {
  if (!isWild(segment)) return name === segment;
  return name.startsWith('.') === segment.startsWith('.') && matchesGlob(name, segment);
}
