/** Before a marker, in a line of its own at the end of what the bridge writes. */
const prefix = 'erp-exporter: ';
const line = /^erp-exporter: ([A-Za-z0-9-]+)\s*$/gm;

/** The line that says a marker. */
export function markerLine(marker: string): string {
  return prefix + marker;
}

/**
 * Whether the bridge wrote this text with this marker. The last line that looks so counts: lines before it may stem from the data
 * of a record.
 */
export function hasMarker(text: string | null | undefined, marker: string): boolean {
  const last = [...(text ?? '').matchAll(line)].at(-1);
  return last?.[1] === marker;
}
