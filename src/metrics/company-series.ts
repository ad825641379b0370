/** The series of a company begin like this; in the value of another label the quote would be escaped. */
const companyLabel = /[{,]company="((?:[^"\\]|\\.)*)"/;

/** A name as the text format writes it. */
const labelValue = (name: string): string =>
  name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/**
 * The part of a text of metrics that bears the label `company` with one of these names, each family with its HELP and TYPE. What
 * belongs to no company is left out. Pure.
 */
export function seriesOfCompanies(text: string, companies: Iterable<string>): string {
  const values = new Set([...companies].map(labelValue));
  const kept: string[] = [];
  let header: string[] = [];
  let inHeader = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) {
      if (!inHeader) header = [];
      inHeader = true;
      header.push(line);
      continue;
    }
    inHeader = false;
    const value = companyLabel.exec(line)?.[1];
    if (value === undefined || !values.has(value)) continue;
    kept.push(...header, line);
    header = [];
  }
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`;
}
