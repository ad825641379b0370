import { describe, expect, it } from 'vitest';
import { reconcile } from '../../../src/monitors/reconcile/index.ts';
import { problemsOf } from '../run.ts';

const left = { database: 'shop', query: 'SELECT 1 AS record' };
const right = { database: 'erp', table: 'sales', columns: { record: 'external_no' } };
const sides = { left, right };
const problems = (change: Readonly<Record<string, unknown>> = {}) =>
  problemsOf(reconcile, { ...sides, ...change });
const parsed = (change: Readonly<Record<string, unknown>> = {}) =>
  reconcile.settings.parse({ ...sides, ...change });

describe('settings that are right', () => {
  it('need no more than two sides', () => {
    expect(problems()).toEqual([]);
    expect(parsed()).toMatchObject({
      key: { type: 'text', trim: false, case: 'keep' },
      compare: {},
      window: 7 * 24 * 3_600_000,
      settle: 300_000,
      grace: { missing_left: 0, missing_right: 0 },
      margin: 600_000,
      full_audit_every: 24 * 3_600_000,
      max_duration: 30_000,
      duty_cycle: 0.25,
      plan: 'auto',
      unique_keys: false,
      allow_full_scan: false,
      samples: 20,
    });
  });

  it('may compare the amount too', () => {
    expect(
      problems({
        right: { ...right, columns: { record: 'no', amount: 'total', at: 'order_date' } },
        compare: { amount: { type: 'money' } },
      }),
    ).toEqual([]);
  });

  it('make a query of a table, its columns and what counts of it', () => {
    const [shop, erp] = reconcile.queries(
      parsed({
        right: { ...right, columns: { record: 'no', at: 'd + t' }, where: 'firm = :company' },
      }),
    );
    expect([shop?.key, shop?.database, shop?.sql]).toEqual(['left.query', 'shop', left.query]);
    expect([erp?.key, erp?.database, erp?.sql]).toEqual([
      'right.table',
      'erp',
      'SELECT no AS record, d + t AS at FROM sales WHERE firm = :company',
    ]);
  });

  it('say which columns a query must have, and of what type', () => {
    const [query] = reconcile.queries(
      parsed({
        key: { type: 'integer' },
        compare: {
          total: { type: 'money' },
          paid_at: { type: 'instant' },
          state: { type: 'status', left: { a: 'x' }, right: { b: 'x' } },
        },
      }),
    );
    const columns = query?.columns.map(({ name, required, types }) => [
      name,
      required,
      types.includes('text'),
    ]);
    expect(columns).toEqual([
      ['record', true, false],
      ['at', false, false],
      ['changed_at', false, false],
      ['amount', false, false],
      ['currency', false, true],
      ['total', true, false],
      ['paid_at', true, false],
      ['state', true, true],
    ]);
  });

  it('may take longer than a statement', () => {
    expect(reconcile.longRunMs?.(parsed({ max_duration: '2m' }))).toBe(125_000);
  });
});

describe('the definition of what is kept', () => {
  const definition = (change: Readonly<Record<string, unknown>> = {}) =>
    JSON.stringify(reconcile.stateDependsOn?.(parsed(change)));

  it.each([
    ['how often', { window: '1d', settle: '1m', full_audit_every: '1h', plan: 'rows', samples: 3 }],
    ['what people call a side', { left: { ...left, title: 'website' } }],
  ])('stays the same whatever is said of %s', (_, change) => {
    expect(definition(change)).toBe(definition());
  });

  it.each([
    ['a query', { left: { ...left, query: 'SELECT 2 AS record' } }],
    ['a column', { right: { ...right, columns: { record: 'number' } } }],
    ['the key', { key: { type: 'integer' } }],
    ['a field', { compare: { total: { type: 'money' } } }],
  ])('changes with %s', (_, change) => {
    expect(definition(change)).not.toBe(definition());
  });
});

describe('settings that are wrong', () => {
  it.each([
    ['no side', { left: undefined }, ['left: Invalid input: expected object, received undefined']],
    [
      'neither query nor table',
      { left: { database: 'shop' } },
      ['left: needs a query, or a table with columns: write exactly one of the two'],
    ],
    [
      'query and table',
      { left: { ...left, table: 'orders' } },
      ['left: needs a query, or a table with columns: write exactly one of the two'],
    ],
    [
      'what belongs to a table',
      { left: { ...left, columns: { record: 'no' }, where: 'x > 1' } },
      [
        'left.columns: belongs to table; remove it, or replace query with table',
        'left.where: belongs to table; remove it, or replace query with table',
      ],
    ],
    [
      'a table without columns',
      { right: { database: 'erp', table: 'sales' } },
      ['right.columns: does not say which column is record; add record: …'],
    ],
    [
      'a table without a field',
      { compare: { total: { type: 'money' } } },
      ['right.columns: does not say which column is total; add total: …'],
    ],
    [
      'a column that means nothing',
      { right: { ...right, columns: { record: 'no', colour: 'c' } } },
      [
        'right.columns.colour: is not known: it may be record, at, changed_at, amount, currency or a name of compare',
      ],
    ],
    [
      'a column with a meaning of its own, in whatever case',
      {
        left,
        right: { database: 'erp', query: 'SELECT 1 AS record' },
        compare: { At: { type: 'instant' }, currency: { type: 'text' } },
      },
      [
        'compare.At: is a column with a fixed meaning; select it again under another name and compare that',
        'compare.currency: is a column with a fixed meaning; select it again under another name and compare that',
      ],
    ],
    [
      'a status that the right side lacks',
      {
        right: left,
        compare: {
          state: { type: 'status', left: { a: 'open', b: 'paid', c: 'paid' }, right: { o: 'open' } },
        },
      },
      [
        'compare.state.left: says "paid", which the right side never means, so that the two could never agree; add it to right',
      ],
    ],
    [
      'settle as long as the window',
      { window: '5m' },
      ['settle: is not shorter than window, so that nothing would ever be compared'],
    ],
    ['a run without time', { max_duration: '500ms' }, ['max_duration: must be at least 1s']],
    ['a run without end', { max_duration: '30d' }, ['max_duration: must be at most 20d']],
    ['an audit without rest', { full_audit_every: '59s' }, ['full_audit_every: must be at least 1m']],
    [
      'thresholds the wrong way round',
      { threshold: { different: { warning: 5, critical: 2 } } },
      [
        'threshold.different.critical: is less than warning, so that there would never be a warning; swap the two',
      ],
    ],
  ])('%s', (_, change, messages) => {
    expect(problems(change)).toEqual(messages);
  });
});
