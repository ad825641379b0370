import * as common from '@grafana/grafana-foundation-sdk/common';
import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as table from '@grafana/grafana-foundation-sdk/table';
import type { PanelBuilder, Steps, Words } from './panels.ts';
import { datasource, instantTarget, refIdOf, valueMapping } from './panels.ts';

/** How a column looks. */
export interface Look {
  /** Not shown: every row has the same label, or the query is there for its labels only. */
  readonly hidden?: boolean;
  /** Not shown either, but there for the links of other columns. */
  readonly forLinks?: boolean;
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  /** Wraps its text. With a number of pixels instead of a width it takes an even part of the room that is left, at least so many. */
  readonly wraps?: number | true;
  readonly words?: Words;
  /** Colours the cell by its value. */
  readonly steps?: Steps;
  /** `elsewhere`: to another site, in a tab of its own. */
  readonly link?: { readonly title: string; readonly url: string; readonly elsewhere?: boolean };
}
/** A label of the series that is shown as a column. */
export interface LabelColumn extends Look {
  readonly label: string;
  readonly name: string;
}
/** The values of a query as a column; rows of several queries meet by the labels that all of them have. */
export interface ValueColumn extends Look {
  readonly expr: string;
  readonly name: string;
}
export type Column = LabelColumn | ValueColumn;

export interface TableOptions {
  readonly title: string;
  readonly description: string;
  readonly columns: readonly Column[];
  /** Name of the column that rows are ordered by. */
  readonly sortBy: string;
  readonly descending?: boolean;
  /** Orders the rows that are equal in `sortBy`. */
  readonly thenBy?: { readonly name: string; readonly descending: boolean };
  /** Only rows whose value in this column is over zero. */
  readonly onlyOver?: string;
  /** Stands in the panel when there is no row. */
  readonly noValue?: string;
}

/** Grafana 12.2 renamed the first property to the second: whichever one knows, it hides the column. */
const hiddenField: readonly dashboard.DynamicConfigValue[] = [
  { id: 'custom.hidden', value: true },
  { id: 'custom.hideFrom', value: { viz: true, legend: false, tooltip: false } },
];

const isValue = (column: Column): column is ValueColumn => 'expr' in column;

/** How wide a cell is, and whether it is a coloured or a wrapped text. */
function cell({ width, wraps, words, steps }: Column): dashboard.DynamicConfigValue[] {
  const type = words === undefined && steps === undefined ? 'auto' : 'color-text';
  return [
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    // A number that is shown as words is read as a text.
    ...(words === undefined ? [] : [{ id: 'custom.align', value: 'left' }]),
    ...(wraps === undefined
      ? []
      : [
          ...(width === undefined && wraps !== true ? [{ id: 'custom.minWidth', value: wraps }] : []),
          { id: 'custom.wrapText', value: true },
        ]),
    ...(type === 'auto' && wraps === undefined
      ? []
      : [{ id: 'custom.cellOptions', value: { type, ...(wraps === undefined ? {} : { wrapText: true }) } }]),
  ];
}

function properties(column: Column): dashboard.DynamicConfigValue[] {
  const { decimals, words, steps, link, forLinks } = column;
  // A text is a text: under any other unit Grafana reads "0012345" and "12E4" as numbers.
  const unit = isValue(column) ? (column.unit ?? 'none') : 'string';
  return [
    { id: 'unit', value: unit },
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...cell(column),
    ...(words === undefined ? [] : [{ id: 'mappings', value: [valueMapping(words)] }]),
    ...(steps === undefined
      ? []
      : [
          {
            id: 'thresholds',
            value: { mode: 'absolute', steps: steps.map(([value, color]) => ({ value, color })) },
          },
        ]),
    ...(link === undefined
      ? []
      : [
          {
            id: 'links',
            value: [{ title: link.title, url: link.url, targetBlank: link.elsewhere === true }],
          },
        ]),
    ...(forLinks === true ? hiddenField : []),
  ];
}

/**
 * What Grafana calls the column of each query: `Value` when only one answers, else `Value #A`. A query without a result
 * may not count, hence the first column also goes by the short name.
 */
function fieldsOf(columns: readonly Column[]): ReadonlyMap<string, string> {
  const values = columns.filter(isValue);
  const names = new Map<string, string>();
  for (const column of columns)
    if (isValue(column)) {
      const index = values.indexOf(column);
      if (index === 0) names.set('Value', column.name);
      if (values.length > 1) names.set(`Value #${refIdOf(index)}`, column.name);
    } else names.set(column.label, column.name);
  return names;
}

function transformations({ columns, onlyOver }: TableOptions): dashboard.DataTransformerConfig[] {
  const fields = [...fieldsOf(columns)];
  const hiddenNames = columns.filter(({ hidden }) => hidden === true).map(({ name }) => name);
  const hidden = fields.filter(([, name]) => hiddenNames.includes(name)).map(([field]) => field);
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(['Time', ...hidden].map((field) => [field, true])),
        indexByName: Object.fromEntries(fields.map(([field], index) => [field, index])),
        renameByName: Object.fromEntries(fields),
      },
    },
    ...(onlyOver === undefined
      ? []
      : [
          {
            id: 'filterByValue',
            options: {
              type: 'include',
              match: 'any',
              filters: [{ fieldName: onlyOver, config: { id: 'greater', options: { value: 0 } } }],
            },
          },
        ]),
  ];
}

function ordersOf({
  sortBy,
  descending = false,
  thenBy,
}: TableOptions): { name: string; descending: boolean }[] {
  return [{ name: sortBy, descending }, ...(thenBy === undefined ? [] : [thenBy])];
}

/** A table of what is now. */
export function tablePanel(options: TableOptions): PanelBuilder {
  const values = options.columns.filter(isValue);
  const panel = new table.PanelBuilder()
    .title(options.title)
    .description(options.description)
    .datasource(datasource)
    .noValue(options.noValue ?? '')
    .targets(
      values.map(({ expr }, index) =>
        instantTarget({ expr }, index).format(prometheus.PromQueryFormat.Table),
      ),
    )
    .transformations(transformations(options))
    .showHeader(true)
    .cellHeight(common.TableCellHeight.Sm)
    .filterable(true)
    .sortBy(
      ordersOf(options).map(({ name, descending }) =>
        new common.TableSortByFieldStateBuilder().displayName(name).desc(descending),
      ),
    );
  // What the empty panel says is not what an empty cell says.
  panel.overrideByRegexp('/.*/', [{ id: 'noValue', value: '' }]);
  for (const column of options.columns.filter(({ hidden }) => hidden !== true))
    panel.overrideByName(column.name, properties(column));
  return panel;
}
