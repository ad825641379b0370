import type { GrafanaTheme2 } from '@grafana/data';
import { createTheme } from '@grafana/data';
import type { Dashboard } from '@grafana/schema';
import { PanelChrome, ThemeContext } from '@grafana/ui';
import type { ReactElement } from 'react';
import { createElement } from 'react';
import { prepared } from '../src/display/panel.ts';
import { replacing } from '../src/display/links.ts';
import type { PlacedPanel } from '../src/placed.ts';
import { layOut, nameOf } from '../src/placed.ts';
import type { Recording } from '../src/results/answers.ts';
import { contextOf } from '../src/variables.ts';
import { bands } from './panels/bands.ts';
import { lines } from './panels/lines.ts';
import { table } from './panels/table.ts';
import { bars, figures } from './panels/values.ts';
import type { PlotRegister } from './plots.ts';
import type { Visualised } from './visualisation.ts';

/** Grafana's grid: the height of a unit and the gap between panels, in pixels. */
const unit = 30;
const gap = 8;
const columns = 24;
const padding = 16;

function visualisation(visualised: Visualised, register: PlotRegister): ReactElement {
  const { type } = visualised.placed.panel;
  switch (type) {
    case 'table':
      return table(visualised);
    case 'stat':
      return figures(visualised);
    case 'bargauge':
      return bars(visualised);
    case 'timeseries':
      return lines(visualised, register);
    case 'state-timeline':
      return bands(visualised);
    default:
      throw new Error(`no way to draw a panel of type ${type}`);
  }
}

export interface PageOptions {
  readonly dashboard: Dashboard;
  readonly recording: Recording;
  readonly mode: 'dark' | 'light';
  readonly width: number;
  /** Is given each plot that is drawn, with the name of its panel. */
  readonly register: (panel: string, plot: Parameters<PlotRegister>[0]) => void;
}

function boxOf(
  { place }: PlacedPanel,
  width: number,
): { left: number; top: number; width: number; height: number } {
  const column = (width - 2 * padding + gap) / columns;
  return {
    left: padding + Math.round(place.x * column),
    top: padding + place.y * (unit + gap),
    width: Math.round(place.w * column) - gap,
    height: place.h * (unit + gap) - gap,
  };
}

async function panelElement(
  options: PageOptions,
  placed: PlacedPanel,
  theme: GrafanaTheme2,
): Promise<ReactElement> {
  const { dashboard, recording, width } = options;
  const { panels = {}, range = { start: 0, end: 0, step: 1 } } =
    recording.dashboards[dashboard.uid ?? ''] ?? {};
  const name = nameOf(placed);
  const frames = await prepared({ dashboard, recording, theme }, placed, panels[name] ?? {});
  const box = boxOf(placed, width);
  const { title = '', description = '', type } = placed.panel;
  const replaceVariables = replacing(contextOf(dashboard, placed.scope));
  const content = (innerWidth: number, innerHeight: number): ReactElement =>
    visualisation(
      { placed, frames, range, theme, replaceVariables, width: innerWidth, height: innerHeight },
      (plot) => options.register(name, plot),
    );
  return createElement(
    'section',
    { key: name, 'data-panel': name, 'data-type': type, style: { position: 'absolute', ...box } },
    createElement(PanelChrome, {
      title,
      description,
      width: box.width,
      height: box.height,
      children: content,
    }),
  );
}

/** A whole dashboard as one sees it, without the application around it. */
export async function page(options: PageOptions): Promise<ReactElement> {
  const theme = createTheme({ colors: { mode: options.mode } });
  const { values = {} } = options.recording.dashboards[options.dashboard.uid ?? ''] ?? {};
  const { rows, panels } = layOut(options.dashboard, values);
  const headings = rows.map(({ title, y }, index) =>
    createElement(
      'h2',
      { className: 'heading', key: index, style: { top: padding + y * (unit + gap), left: padding } },
      title,
    ),
  );
  const elements = await Promise.all(panels.map((placed) => panelElement(options, placed, theme)));
  const bottom = Math.max(
    0,
    ...panels.map((placed) => boxOf(placed, options.width)).map(({ top, height }) => top + height),
  );
  const { background, text } = theme.colors;
  const style = {
    width: options.width,
    height: bottom + padding,
    background: background?.canvas,
    color: text?.primary,
  };
  return createElement(
    ThemeContext.Provider,
    { value: theme },
    createElement('main', { className: options.mode, style }, headings, elements),
  );
}
