/** Values of series at one moment, by series as PromQL writes it: `name{label="value"}`. */
export type Values = Readonly<Record<string, number>>;

/** A series over time: one value a step, `undefined` where it was not scraped. */
type Track = (number | undefined)[];

/** Collects the values of moments, step by step, into series. */
export class Recording {
  readonly #tracks = new Map<string, Track>();
  #steps = 0;

  /** Adds one step; a series without a value was not scraped in it. */
  add(values: Values): void {
    for (const [series, value] of Object.entries(values)) {
      let track = this.#tracks.get(series);
      if (track === undefined) this.#tracks.set(series, (track = []));
      track.length = this.#steps;
      track.push(value);
    }
    this.#steps += 1;
  }

  /** As promtool takes it under `input_series`. */
  inputSeries(): { series: string; values: string }[] {
    return [...this.#tracks].map(([series, track]) => {
      track.length = this.#steps;
      return { series, values: promtoolValues(track) };
    });
  }
}

/**
 * The notation of promtool: `1+2x3` is 1 3 5 7, `_x3` three steps without a sample. What ends is marked `stale`, as
 * Prometheus does at a scrape that fails or lacks a series; else a value would live on for five minutes.
 */
export function promtoolValues(track: readonly (number | undefined)[]): string {
  const words: string[] = [];
  let at = 0;
  while (at < track.length) {
    const first = track[at];
    let last = at;
    if (first === undefined) {
      while (last + 1 < track.length && track[last + 1] === undefined) last += 1;
      const missing = last - at + 1;
      if (at > 0) words.push('stale');
      if (at === 0 || missing > 1) words.push(`_x${at === 0 ? missing : missing - 1}`);
    } else {
      const step = stepAfter(track, at);
      while (step !== undefined && track[last + 1] === first + step * (last + 1 - at)) last += 1;
      const sign = step !== undefined && step < 0 ? '' : '+';
      words.push(last === at ? String(first) : `${first}${sign}${step ?? 0}x${last - at}`);
    }
    at = last + 1;
  }
  return words.join(' ');
}

/** The step with which a run begins, undefined when there is no next value or when it is not worth a run. */
function stepAfter(track: readonly (number | undefined)[], at: number): number | undefined {
  const [first, second, third] = track.slice(at, at + 3);
  if (first === undefined || second === undefined) return undefined;
  const step = second - first;
  return step === 0 || third === second + step ? step : undefined;
}

/** `labels` as PromQL writes them between braces. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',');
}

/** A series with labels added to those that its text has. */
export function withLabels(series: string, labels: Readonly<Record<string, string>>): string {
  const text = labelText(labels);
  if (text === '') return series;
  return series.endsWith('}') ? `${series.slice(0, -1)},${text}}` : `${series}{${text}}`;
}
