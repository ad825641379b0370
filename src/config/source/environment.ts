import type { Path } from './path.ts';

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expansion {
  readonly data: unknown;
  /** The paths (`JSON.stringify`) of the texts in which something was put in. */
  readonly expanded: ReadonlySet<string>;
  readonly problems: readonly { readonly path: Path; readonly message: string }[];
}

const placeholder = /\$\$\{|\$\{([A-Za-z_]\w*)\}/g;

/**
 * Puts environment variables in the place of `${NAME}`, in texts alone: keys, numbers and the structure of the file are
 * beyond its reach, whatever a variable holds. `$${` stands for a plain `${`; any other `$` stays as it is.
 *
 * @param isVerbatim tells the paths whose texts stay as they are.
 */
export function expandEnvironment(
  data: unknown,
  env: Environment,
  isVerbatim: (path: Path) => boolean,
): Expansion {
  const expanded = new Set<string>();
  const problems: { path: Path; message: string }[] = [];
  const expandText = (text: string, path: Path): string =>
    text.replaceAll(placeholder, (found: string, name: string | undefined) => {
      if (name === undefined) return '${';
      expanded.add(JSON.stringify(path));
      const value = env[name];
      if (value !== undefined) return value;
      problems.push({
        path,
        message: `the environment variable ${name} is not set; set it, or write $\${ for a plain \${`,
      });
      return found;
    });
  const visit = (value: unknown, path: Path): unknown => {
    if (typeof value === 'string')
      return value.includes('${') && !isVerbatim(path) ? expandText(value, path) : value;
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item, [...path, key])]));
  };
  return { data: visit(data, []), expanded, problems };
}
