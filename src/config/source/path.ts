/** Keys and list indexes from the root of a file to a value. */
export type Path = readonly (string | number)[];

/** Such as `monitors[2].late_after.warning`; a key that is not a plain word is put in brackets and quotes. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}
