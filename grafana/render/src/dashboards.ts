import { readFileSync, readdirSync } from 'node:fs';
import type { Dashboard } from '@grafana/schema';

const folder = new URL('../../dashboards/', import.meta.url);

/** The dashboards as they are shipped, in the order of their files. */
export function shippedDashboards(): Dashboard[] {
  return readdirSync(folder)
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Dashboard);
}
