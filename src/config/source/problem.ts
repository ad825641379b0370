import { cutSecrets } from '../../secrets.ts';

/** One problem in a configuration file, 1-based. It is printed as `file:line:column: path: message`. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `monitors[2].database`; '' for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** `file:line:column: path: message`, the form that editors recognise, without what looks like a secret. */
export function formatProblem({ file, line, column, path, message }: ConfigProblem): string {
  const place = `${file}:${line}:${column}`;
  return `${place}: ${cutSecrets(path === '' ? message : `${path}: ${message}`)}`;
}

/** As `formatProblem`, for a problem that does not make the configuration invalid. */
export function formatWarning(warning: ConfigProblem): string {
  return formatProblem({ ...warning, message: `warning: ${warning.message}` });
}
