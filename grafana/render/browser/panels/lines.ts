import { dateTime } from '@grafana/data';
import type { VizLegendOptions } from '@grafana/schema';
import { TimeSeries } from '@grafana/ui';
import type { ReactElement } from 'react';
import { createElement } from 'react';
import { timeZone } from '../../src/display/panel.ts';
import type { PlotRegister } from '../plots.ts';
import type { Visualised } from '../visualisation.ts';
import { message } from './message.ts';

/** Lines or bars over time. @param register is given the plot, from which its ticks can be read. */
export function lines(visualised: Visualised, register: PlotRegister): ReactElement {
  const { placed, frames, range, width, height } = visualised;
  if (frames.length === 0) return message(placed.panel);
  const { legend } = placed.panel.options as unknown as { readonly legend: VizLegendOptions };
  const from = dateTime(range.start * 1000);
  const to = dateTime(range.end * 1000);
  return createElement(TimeSeries, {
    frames,
    width,
    height,
    timeRange: { from, to, raw: { from, to } },
    timeZone,
    legend,
    children: (builder) => {
      builder.addHook('draw', register);
      return null;
    },
  });
}
