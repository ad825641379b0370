/** The way to a value from the root of a file. */
export type Path = readonly (string | number)[];

/** `monitors[2].late_after.warning`; a key that is no plain word stands in brackets and quotes. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
