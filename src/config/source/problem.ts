/** One mistake in a configuration file, 1-based. Its text is `file:line:column: path: message`. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `monitors[2].database`; '' for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** `file:line:column: path: message`, as compilers and editors understand it. */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = `${file}:${line}:${column}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}

/** The same of something that is no mistake, but should be known. */
export function formatWarning(warning: ConfigProblem): string {
  return formatProblem({ ...warning, message: `warning: ${warning.message}` });
}
