import { describe, expect, it } from 'vitest';
import type { Row } from '../../../src/databases/values.ts';
import { query } from '../../../src/monitors/query/index.ts';
import { acceptReading } from '../../../src/poll/accept.ts';
import { MemoryDatabase, now, observe, problemsOf, seriesOf } from '../run.ts';

type Overrides = Parameters<typeof observe<typeof query.settings>>[3];

const baskets = {
  name: 'shop_open_baskets',
  help: 'Open baskets',
  value: 'baskets',
  labels: ['shop', 'state'],
};
const oldest = {
  name: 'shop_oldest_basket',
  help: 'The oldest basket.',
  value: 'Oldest',
  labels: ['shop', 'state'],
};

async function run(rows: readonly Row[], metrics: readonly object[] = [baskets], overrides: Overrides = {}) {
  return observe(query, { query: 'Q', metrics }, new MemoryDatabase({ Q: rows }), overrides);
}

function problems(metric: object, ...others: readonly object[]): string[] {
  return problemsOf(query, { query: 'Q', metrics: [{ ...baskets, ...metric }, ...others] });
}

describe('query', () => {
  it('makes a series of each row and metric, the columns its labels and value', async () => {
    const rows = [
      { SHOP: 'be', state: 'open', baskets: 3n, oldest: new Date(now) },
      { SHOP: 'be', state: null, baskets: '2.5', oldest: new Date(now - 1500) },
      { SHOP: 'nl', state: 'a\n"b"', baskets: true, oldest: 0 },
    ];
    const reading = await run(rows, [baskets, oldest]);
    expect(seriesOf(reading)).toEqual({
      'shop_open_baskets{acme,shop=be,state=open}': 3,
      'shop_open_baskets{acme,shop=be,state=}': 2.5,
      'shop_open_baskets{acme,shop=nl,state=a\n"b"}': 1,
      'shop_oldest_basket{acme,shop=be,state=open}': now / 1000,
      'shop_oldest_basket{acme,shop=be,state=}': now / 1000 - 1.5,
      'shop_oldest_basket{acme,shop=nl,state=a\n"b"}': 0,
    });
    expect(reading).toMatchObject({
      statuses: [{ company: 'acme', state: 'ok', text: '6 series' }],
      notes: [],
    });
  });

  it('declares each family with what the settings say, and that it is polled and cached', () => {
    const settings = query.settings.parse({
      database: 'shop',
      query: 'Q',
      metrics: [
        baskets,
        { name: 'shop_orders_total', help: 'Orders.', type: 'counter', value: 'n', unit: 'orders' },
      ],
    });
    expect(query.declaredFamilies?.(settings)).toEqual([
      {
        family: {
          name: 'shop_open_baskets',
          help: 'Open baskets. Polled and cached.',
          type: 'gauge',
          labels: ['shop', 'state'],
        },
        path: ['metrics', 0, 'name'],
      },
      {
        family: {
          name: 'shop_orders_total',
          help: 'Orders. Polled and cached.',
          type: 'counter',
          labels: [],
          unit: 'orders',
        },
        path: ['metrics', 1, 'name'],
      },
    ]);
    expect(query.queries(settings)[0]?.columns.map(({ name, required }) => [name, required])).toEqual([
      ['company', false],
      ['shop', true],
      ['state', true],
      ['baskets', true],
      ['n', true],
    ]);
  });

  it('makes no series of NULL or of what is no finite number, and says so', async () => {
    const metric = { ...baskets, labels: [] };
    const one = async (value: Row['x']) => {
      const reading = await run([{ baskets: value ?? null }], [metric]);
      expect(reading.samples).toEqual([]);
      return reading.notes.at(-1);
    };
    const note = 'query: rows in which baskets is NULL make no series of shop_open_baskets (1 row).';
    expect(await one(null)).toBe(note);
    expect(await one(Number.NaN)).toBe(note);
    expect(await one('Infinity')).toBe(note);
  });

  it('makes no series without a row, unless the metric says what nothing is worth', async () => {
    const plain = { name: 'a', help: 'A', value: 'a' };
    expect(seriesOf(await run([], [baskets, plain]))).toEqual({});
    const rows = [{ company: 'acme', a: 5 }];
    const reading = await run(rows, [{ ...plain, empty: 0 }], { companies: ['acme', 'zenith'] });
    expect(seriesOf(reading)).toEqual({ 'a{acme}': 5, 'a{zenith}': 0 });
    expect(reading.statuses.map(({ text }) => text)).toEqual(['1 series', '1 series']);
  });

  it('fails alone when two rows have the same labels, and names them', async () => {
    const rows = [
      { shop: 'be', state: 'open', baskets: 1 },
      { shop: 'be', state: 'open', baskets: 2 },
    ];
    const reading = await run(rows);
    expect(() => acceptReading(reading, 1000)).toThrow(
      expect.objectContaining({
        reason: 'series',
        message: expect.stringContaining(
          'shop_open_baskets{shop="be", state="open"} for company acme',
        ) as string,
      }) as Error,
    );
  });

  it('refuses a column that is missing or no number', async () => {
    await expect(run([{ shop: 'be', baskets: 1 }])).rejects.toMatchObject({
      reason: 'columns',
      message: expect.stringContaining('query: returns no column "state" (a label of ') as string,
    });
    await expect(run([{ shop: 'be', state: '', baskets: 'many' }])).rejects.toMatchObject({
      reason: 'columns',
    });
  });

  it('stops at its row bound', async () => {
    const rows = Array.from({ length: 10 }, (_, shop) => ({ shop, state: '', baskets: 1 }));
    const reading = await run(rows, [baskets], { maxRows: 3 });
    expect(reading.truncated).toBe(true);
    expect(reading.samples).toHaveLength(3);
  });
});

describe('thresholds of a metric', () => {
  const row = (shop: string, value: number) => ({ shop, state: '', baskets: value });
  const limited = { ...baskets, warning: 20, critical: { above: 50 } };
  const statusOf = async (rows: readonly Row[], metric: object) => (await run(rows, [metric])).statuses[0];

  it('export how many series are beyond each, and the worst', async () => {
    const reading = await run([row('be', 20), row('nl', 21), row('fr', 51)], [limited]);
    const series = seriesOf(reading);
    expect(series).toMatchObject({
      'shop_open_baskets_threshold{acme,severity=warning}': 20,
      'shop_open_baskets_threshold{acme,severity=critical}': 50,
      'erp_query_series_over_threshold{acme,metric=shop_open_baskets,severity=warning}': 2,
      'erp_query_series_over_threshold{acme,metric=shop_open_baskets,severity=critical}': 1,
      'erp_query_worst_series_value{acme,metric=shop_open_baskets,severity=warning,series=shop=fr, state=,limit=above 20}': 51,
      'erp_query_worst_series_value{acme,metric=shop_open_baskets,severity=critical,series=shop=fr, state=,limit=above 50}': 51,
    });
    expect(Object.keys(series)).toHaveLength(9);
    expect(reading.statuses).toEqual([
      {
        company: 'acme',
        state: 'critical',
        text: '3 series, 1 of 3 series of shop_open_baskets is above the limit of 50, the highest 51',
      },
    ]);
  });

  it('export 0 where nothing is beyond, also without a row, for each company', async () => {
    const rows = [{ ...row('be', 20), company: 'acme' }];
    const reading = await run(rows, [limited], { companies: ['acme', 'zenith'] });
    const series = seriesOf(reading);
    for (const company of ['acme', 'zenith'])
      for (const severity of ['warning', 'critical'])
        expect(
          series[`erp_query_series_over_threshold{${company},metric=shop_open_baskets,severity=${severity}}`],
        ).toBe(0);
    expect(reading.statuses.map(({ state, text }) => `${state}: ${text}`)).toEqual([
      'ok: 1 series, shop_open_baskets is 20, at the limit of 20',
      'ok: 0 series, shop_open_baskets has no series',
    ]);
    expect(reading.notes).toEqual([]);
  });

  it.each([
    [19, 'ok', 'is 19, below the limit of 20'],
    [20, 'ok', 'is 20, at the limit of 20'],
    [20.5, 'warning', 'is 20.5, above the limit of 20'],
    [50, 'warning', 'is 50, above the limit of 20'],
    [51, 'critical', 'is 51, above the limit of 50'],
  ])('say of %d how it stands to the limits above', async (value, state, text) => {
    expect(await statusOf([row('be', value)], limited)).toEqual({
      company: 'acme',
      state,
      text: `1 series, shop_open_baskets ${text}`,
    });
  });

  it.each([
    [6, 'ok', 'is 6, above the limit of 5'],
    [5, 'ok', 'is 5, at the limit of 5'],
    [4, 'warning', 'is 4, below the limit of 5'],
    [-1, 'critical', 'is -1, below the limit of 0'],
  ])('say of %d how it stands to the limits below', async (value, state, text) => {
    const metric = { ...baskets, warning: { below: 5 }, critical: { below: 0 } };
    expect(await statusOf([row('be', value)], metric)).toEqual({
      company: 'acme',
      state,
      text: `1 series, shop_open_baskets ${text}`,
    });
  });

  it('say of several series what the worst is', async () => {
    const textOf = async (metric: object) => (await statusOf([row('be', 3), row('nl', 9)], metric))?.text;
    expect(await textOf({ ...baskets, warning: 10 })).toContain('is at most 9, below the limit of 10');
    expect(await textOf({ ...baskets, warning: 1 })).toContain(
      '2 of 2 series of shop_open_baskets are above the limit of 1, the highest 9',
    );
    expect(await textOf({ ...baskets, warning: { below: 2 } })).toContain(
      'is at least 3, above the limit of 2',
    );
    expect(await textOf({ ...baskets, warning: { below: 4 } })).toContain(
      '1 of 2 series of shop_open_baskets is below the limit of 4, the lowest 3',
    );
  });

  it('can be 0', async () => {
    expect(await statusOf([row('be', 1)], { ...baskets, warning: 0 })).toMatchObject({ state: 'warning' });
    expect(await statusOf([row('be', 0)], { ...baskets, warning: 0 })).toMatchObject({ state: 'ok' });
  });

  it('judge the value of nothing, and say where they have nothing to judge', async () => {
    const plain = { name: 'a', help: 'A', value: 'a', warning: { below: 1 } };
    expect((await run([], [{ ...plain, empty: 0 }])).statuses[0]?.state).toBe('warning');
    const reading = await run([], [plain]);
    expect(reading.statuses).toEqual([{ company: 'acme', state: 'ok', text: '0 series, a has no series' }]);
    expect(reading.notes).toEqual([
      'a has no series at a company, so that nothing is below its limit there; let the query return a 0, or set empty.',
    ]);
  });

  it('are families of the settings, with a HELP that two monitors can share', () => {
    const familiesOf = (metric: object) =>
      query.declaredFamilies?.(query.settings.parse({ database: 'shop', query: 'Q', metrics: [metric] }));
    const [, threshold] = familiesOf(limited) ?? [];
    expect(threshold).toEqual({
      family: {
        name: 'shop_open_baskets_threshold',
        help: 'Value of shop_open_baskets beyond which an alert fires, as configured; absent when there is no limit. Polled and cached.',
        type: 'gauge',
        labels: ['severity'],
        unit: '',
      },
      path: ['metrics', 0, 'name'],
    });
    expect(familiesOf({ ...baskets, critical: { below: 1 } })?.[1]).toEqual(threshold);
    expect(familiesOf(baskets)).toHaveLength(1);
  });
});

describe('settings of query', () => {
  it('take what Prometheus takes', () => {
    expect(problems({}, oldest)).toEqual([]);
    expect(problems({ name: 'shop_baskets_total', type: 'counter' })).toEqual([]);
  });

  it.each([
    [{ name: 'Shop-Baskets' }, 'metrics.0.name: is not a metric name; use lower-case'],
    [{ name: '1st' }, 'metrics.0.name: is not a metric name; use lower-case'],
    [{ name: 'shop_count' }, 'metrics.0.name: must not end in _count'],
    [
      { name: 'shop_baskets', type: 'counter' },
      'metrics.0.name: shop_baskets is a counter; call it shop_baskets_total',
    ],
    [{ name: 'shop_total' }, 'metrics.0.name: shop_total is a gauge; drop _total'],
    [{ help: '  ' }, 'metrics.0.help: is empty'],
    [{ labels: ['Shop'] }, 'metrics.0.labels.0: is not a label name'],
    [{ labels: ['__shop'] }, 'metrics.0.labels.0: is not a label name'],
    [{ labels: ['company'] }, 'metrics.0.labels.0: is a label that the exporter or Prometheus sets'],
    [{ labels: ['job'] }, 'metrics.0.labels.0: is a label that the exporter or Prometheus sets'],
    [{ labels: ['shop', 'shop'] }, 'metrics.0.labels: has the same label twice'],
    [{ empty: 0 }, 'metrics.0.empty: is only for a metric without labels'],
    [{ type: 'histogram' }, 'metrics.0.type: '],
    [{ warning: 20, critical: 10 }, 'metrics.0.critical: is reached before warning (above 20)'],
    [
      { warning: { below: 5 }, critical: { below: 6 } },
      'metrics.0.critical: is reached before warning (below 5)',
    ],
    [
      { warning: 20, critical: { below: 5 } },
      'metrics.0.critical: is for values below 5, but warning for those above 20',
    ],
    [{ warning: 'many' }, 'metrics.0.warning: is not a threshold'],
    [{ warning: Number.NaN }, 'metrics.0.warning: is not a threshold'],
    [{ critical: Number.POSITIVE_INFINITY }, 'metrics.0.critical: is not a threshold'],
    [{ warning: { above: 1, below: 0 } }, 'metrics.0.warning: needs one of above and below'],
    [{ warning: {} }, 'metrics.0.warning: needs one of above and below'],
    [{ warning: { over: 5 } }, 'metrics.0.warning: '],
    [{ colour: 'red' }, 'metrics.0: Unrecognized key'],
  ])('refuse %j', (metric, expected) => {
    expect(problems(metric)).toEqual([expect.stringContaining(expected)]);
  });

  it('refuse a name that is that of a threshold', () => {
    const taken = { ...oldest, name: 'shop_open_baskets_threshold' };
    expect(problems({ warning: 1 }, taken)).toEqual([
      'metrics.1.name: is the name of the threshold of shop_open_baskets; rename it',
    ]);
    expect(problems({}, taken)).toEqual([]);
  });

  it('take thresholds that are the same', () => {
    expect(problems({ warning: 20, critical: { above: 20 } })).toEqual([]);
  });

  it('refuse a name that is there twice, and no metric at all', () => {
    expect(problems({}, baskets)).toEqual([
      'metrics.1.name: shop_open_baskets is declared twice; rename one of them',
    ]);
    expect(problemsOf(query, { query: 'Q', metrics: [] })).toEqual([
      'metrics: is empty; declare at least one metric',
    ]);
  });
});
