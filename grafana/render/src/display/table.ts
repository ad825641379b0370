import type { DataFrame, Field } from '@grafana/data';
import { FieldType, formattedValueToString, getFieldDisplayName } from '@grafana/data';

export interface Link {
  readonly title: string;
  readonly href: string;
  readonly target: string | undefined;
}
export interface Cell {
  readonly value: unknown;
  readonly text: string;
  readonly color: string | undefined;
  /** Only those that lead somewhere: a table drops the others. */
  readonly links: readonly Link[];
}
export interface Column {
  readonly name: string;
  /** Name of the label or of the query's values: what the column was called before it got its heading. */
  readonly source: string;
  readonly field: Field;
  readonly ofText: boolean;
  readonly hidden: boolean;
  readonly cells: readonly Cell[];
}

function cellOf(field: Field, row: number): Cell {
  const value: unknown = field.values[row];
  const shown = field.display?.(value) ?? { text: String(value), numeric: Number.NaN, color: undefined };
  const links = (field.getLinks?.({ valueRowIndex: row }) ?? [])
    .filter(({ href }) => href !== '')
    .map(({ title, href, target }) => ({ title, href, target }));
  return { value, text: formattedValueToString(shown), color: shown.color, links };
}

function columnOf(field: Field, frame: DataFrame, frames: DataFrame[]): Column {
  const custom = (field.config.custom ?? {}) as { hideFrom?: { viz?: boolean } };
  return {
    name: getFieldDisplayName(field, frame, frames),
    source: field.name,
    field,
    ofText: field.type === FieldType.string,
    hidden: custom.hideFrom?.viz === true,
    cells: field.values.map((_value, row) => cellOf(field, row)),
  };
}

/** The columns of a table panel with what each cell shows; the first frame is the one that is shown. */
export function columnsOf(frames: DataFrame[]): Column[] {
  const [frame] = frames;
  return frame === undefined ? [] : frame.fields.map((field) => columnOf(field, frame, frames));
}
