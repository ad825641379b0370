import { company } from './company.ts';
import { errors } from './errors.ts';
import { exporter } from './exporter.ts';
import { flow } from './flow.ts';
import { jobs } from './jobs.ts';
import { overview } from './overview.ts';
import { dashboardOf } from './page.ts';
import { reconciliation } from './reconciliation.ts';

/** The dashboards as JSON texts, by the name of their file. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const pages = [overview, company, flow, reconciliation, jobs, errors, exporter];
  return new Map(
    pages.map((page) => [`${page.uid}.json`, `${JSON.stringify(dashboardOf(page), null, 2)}\n`]),
  );
}
