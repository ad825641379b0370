import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Severity } from './promql.ts';
import { amount, amountSize, perCurrency } from './money.ts';
import { highest, severities, severityColors } from './promql.ts';

export type PanelBuilder = Builder<dashboard.Panel>;
export const datasource = { type: 'prometheus', uid: '${datasource}' };

/** What every panel has: it is not left to Grafana's defaults. */
export interface Heading {
  readonly title: string;
  readonly description: string;
  /** Id of a unit of Grafana, or `prefix:…`, `suffix:…`. */
  readonly unit: string;
  readonly decimals?: number;
}
export interface Query {
  readonly expr: string;
  readonly legend?: string;
  /** Its lines have the colour of the severity. */
  readonly severity?: Severity;
}

/** From this value on this colour; the first step begins at minus infinity. */
export type Steps = readonly (readonly [number | null, string])[];
export const neutral: Steps = [[null, 'text']];
export const noneIsGood: Steps = [
  [null, 'green'],
  [1, 'orange'],
];
export const noneIsVital: Steps = [
  [null, 'green'],
  [1, 'red'],
];

/** Texts and colours for single values. */
export type Words = Readonly<Record<string, { readonly text: string; readonly color: string }>>;
export function valueMapping(words: Words): dashboard.ValueMapping {
  return { type: dashboard.MappingType.ValueToText, options: { ...words } };
}

export function refIdOf(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

function targetOf({ expr, legend }: Query, index: number): prometheus.DataqueryBuilder {
  const target = new prometheus.DataqueryBuilder()
    .datasource(datasource)
    .editorMode(prometheus.QueryEditorMode.Code)
    .refId(refIdOf(index))
    .expr(expr);
  return legend === undefined ? target : target.legendFormat(legend);
}
/** The value of now, never the last one of the time range: a series that is gone must not go on to be shown. */
export function instantTarget(query: Query, index: number): prometheus.DataqueryBuilder {
  return targetOf(query, index).instant();
}
function rangeTarget(query: Query, index: number): prometheus.DataqueryBuilder {
  return targetOf(query, index).range();
}

export function thresholds(steps: Steps): dashboard.ThresholdsConfigBuilder {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

function lastValue(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
}

export interface StatOptions extends Heading {
  readonly queries: readonly Query[];
  readonly steps?: Steps;
  readonly words?: Words;
  /** Address that a click on a value opens. */
  readonly link?: { readonly title: string; readonly url: string };
  readonly noValue?: string;
  /** Colours the whole tile; otherwise the figure. */
  readonly tile?: boolean;
  readonly text?: common.BigValueTextMode;
  /** Of the figures, in pixels, where one that fills the panel would be of another size from day to day. */
  readonly size?: number;
}

/** A figure of a severity has the colour of that severity as soon as it is not zero. */
function colourSeverity(panel: stat.PanelBuilder, legend: string): void {
  const severity = severities.find((one) => one === legend);
  if (severity === undefined) return;
  const steps = [
    { value: null, color: 'green' },
    { value: 1, color: severityColors[severity] },
  ];
  panel.overrideByName(severity, [{ id: 'thresholds', value: { mode: 'absolute', steps } }]);
}

/** One figure, or one for each series. */
export function statPanel(options: StatOptions): PanelBuilder {
  const panel = new stat.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .unit(options.unit)
    .noValue(options.noValue ?? '–')
    .thresholds(thresholds(options.steps ?? neutral))
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
    .mappings(options.words === undefined ? [] : [valueMapping(options.words)])
    .targets(options.queries.map(instantTarget))
    .reduceOptions(lastValue())
    .graphMode(common.BigValueGraphMode.None)
    .justifyMode(common.BigValueJustifyMode.Auto)
    .textMode(options.text ?? common.BigValueTextMode.Auto)
    .colorMode(options.tile === true ? common.BigValueColorMode.Background : common.BigValueColorMode.Value);
  const size = options.size ?? (options.unit === amount ? amountSize : undefined);
  const sizes = new common.VizTextDisplayOptionsBuilder().titleSize(14);
  if (size !== undefined) panel.text(sizes.valueSize(size));
  else if (options.text === common.BigValueTextMode.ValueAndName) panel.text(sizes);
  for (const { legend = '' } of options.queries) colourSeverity(panel, legend);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  if (options.link !== undefined)
    panel.overrideByRegexp('/.*/', [{ id: 'links', value: [{ ...options.link, targetBlank: false }] }]);
  return panel;
}

export interface Limit extends Query {
  readonly severity: Severity;
}
export interface LinesOptions extends Heading {
  readonly queries: readonly Query[];
  /** Drawn as dashed lines in the colour of their severity. */
  readonly limits?: readonly Limit[];
  readonly bars?: boolean;
  readonly stacked?: boolean;
  readonly max?: number;
  /** In a panel that is a third of the page wide. */
  readonly narrow?: boolean;
}

function limitOverride({ severity }: Limit): dashboard.DynamicConfigValue[] {
  return [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
    { id: 'custom.lineWidth', value: 1 },
    { id: 'custom.fillOpacity', value: 0 },
    { id: 'custom.stacking', value: { mode: 'none', group: 'limits' } },
    { id: 'color', value: { mode: 'fixed', fixedColor: severityColors[severity] } },
  ];
}

const mostLines = 8;
/** Their names are below them, and must leave them room. */
const mostLinesInNarrow = 3;

/** A point for every five pixels of a panel, or every ten minutes of a day: a quarter of the work of one for each pixel. */
const mostPoints = 144;
/** Of bands, one for every twenty minutes of a day: every state of every job is read for each. */
const mostBandPoints = 72;

/** The highest lines of each query: no more than can be told apart. */
function fewLines(queries: readonly Query[], isNarrow: boolean): Query[] {
  const count = Math.max(1, Math.floor((isNarrow ? mostLinesInNarrow : mostLines) / queries.length));
  return queries.map((query) =>
    /\{\{(company|monitor|database)\}\}/.test(query.legend ?? '')
      ? { ...query, expr: highest(query.expr, count) }
      : query,
  );
}

/** Beside the lines; in a narrow panel below them, where names have room. */
function legendOf(isNarrow: boolean): common.VizLegendOptionsBuilder {
  const legend = new common.VizLegendOptionsBuilder().calcs([]).showLegend(true);
  return isNarrow
    ? legend.displayMode(common.LegendDisplayMode.List).placement(common.LegendPlacement.Bottom)
    : legend.displayMode(common.LegendDisplayMode.Table).placement(common.LegendPlacement.Right).width(256);
}

/** Of the area below lines, in percent; none where lines cross: its colour would be that of none of them. */
function fillOf({ bars = false, stacked = false }: LinesOptions): number {
  if (bars) return 80;
  return stacked ? 30 : 0;
}

/** Lines or bars over time, with their limits. */
export function linesPanel(options: LinesOptions): PanelBuilder {
  const limits = options.limits ?? [];
  const panel = new timeseries.PanelBuilder()
    .maxDataPoints(mostPoints)
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .unit(options.unit)
    .min(0)
    .noValue('–')
    .targets([...fewLines(options.queries, options.narrow === true), ...limits].map(rangeTarget))
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.PaletteClassicByName))
    .drawStyle(options.bars === true ? common.GraphDrawStyle.Bars : common.GraphDrawStyle.Line)
    .lineWidth(options.bars === true ? 0 : 2)
    .fillOpacity(fillOf(options))
    .showPoints(common.VisibilityMode.Never)
    .spanNulls(false)
    .stacking(
      new common.StackingConfigBuilder().mode(
        options.stacked === true ? common.StackingMode.Normal : common.StackingMode.None,
      ),
    )
    .legend(legendOf(options.narrow === true))
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
  limits.forEach((one, index) =>
    panel.overrideByQuery(refIdOf(options.queries.length + index), limitOverride(one)),
  );
  options.queries.forEach(({ severity }, index) => {
    if (severity !== undefined)
      panel.overrideByQuery(refIdOf(index), [
        { id: 'color', value: { mode: 'fixed', fixedColor: severityColors[severity] } },
      ]);
  });
  if (options.unit === amount) perCurrency(panel);
  if (options.decimals !== undefined) panel.decimals(options.decimals);
  // Ages below a few units would have ticks such as 1.2 min.
  const isAge = /^suffix:(min|h|d)$/.test(options.unit);
  // Counts that are all 0 would have ticks up to 100.
  const isCount = options.unit === 'none' && options.decimals === 0;
  if (isAge || isCount) panel.axisSoftMax(5);
  if (options.max !== undefined) panel.max(options.max);
  return panel;
}

export interface BarsOptions extends Heading {
  readonly query: Query;
  readonly steps?: Steps;
}

/** In pixels. Grafana measures the column of names by the height of the bars: names so small are whole. */
const barNameSize = 12;

/** One horizontal bar for each series, as they are now. */
export function barsPanel(options: BarsOptions): PanelBuilder {
  return new bargauge.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .unit(options.unit)
    .min(0)
    .noValue('–')
    .thresholds(thresholds(options.steps ?? [[null, 'blue']]))
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
    .targets([instantTarget(options.query, 0)])
    .reduceOptions(lastValue())
    .text(new common.VizTextDisplayOptionsBuilder().titleSize(barNameSize).valueSize(16))
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .valueMode(common.BarGaugeValueMode.Text);
}

export interface StatesOptions extends Heading {
  readonly query: Query;
  readonly words: Words;
}

/** Coloured bands over time. */
export function statesPanel(options: StatesOptions): PanelBuilder {
  return new statetimeline.PanelBuilder()
    .maxDataPoints(mostBandPoints)
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .unit(options.unit)
    .noValue('–')
    .mappings([valueMapping(options.words)])
    .colorScheme(new dashboard.FieldColorBuilder().mode(dashboard.FieldColorModeId.Thresholds))
    .targets([rangeTarget(options.query, 0)])
    .mergeValues(true)
    .showValue(common.VisibilityMode.Never)
    .rowHeight(0.8)
    .legend(
      new common.VizLegendOptionsBuilder()
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom)
        .showLegend(true),
    );
}
