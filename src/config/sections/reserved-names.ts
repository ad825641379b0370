import { exporterNames, retiredNames } from '../../exporter-families.ts';
import type { MonitorKind } from '../../monitors/contract.ts';

/** What Prometheus itself records of each scrape. */
const prometheusNames = ['up', 'scrape_duration_seconds'] as const;

/** `erp_failed_` of `erp_failed_records`, `process_` of `process_open_fds`; the whole name where it is a single word. */
function beginningOf(name: string): string {
  const pattern = name.startsWith('erp_') ? /^erp_[a-z0-9]+_/ : /^[a-z0-9]+_/;
  return pattern.exec(name)?.[0] ?? name;
}

/**
 * Says whether a name could be taken for a metric of the exporter or of Prometheus by the shipped rules and dashboards, or by
 * a reader: it is one of theirs, or begins with the same words.
 *
 * @param kinds whose families are reserved, besides those of the exporter itself.
 */
export function reservedNames(kinds: Iterable<MonitorKind>): (name: string) => boolean {
  const families = [...kinds].flatMap((kind) => kind.families.map(({ name }) => name));
  const all = [...families, ...exporterNames, ...retiredNames, ...prometheusNames];
  const names = new Set(all);
  const beginnings = new Set(all.map(beginningOf));
  return (name) => names.has(name) || beginnings.has(beginningOf(name));
}
