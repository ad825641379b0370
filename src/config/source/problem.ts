import type { ConfigProblem } from '../config.ts';

/** `file:line:column: path: message`, as compilers and editors understand it. */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = `${file}:${line}:${column}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

/** The same of something that is no mistake, but should be known. */
export function formatWarning(warning: ConfigProblem): string {
  return formatProblem({ ...warning, message: `warning: ${warning.message}` });
}
