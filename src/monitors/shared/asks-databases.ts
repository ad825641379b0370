import type { MonitorKind } from '../contract.ts';

/** Whether a kind has queries at all; see `MonitorKind.readsCompany`. */
export const asksDatabases = (kind: Pick<MonitorKind, 'readsCompany'>): boolean =>
  kind.readsCompany === undefined;
