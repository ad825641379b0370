import { escapeLabel } from '../../../src/metrics/exposition.ts';

/** A series of some samples: a value, or nothing, at each time that is looked at. */
export interface PastSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** @param at milliseconds since 1970. @returns undefined: it was not scraped. */
  readonly value: (at: number) => number | undefined;
}

/** Times between scrapes: as far apart as a series lives. */
const scrapeMs = 240_000;

/** What Prometheus would have scraped, in the format of OpenMetrics. @param from milliseconds since 1970, as `until`. */
export function openMetrics(series: readonly PastSeries[], from: number, until: number): string {
  const byName = Map.groupBy(series, ({ name }) => name);
  const lines = [...byName].flatMap(([name, all]) => [
    `# TYPE ${name} gauge`,
    ...all.flatMap(({ labels, value }) => {
      const own = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
      const found: string[] = [];
      for (let at = from; at <= until; at += scrapeMs) {
        const sample = value(at);
        if (sample !== undefined) found.push(`${name}{${own.join(',')}} ${sample} ${at / 1000}`);
      }
      return found;
    }),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}
