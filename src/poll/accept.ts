import { RunError } from '../monitors/contract.ts';
import type {
  Family,
  OpenRecord,
  OpenRecordEntry,
  Reading,
  RecordEntry,
  Sample,
} from '../monitors/contract.ts';

/** Longest label value, in characters. Prometheus itself sets no limit; its users' browsers and mails do. */
export const maxLabelLength = 256;

/** Valid Unicode (lone surrogates replaced), at most `maxLabelLength` characters, cut between characters. */
export function cleanLabel(text: string): string {
  const wellFormed = text.toWellFormed();
  if (wellFormed.length <= maxLabelLength) return wellFormed;
  const cut = wellFormed.slice(0, maxLabelLength - 1);
  // By way of bytes, since a slice of a text keeps the whole of it in memory.
  return Buffer.from(`${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`).toString();
}

function cleanSample(sample: Sample): Sample {
  const labels: Record<string, string> = {};
  for (const label of sample.family.labels) labels[label] = cleanLabel(sample.labels[label] ?? '');
  return { ...sample, labels };
}

function cleanTexts({ record, code, call }: RecordEntry) {
  return { record: cleanLabel(record), code: cleanLabel(code), call: cleanLabel(call) };
}

function cleanRecord(record: OpenRecord): OpenRecord {
  return { ...record, ...cleanTexts(record), error: cleanLabel(record.error) };
}

function cleanEntry(entry: OpenRecordEntry): OpenRecordEntry {
  return { ...entry, ...cleanTexts(entry), show: () => cleanRecord(entry.show()) };
}

function describeSeries(family: Family, sample: Sample): string {
  const labels = family.labels.map((label) => `${label}=${JSON.stringify(sample.labels[label])}`).join(', ');
  return `${family.name}{${labels}} for company ${sample.company}`;
}

/**
 * Makes a reading fit to be exported: labels cleaned, series counted and distinct. One monitor's bad reading must fail
 * that monitor alone, and never a scrape.
 *
 * @throws RunError `series` when there are more than `maxSeries` series or two with the same labels.
 */
export function acceptReading(reading: Reading, maxSeries: number): Reading {
  if (reading.samples.length > maxSeries)
    throw new RunError(
      'series',
      `the run would export ${reading.samples.length} series, more than max_series ${maxSeries}: ` +
        'group by fewer labels, or raise max_series',
    );
  const samples = reading.samples.map(cleanSample);
  const seen = new Set<string>();
  for (const sample of samples) {
    const { family } = sample;
    const key = [family.name, sample.company, ...family.labels.map((label) => sample.labels[label])].join(
      '\u0000',
    );
    if (seen.has(key))
      throw new RunError(
        'series',
        `two rows give the same series ${describeSeries(family, sample)}: add a label that tells them apart, or aggregate in SQL`,
      );
    seen.add(key);
  }
  const { allRecords } = reading;
  return {
    ...reading,
    samples,
    records: reading.records.map(cleanRecord),
    ...(allRecords === undefined ? {} : { allRecords: () => allRecords().map(cleanEntry) }),
  };
}
