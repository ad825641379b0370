import type { Dashboard, Panel } from '@grafana/schema';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { prepared } from '../../src/display/panel.ts';
import type { Column } from '../../src/display/table.ts';
import { columnsOf } from '../../src/display/table.ts';
import type { Recording } from '../../src/results/answers.ts';

const time = 1_795_307_319;
beforeAll(() => vi.setSystemTime(time * 1000));

const dashboard: Dashboard = {
  uid: 'made',
  schemaVersion: 42,
  time: { from: 'now-24h', to: 'now' },
  templating: { list: [{ name: 'company', type: 'query', current: { text: 'All', value: ['$__all'] } }] },
};
const range = { start: time - 86_400, end: time, step: 1800 };
const recording: Recording = {
  time,
  stepSeconds: 900,
  companies: 1,
  metrics: '',
  dashboards: { made: { values: {}, range, panels: {} } },
};
const target = (refId: string): Record<string, unknown> => ({
  refId,
  expr: 'x',
  instant: true,
  format: 'table',
});

/** A table over one row with a record and a value. */
async function table(
  record: string,
  settings: Partial<Panel>,
  more: readonly string[] = [],
): Promise<Column[]> {
  const panel: Panel = { type: 'table', targets: [target('A'), ...more.map(target)], ...settings };
  const series = [{ metric: { company: 'acme', record }, value: String(time * 1000) }];
  const answers = {
    A: { of: '', series },
    ...Object.fromEntries(more.map((refId) => [refId, { of: '', series: [] }])),
  };
  const place = { x: 0, y: 0, w: 24, h: 8 };
  return columnsOf(
    await prepared({ dashboard, recording }, { panel, scope: {}, section: '', place }, answers),
  );
}
const defaults = (settings: object): Partial<Panel> => ({
  fieldConfig: { defaults: settings, overrides: [] },
});
const textOf = (columns: Column[], name: string): string | undefined =>
  columns.find((column) => column.name === name)?.cells[0]?.text;

describe('a table as Grafana shows it', () => {
  it.each(['0012345', '12E4', 'W-100323', '1e999', 'true', '<b>x</b>'])(
    'shows the text %s as it is',
    async (record) => {
      expect(textOf(await table(record, {}), 'record')).toBe(record);
    },
  );

  it.each([
    ['none', '0012345', '12345'],
    ['none', '12E4', '120000'],
    ['none', '1e999', '∞'],
    ['dateTimeFromNow', 'orders', 'NaN'],
    ['dateTimeFromNow', 'W-100323', 'in 98296 years'],
  ])('shows what a unit %s for the whole panel makes of %s', async (unit, record, seen) => {
    expect(textOf(await table(record, defaults({ unit })), 'record')).toBe(seen);
  });

  it('fills empty cells with what a panel says when it is empty', async () => {
    const noValue = {
      ...defaults({ noValue: 'Nothing has failed.' }),
      transformations: [{ id: 'merge', options: {} }],
    };
    const columns = await table('', noValue, ['B']);
    expect(textOf(columns, 'record')).toBe('Nothing has failed.');
    expect(columns.map(({ name }) => name)).toEqual(['Time', 'company', 'record', 'Value #A', 'Value #B']);
  });

  it('fills links in with what the cell shows, not with what it is', async () => {
    const links = [
      { title: 'Record', url: '/d/x?var-record=${__data.fields.record:percentencode}&${company:queryparam}' },
    ];
    const hrefOf = async (unit: object): Promise<string | undefined> =>
      (await table('x y&z', defaults({ links, ...unit }))).at(-1)?.cells[0]?.links[0]?.href;
    // Grafana takes the encoding off again when it cleans the address, so that no value with an ampersand can be linked.
    expect(await hrefOf({})).toBe('/d/x?var-record=x y&z&var-company=$__all');
    expect(await hrefOf({ unit: 'dateTimeFromNow' })).toMatch(/var-record=NaN/);
  });

  it('drops links that lead nowhere', async () => {
    const links = [{ title: 'Record', url: '${__data.fields.url:raw}' }];
    expect((await table('1', defaults({ links }))).at(-1)?.cells[0]?.links).toEqual([]);
  });
});
