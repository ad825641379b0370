import type { Path } from './path.ts';

/** The environment variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Expansion {
  readonly data: unknown;
  /** Paths (`JSON.stringify`) of the texts in which a variable was replaced. */
  readonly expanded: ReadonlySet<string>;
  readonly problems: readonly { readonly path: Path; readonly message: string }[];
}

const placeholder = /\$\$\{|\$\{([A-Za-z_]\w*)\}/g;

/**
 * Replaces `${NAME}` in texts by the environment variable. Keys, numbers and the structure of the file are never changed,
 * whatever a variable contains. `$${` stands for a literal `${`; any other `$` is left as it is.
 *
 * @param isVerbatim whether the text at a path is left as it is.
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
        message: `environment variable ${name} is not set; set it, or write $\${ for a literal \${`,
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
