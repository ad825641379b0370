import { createTheme } from '@grafana/data';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { everyPanel, recording, tableOf } from './shown.ts';
import type { Column } from '../../src/display/table.ts';

// "2 hours ago" is seen from the moment of the recording.
beforeAll(() => vi.setSystemTime(recording.time * 1000));

const visible = (columns: readonly Column[]): Column[] => columns.filter(({ hidden }) => !hidden);
const isMapped = ({ field }: Column): boolean => (field.config.mappings ?? []).length > 0;

/** Cells of the columns that fail a rule, each as `Column: what it shows instead of what`. */
function wrong(
  columns: readonly Column[],
  isWrong: (cell: Column['cells'][number], column: Column) => boolean,
): string[] {
  const found = columns.flatMap((column) =>
    column.cells
      .filter((cell) => isWrong(cell, column))
      .map(({ text, value }) => `${column.name}: ${JSON.stringify(text)} for ${JSON.stringify(value)}`),
  );
  return [...new Set(found)];
}

describe.each(everyPanel('table'))('%s', (_title, shown) => {
  let columns: Column[] = [];
  beforeAll(async () => {
    columns = await tableOf(shown);
  });
  const ofText = (): Column[] => visible(columns).filter((column) => column.ofText);
  const ofValues = (): Column[] => visible(columns).filter((column) => !column.ofText);

  it('has rows', () => {
    expect(columns[0]?.cells.length ?? 0).toBeGreaterThan(0);
  });

  it('shows every text as it is: no number, no date, no NaN made of it', () => {
    const plain = ofText().filter((column) => !isMapped(column));
    expect(wrong(plain, ({ text, value }) => text !== value)).toEqual([]);
  });

  it('shows the words of a mapping for the texts that it has words for, and the text itself for others', () => {
    const ofMapping = ofText().filter(isMapped);
    expect(wrong(ofMapping, ({ text, value }) => text === 'NaN' && value !== 'NaN')).toEqual([]);
  });

  it('has units on values alone', () => {
    const units = ofText().map(({ name, field }) => `${name}: ${field.config.unit ?? 'string'}`);
    expect(units.filter((text) => !text.endsWith(': string'))).toEqual([]);
  });

  it('leaves a cell without a value empty', () => {
    const isEmpty = (value: unknown): boolean => value === null || value === undefined || value === '';
    const filled = wrong(visible(columns), ({ text, value }) => isEmpty(value) && !['', '–'].includes(text));
    expect(filled).toEqual([]);
  });

  it('shows numbers that can be read', () => {
    expect(wrong(ofValues(), ({ text }) => /NaN|Infinity|undefined|Invalid/.test(text))).toEqual([]);
  });

  it('gives every column a heading of its own', () => {
    const names = visible(columns).map(({ name }) => name);
    expect(names.filter((name) => !/^[A-Z]/.test(name) || name.startsWith('Value'))).toEqual([]);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('keeps its headings when one of its queries has no answer', async () => {
    const names = new Set(columns.map(({ name }) => name));
    for (const refId of Object.keys(shown.answers)) {
      const without = { ...shown.answers[refId], of: '', series: [] };
      const rest = await tableOf({ ...shown, answers: { ...shown.answers, [refId]: without } });
      expect(rest.map(({ name }) => name).filter((name) => !names.has(name) && name !== 'Time')).toEqual([]);
    }
  });

  it('colours what is critical red and a warning orange', () => {
    const { getColorByName } = createTheme().visualization;
    const colors = { critical: getColorByName('red'), warning: getColorByName('orange') };
    const severities = ofText().filter(({ source }) => source === 'severity');
    for (const { cells } of severities)
      for (const { value, color } of cells)
        if (value === 'critical' || value === 'warning') expect(color?.slice(0, 7)).toBe(colors[value]);
  });
});
