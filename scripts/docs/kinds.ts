import type { MonitorKind } from '../../src/monitors/contract.ts';
import { table } from './table.ts';

/** Which kind answers which question, as a table of Markdown. */
export function kindsTable(kinds: readonly MonitorKind[]): string {
  return table([['your question', 'kind'], ...kinds.map(({ kind, question }) => [question, `\`${kind}\``])]);
}
