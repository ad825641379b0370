import { maxLabelLength } from './accept.ts';

/**
 * Where a record can be looked at: the monitor's `record_url` with the key of the record, encoded, in the place of
 * `{record}`.
 *
 * @returns '' when there is no template, when it is no web address, and when the address would not fit a label: a cut
 *   one leads elsewhere.
 */
export function recordUrl(template: string | undefined, record: string): string {
  if (template === undefined || !/^https?:\/\//i.test(template)) return '';
  const url = template.replaceAll('{record}', encodeURIComponent(record.toWellFormed()));
  return url.length > maxLabelLength ? '' : url;
}
