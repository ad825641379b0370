import type { DataFrame, Field } from '@grafana/data';
import { FieldType, formattedValueToString, getFieldDisplayName } from '@grafana/data';
import type { ReactElement } from 'react';
import { createElement } from 'react';
import type { Visualised } from '../visualisation.ts';
import { message } from './message.ts';

interface Band {
  readonly color: string;
  readonly text: string;
  readonly points: number;
}

/** Neighbours that show the same are one band. */
function bandsOf(field: Field): Band[] {
  const bands: Band[] = [];
  for (const value of field.values as unknown[]) {
    const shown = field.display?.(value);
    const text = shown === undefined ? '' : formattedValueToString(shown);
    const last = bands.at(-1);
    if (last?.text === text) bands.splice(-1, 1, { ...last, points: last.points + 1 });
    else bands.push({ color: shown?.color ?? 'gray', text, points: 1 });
  }
  return bands;
}

function row(frame: DataFrame, frames: DataFrame[], key: number): ReactElement | null {
  const field = frame.fields.find(({ type }) => type === FieldType.number);
  if (field === undefined) return null;
  const name = getFieldDisplayName(field, frame, frames);
  const bands = bandsOf(field).map(({ color, text, points }, index) =>
    createElement('i', { key: index, title: text, style: { background: color, flexGrow: points } }),
  );
  return createElement('div', { key }, createElement('span', null, name), createElement('b', null, bands));
}

/**
 * Coloured bands over time. Grafana's own state timeline is not to be had as a package: names, texts and colours come from
 * its code, the drawing does not.
 */
export function bands({ placed, frames }: Visualised): ReactElement {
  if (frames.length === 0) return message(placed.panel);
  const rows = frames.map((frame, index) => row(frame, frames, index));
  return createElement('div', { className: 'bands' }, rows);
}
