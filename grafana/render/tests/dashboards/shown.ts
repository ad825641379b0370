import type { DataFrame } from '@grafana/data';
import type { Dashboard, Panel } from '@grafana/schema';
import { shippedDashboards } from '../../src/dashboards.ts';
import { prepared } from '../../src/display/panel.ts';
import type { Column } from '../../src/display/table.ts';
import { columnsOf } from '../../src/display/table.ts';
import type { PlacedPanel } from '../../src/placed.ts';
import { layOut, nameOf } from '../../src/placed.ts';
import type { Answer } from '../../src/results/answers.ts';
import { readFixtures } from '../../src/results/fixtures.ts';

export const recording = readFixtures();

/** A panel of a dashboard with what was answered to its queries. */
export interface Shown {
  /** Such as `erp-jobs: Jobs`. */
  readonly title: string;
  readonly dashboard: Dashboard;
  readonly placed: PlacedPanel;
  readonly answers: Readonly<Record<string, Answer>>;
}

function panelsOf(dashboard: Dashboard): Shown[] {
  const uid = dashboard.uid ?? '';
  const { values = {}, panels = {} } = recording.dashboards[uid] ?? {};
  return layOut(dashboard, values).panels.map((placed) => ({
    title: `${uid}: ${nameOf(placed)}`,
    dashboard,
    placed,
    answers: panels[nameOf(placed)] ?? {},
  }));
}

export const dashboards = shippedDashboards();
const allPanels = dashboards.flatMap(panelsOf);

/** The panels of the types that are given, or all, as rows for `it.each`. */
export function everyPanel(...types: readonly string[]): [string, Shown][] {
  const wanted = allPanels.filter(({ placed }) => types.length === 0 || types.includes(placed.panel.type));
  return wanted.map((shown) => [shown.title, shown]);
}

/** The frames of a panel, ready to be shown. */
export async function framesOf({ dashboard, placed, answers }: Shown): Promise<DataFrame[]> {
  return prepared({ dashboard, recording }, placed, answers);
}

/** The columns of a table with what their cells show, the hidden ones included. */
export async function tableOf(shown: Shown): Promise<Column[]> {
  return columnsOf(await framesOf(shown));
}

/** Texts of a panel's properties, wherever they stand. */
export function overridesOf(
  panel: Panel,
): { readonly matched: unknown; readonly id: string; readonly value: unknown }[] {
  return (panel.fieldConfig?.overrides ?? []).flatMap(({ matcher, properties }) =>
    properties.map(({ id, value }) => ({ matched: matcher.options, id, value: value })),
  );
}
