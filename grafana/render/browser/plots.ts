import type uPlot from 'uplot';

export type PlotRegister = (plot: uPlot) => void;

/** An axis as it is drawn. */
export interface Ticks {
  /** Name of the scale; `x` is the time. */
  readonly scale: string;
  readonly texts: readonly string[];
}

/** What uPlot keeps of an axis beside what its types declare. */
interface DrawnAxis extends uPlot.Axis {
  readonly _values?: readonly (string | number | null)[] | null;
}

export function ticksOf(plot: uPlot): Ticks[] {
  const axes: readonly DrawnAxis[] = plot.axes;
  return axes.map(({ scale = 'x', _values }) => ({
    scale,
    texts: (_values ?? []).map((text) => String(text ?? '')).filter((text) => text !== ''),
  }));
}
