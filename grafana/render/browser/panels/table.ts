import type { FieldConfigSource } from '@grafana/data';
import type { TableSortByFieldState } from '@grafana/schema';
import { TableCellHeight } from '@grafana/schema';
import { TableNG } from '@grafana/ui/unstable';
import type { ReactElement } from 'react';
import { createElement } from 'react';
import type { Visualised } from '../visualisation.ts';
import { message } from './message.ts';

interface Options {
  readonly cellHeight?: TableCellHeight;
  readonly sortBy?: TableSortByFieldState[];
}

/** A table whose every row and column is in the document, also those that one would scroll to. */
export function table({ placed, frames, width, height }: Visualised): ReactElement {
  const [frame] = frames;
  const { options, fieldConfig } = placed.panel;
  if (frame === undefined || frame.length === 0) return message(placed.panel);
  const { cellHeight = TableCellHeight.Sm, sortBy = [] } = (options ?? {}) as Options;
  return createElement(TableNG, {
    data: frame,
    width,
    height,
    cellHeight,
    sortBy,
    fieldConfig: (fieldConfig ?? { defaults: {}, overrides: [] }) as FieldConfigSource,
    enableVirtualization: false,
  });
}
