import type { Dashboard, Panel, RowPanel } from '@grafana/schema';

/** What a variable is set to: `$__all` or the chosen values. */
export type Chosen = readonly string[];
export type Scope = Readonly<Record<string, Chosen>>;
export const all: Chosen = ['$__all'];

/** A panel where it stands on the screen, with the values of the variables that it is repeated for. */
export interface PlacedPanel {
  readonly panel: Panel;
  readonly scope: Scope;
  /** Heading of its row; empty above the first. */
  readonly section: string;
  /** In units of Grafana's grid, 24 of them wide. */
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}
export interface PlacedRow {
  readonly title: string;
  readonly y: number;
}

const isRow = (panel: Panel | RowPanel): panel is RowPanel => panel.type === 'row';

interface Section {
  readonly row: RowPanel | undefined;
  readonly panels: readonly Panel[];
}

function sectionsOf(dashboard: Dashboard): Section[] {
  const sections: { row: RowPanel | undefined; panels: Panel[] }[] = [{ row: undefined, panels: [] }];
  for (const panel of dashboard.panels ?? [])
    if (isRow(panel)) sections.push({ row: panel, panels: [...panel.panels] });
    else sections.at(-1)?.panels.push(panel);
  return sections;
}

/** A variable of which one value is chosen stands at the first when a dashboard is opened. */
function chosenOf(dashboard: Dashboard, name: string, values: readonly string[]): readonly string[] {
  const multi = dashboard.templating?.list?.some((one) => one.name === name && one.multi === true);
  return multi === true ? values : values.slice(0, 1);
}

function heightOf({ panels }: Section, top: number): number {
  return Math.max(0, ...panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0) - top));
}

/**
 * Rows and panels as they lie below each other: a row that is repeated is there for each value of its variable, with its
 * panels.
 *
 * @param values every value of each variable.
 */
export function layOut(
  dashboard: Dashboard,
  values: Readonly<Record<string, readonly string[]>>,
): { rows: PlacedRow[]; panels: PlacedPanel[] } {
  const rows: PlacedRow[] = [];
  const panels: PlacedPanel[] = [];
  let y = 0;
  for (const section of sectionsOf(dashboard)) {
    const { row } = section;
    const top = row?.gridPos?.y ?? 0;
    const repeat = row?.repeat;
    const scopes: Scope[] =
      repeat === undefined
        ? [{}]
        : chosenOf(dashboard, repeat, values[repeat] ?? []).map((value) => ({ [repeat]: [value] }));
    for (const scope of scopes) {
      const title = (row?.title ?? '').replace(
        /\$(\w+)/g,
        (match, name: string) => scope[name]?.[0] ?? match,
      );
      if (row !== undefined) rows.push({ title, y });
      for (const panel of section.panels) {
        const { x = 0, y: panelY = 0, w = 24, h = 8 } = panel.gridPos ?? {};
        panels.push({ panel, scope, section: title, place: { x, y: y + panelY - top, w, h } });
      }
      y += heightOf(section, top);
    }
  }
  return { rows, panels };
}

/** Name of a panel within its dashboard, such as `Jobs` or, where it is repeated, `Last reading (company=acme)`. */
export function nameOf({ panel, scope }: Pick<PlacedPanel, 'panel' | 'scope'>): string {
  const scoped = Object.entries(scope).map(([name, values]) => ` (${name}=${values.join(',')})`);
  return `${panel.title ?? ''}${scoped.join('')}`;
}
