import { readFileSync, readdirSync } from 'node:fs';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type { ClassicDashboard } from '../../grafana/src/page.ts';

const folder = new URL('../../grafana/dashboards/', import.meta.url);

/** A committed dashboard. */
export interface Committed {
  readonly file: string;
  readonly text: string;
  readonly model: ClassicDashboard;
}

export function committedDashboards(): Committed[] {
  return readdirSync(folder).map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    return { file, text, model: JSON.parse(text) as ClassicDashboard };
  });
}

const isPanel = (panel: dashboard.Panel | dashboard.RowPanel): panel is dashboard.Panel =>
  panel.type !== 'row';

/** The panels of a dashboard without its rows. */
export function panelsOf(model: ClassicDashboard): dashboard.Panel[] {
  return (model.panels ?? []).filter(isPanel);
}

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant: boolean;
  readonly range: boolean;
  readonly datasource: { readonly uid: string };
}
export function targetsOf(panel: dashboard.Panel): Target[] {
  return (panel.targets ?? []) as unknown as Target[];
}

/** What the variables of a dashboard ask, as PromQL. */
export function variableSelectors({ templating }: ClassicDashboard): { name: string; expr: string }[] {
  return (templating.list ?? []).flatMap(({ name, definition = '' }) =>
    [...definition.matchAll(/^label_values\((.*), (\w+)\)$/g)].map(([, selector = '', label = '']) => ({
      name,
      expr: `group by (${label}) (${selector})`,
    })),
  );
}

/** Every expression of a dashboard with where it stands: of panels, annotations and variables. */
export function expressionsOf({ file, model }: Committed): { place: string; expr: string }[] {
  return [
    ...panelsOf(model).flatMap((panel) =>
      targetsOf(panel).map(({ refId, expr }) => ({ place: `${file}: ${panel.title ?? ''}: ${refId}`, expr })),
    ),
    ...(model.annotations.list ?? []).map(({ name, expr = '' }) => ({ place: `${file}: ${name}`, expr })),
    ...variableSelectors(model).map(({ name, expr }) => ({ place: `${file}: variable ${name}`, expr })),
  ];
}
