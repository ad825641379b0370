import type { DisplayValueAlignmentFactors, FieldConfigSource, FieldDisplay } from '@grafana/data';
import type { VizTextDisplayOptions } from '@grafana/schema';
import { getDisplayValueAlignmentFactors, getFieldDisplayValues, VizOrientation } from '@grafana/data';
import type { VizRepeaterRenderValueProps } from '@grafana/ui';
import {
  BarGauge,
  BarGaugeDisplayMode,
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueJustifyMode,
  BigValueTextMode,
  VizRepeater,
} from '@grafana/ui';
import type { ReactElement } from 'react';
import { createElement } from 'react';
import type { Visualised } from '../visualisation.ts';
import { message } from './message.ts';

interface Options {
  readonly reduceOptions: { readonly calcs: string[]; readonly values?: boolean; readonly fields?: string };
  readonly orientation?: VizOrientation;
  readonly textMode?: BigValueTextMode;
  readonly colorMode?: BigValueColorMode;
  readonly graphMode?: BigValueGraphMode;
  readonly justifyMode?: BigValueJustifyMode;
  readonly displayMode?: BarGaugeDisplayMode;
  readonly text?: VizTextDisplayOptions;
}
type Repeated = VizRepeaterRenderValueProps<FieldDisplay, DisplayValueAlignmentFactors>;

const optionsOf = ({ placed }: Visualised): Options => placed.panel.options as unknown as Options;

function valuesOf({ placed, frames, theme, replaceVariables }: Visualised): FieldDisplay[] {
  return getFieldDisplayValues({
    data: frames,
    fieldConfig: (placed.panel.fieldConfig ?? { defaults: {}, overrides: [] }) as FieldConfigSource,
    reduceOptions: optionsOf({ placed } as Visualised).reduceOptions,
    replaceVariables,
    theme,
  });
}

function repeated(
  visualised: Visualised,
  renderValue: (props: Repeated) => ReactElement,
  grid: boolean,
): ReactElement {
  const { width, height, frames } = visualised;
  const { orientation = VizOrientation.Auto } = optionsOf(visualised);
  return createElement(VizRepeater<FieldDisplay, DisplayValueAlignmentFactors>, {
    getValues: () => valuesOf(visualised),
    getAlignmentFactors: getDisplayValueAlignmentFactors,
    renderValue,
    width,
    height,
    source: frames,
    renderCounter: 0,
    orientation,
    autoGrid: grid,
    itemSpacing: 8,
  });
}

/** Figures, one for each series, as a stat panel arranges them. */
export function figures(visualised: Visualised): ReactElement {
  if (valuesOf(visualised).length === 0) return message(visualised.placed.panel);
  const options = optionsOf(visualised);
  const one = ({ value, width, height, count, alignmentFactors }: Repeated): ReactElement =>
    createElement(BigValue, {
      className: 'figure',
      value: value.display,
      count,
      colorMode: options.colorMode ?? BigValueColorMode.Value,
      graphMode: options.graphMode ?? BigValueGraphMode.None,
      justifyMode: options.justifyMode ?? BigValueJustifyMode.Auto,
      textMode: options.textMode ?? BigValueTextMode.Auto,
      hasLinks: value.hasLinks,
      ...(options.text === undefined ? {} : { text: options.text }),
      alignmentFactors,
      theme: visualised.theme,
      width,
      height,
    });
  return repeated(visualised, one, true);
}

/** Horizontal bars, one for each series. */
export function bars(visualised: Visualised): ReactElement {
  if (valuesOf(visualised).length === 0) return message(visualised.placed.panel);
  const { displayMode = BarGaugeDisplayMode.Basic, text } = optionsOf(visualised);
  const one = ({ value, width, height, orientation, alignmentFactors }: Repeated): ReactElement =>
    createElement(BarGauge, {
      className: 'bar',
      value: value.display,
      field: value.field,
      display: value.view?.getFieldDisplayProcessor(value.colIndex ?? 0) as never,
      width,
      height,
      orientation,
      alignmentFactors,
      displayMode,
      ...(text === undefined ? {} : { text }),
      theme: visualised.theme,
    });
  return repeated(visualised, one, false);
}
