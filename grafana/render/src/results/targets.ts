import type { DataQuery, Panel } from '@grafana/schema';

/** A query of a dashboard as this project writes them. */
export interface Target extends DataQuery {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly format?: string;
}

export function targetsOf(panel: Panel): readonly Target[] {
  return (panel.targets ?? []) as unknown as readonly Target[];
}
