import { kinds } from '../monitors/kinds.ts';
import { columnRows } from './support/column-list.ts';
import { UsageError, meant } from './support/command-line.ts';

export interface ColumnsOptions {
  /** A kind of monitor. */
  readonly kind: string;
  /** Receives each line, without its newline. */
  readonly write: (line: string) => void;
}

/** Cells in columns of equal width. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/**
 * `erp-exporter columns KIND`: what the queries of such a monitor must or may return.
 *
 * @returns the exit code.
 * @throws UsageError for a kind that has no columns of its own.
 */
export function listColumns({ kind, write }: ColumnsOptions): number {
  const described = kinds.filter(({ columns }) => columns !== undefined);
  const found = described.find((candidate) => candidate.kind === kind);
  if (found === undefined) {
    const names = described.map((candidate) => candidate.kind);
    const hint = meant(kind, names) || `: write one of ${names.join(', ')}`;
    throw new UsageError(
      `no kind of monitor is called ${JSON.stringify(kind)}, or it has no columns of its own${hint}`,
    );
  }
  for (const [key, columns] of Object.entries(found.columns ?? {})) {
    write(`${key}:`);
    for (const line of aligned(columnRows(columns))) write(`  ${line}`);
  }
  return 0;
}
