import type { FieldConfigPropertyItem, FieldOverrideContext } from '@grafana/data';
import {
  FieldConfigOptionsRegistry,
  FieldType,
  booleanOverrideProcessor,
  dataLinksOverrideProcessor,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  numberOverrideProcessor,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

type Process = (value: unknown, context: FieldOverrideContext, settings?: unknown) => unknown;
const noEditor = (): null => null;

function item(
  id: string,
  process: Process,
  options: Partial<FieldConfigPropertyItem> = {},
): FieldConfigPropertyItem {
  return {
    id,
    path: id,
    name: id,
    editor: noEditor,
    override: noEditor,
    process,
    shouldApply: () => true,
    ...options,
  };
}

const ofNumbers = { shouldApply: ({ type }: { type: FieldType }) => type === FieldType.number };
const withVariables = { settings: { expandTemplateVars: true } };

/** What every panel lets one set on a field, each with Grafana's own way of taking it over. */
const standard: readonly FieldConfigPropertyItem[] = [
  item('displayName', displayNameOverrideProcessor as Process, withVariables),
  item('unit', unitOverrideProcessor as Process),
  item('min', numberOverrideProcessor as Process, ofNumbers),
  item('max', numberOverrideProcessor as Process, ofNumbers),
  item('decimals', numberOverrideProcessor as Process, ofNumbers),
  item('noValue', stringOverrideProcessor as Process, withVariables),
  item('mappings', valueMappingsOverrideProcessor as Process),
  item('thresholds', thresholdsOverrideProcessor as Process),
  item('color', identityOverrideProcessor),
  item('links', dataLinksOverrideProcessor as Process),
  item('filterable', booleanOverrideProcessor as Process),
];

const customIds: Readonly<Record<string, readonly string[]>> = {
  table: [
    'width',
    'minWidth',
    'align',
    'cellOptions',
    'inspect',
    'filterable',
    'hideFrom',
    'wrapText',
    'wrapHeaderText',
    'tooltip',
  ],
  timeseries: [
    'drawStyle',
    'lineInterpolation',
    'barAlignment',
    'barWidthFactor',
    'lineWidth',
    'fillOpacity',
    'gradientMode',
    'lineStyle',
    'showPoints',
    'pointSize',
    'spanNulls',
    'insertNulls',
    'stacking',
    'axisPlacement',
    'axisLabel',
    'axisSoftMin',
    'axisSoftMax',
    'axisWidth',
    'axisGridShow',
    'axisColorMode',
    'axisBorderShow',
    'axisCenteredZero',
    'scaleDistribution',
    'thresholdsStyle',
    'hideFrom',
  ],
  'state-timeline': ['lineWidth', 'fillOpacity', 'hideFrom'],
};

/** Grafana 12.2 renamed this property of tables; it migrates it when it opens a dashboard. */
const hidden = item('custom.hidden', (value: unknown) => ({ viz: value === true }), {
  path: 'hideFrom',
  isCustom: true,
});

/** The properties of fields that a kind of panel knows: what is not among them Grafana ignores without a word. */
export function propertiesOf(panelType: string): FieldConfigOptionsRegistry {
  const custom = (customIds[panelType] ?? []).map((id) =>
    item(`custom.${id}`, identityOverrideProcessor as Process, { path: id, isCustom: true }),
  );
  const renamed = panelType === 'table' ? [hidden] : [];
  return new FieldConfigOptionsRegistry(() => [...standard, ...custom, ...renamed]);
}
