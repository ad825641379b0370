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
      message: expect.stringContaining(
        'query: the result has no column state: add it with AS state; it has shop, baskets. Required: ',
      ) as string,
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
    [{ colour: 'red' }, 'metrics.0: Unrecognized key'],
  ])('refuse %j', (metric, expected) => {
    expect(problems(metric)).toEqual([expect.stringContaining(expected)]);
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
