/*
 * This file and main.ts are read by every Node.js back to 16: no import of ours, no newer syntax. The others need what
 * `engines` in package.json names. `node:sqlite` decides: since 22.16 it says which types columns are declared with and
 * waits for locks, which the driver of SQLite files needs; the line of 23 has ended. What else is used is older:
 * `Promise.withResolvers` and `Array.fromAsync` came with 22.0, `URL.parse` with 22.1, `process.getBuiltinModule` with 22.3.
 */

/** `^MAJOR.MINOR.PATCH` or `>=MAJOR.MINOR.PATCH`, of which `engines` may name several. */
function rangesOf(engines: string): { readonly isOpen: boolean; readonly least: readonly number[] }[] {
  return engines.split('||').map((range) => ({
    isOpen: range.trim().startsWith('>='),
    least: numbersOf(range),
  }));
}

function numbersOf(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}

function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (const [index, number] of least.entries()) {
    const own = version[index] ?? 0;
    if (own !== number) return own > number;
  }
  return true;
}

/**
 * Why the program cannot run on this Node.js, as one sentence; undefined when it can.
 *
 * @param version such as `v20.20.2`.
 * @param engines such as `^22.16.0 || >=24.0.0`.
 */
export function refusalOf(version: string, engines: string): string | undefined {
  const own = numbersOf(version);
  const ranges = rangesOf(engines);
  if (ranges.some(({ isOpen, least }) => isAtLeast(own, least) && (isOpen || own[0] === least[0])))
    return undefined;
  const wanted = ranges.map(({ isOpen, least }) =>
    isOpen ? `${least.join('.')} or later` : `${least.join('.')} or a later ${String(least[0])}.x`,
  );
  return `erp-exporter needs Node.js ${wanted.join(', or ')}, and this is Node.js ${version.replace(/^v/, '')}.`;
}
