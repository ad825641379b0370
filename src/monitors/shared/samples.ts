import type { Family, HistoryCount, Sample } from '../contract.ts';

/** Stands in the HELP of every polled metric, so that a cached figure is not taken for a live one. */
const polledAndCached = 'Polled and cached.';

/** `help` as one sentence or more, followed by the notice that the figure is polled and cached. */
export function polledHelp(help: string): string {
  const text = help.trim();
  return `${text}${/[.!?]$/.test(text) ? '' : '.'} ${polledAndCached}`;
}

/** Declares a gauge of a kind. `help` is a full sentence; the notice of `polledHelp` is added to it. */
export function polledGauge(
  name: string,
  help: string,
  unit: string,
  labels: readonly string[] = [],
): Family {
  return { name, help: polledHelp(help), type: 'gauge', labels, unit };
}

/** The same family, counted in the history of its monitor. */
export function inHistory(family: Family, history: HistoryCount): Family {
  return { ...family, history };
}

/**
 * Declares the threshold of a family, the one shape that thresholds have: `<metric>_threshold` with the label `severity`, in
 * the unit of the metric, which is compared with it by `>`. `labels` are those of the metric for which thresholds differ.
 */
export function thresholdOf(metric: Family, help: string, labels: readonly string[] = []): Family {
  return polledGauge(`${metric.name}_threshold`, help, metric.unit ?? '', [...labels, 'severity']);
}

export function sample(
  family: Family,
  company: string,
  value: number,
  labels: Readonly<Record<string, string>> = {},
): Sample {
  return { family, company, labels, value };
}

/** `text` as valid Unicode of at most `most` characters (code points), with `…` as the last one when it was cut. */
export function cutText(text: string, most: number): string {
  if (text.length <= most && text.isWellFormed()) return text;
  // A code point has at most two UTF-16 units: everything beyond can be dropped before the rest is counted.
  const beginning = text.slice(0, 2 * most + 2).toWellFormed();
  const hasPairs = /[\uD800-\uDFFF]/.test(beginning);
  const characters = hasPairs ? Array.from(beginning) : beginning;
  if (characters.length <= most) return beginning;
  const kept = characters.slice(0, Math.max(0, most - 1));
  // By way of bytes, since a slice of a text keeps the whole of it in memory.
  return Buffer.from(`${typeof kept === 'string' ? kept : kept.join('')}…`).toString();
}
