import { describe, expect, it } from 'vitest';
import { describeReading, describeStatements } from '../../../src/commands/support/describe-run.ts';
import { monitor, rowsFamily } from '../../helpers/fake-config.ts';

const empty = { samples: [], statuses: [], records: [], truncated: false, notes: [] };

describe('the statements of a run', () => {
  it('show where they ran, how long, and their rows as a table', () => {
    const rows = [
      { record: 'W-1', since: new Date(0), total: 12.5, paid: null, raw: Uint8Array.of(1, 171) },
      { record: 'two\nlines', since: null, total: 10n, paid: true, raw: null },
    ];
    const trace = { database: 'shop', text: 'SELECT 1', rows, count: 5, seconds: 0.0123 };
    expect(describeStatements([trace])).toEqual([
      'Queries:',
      '  on shop, 12.3 ms, 5 rows: SELECT 1',
      '    record     since                     total  paid  raw',
      '    ---------  ------------------------  -----  ----  ------',
      '    W-1        1970-01-01T00:00:00.000Z  12.5   NULL  0x01ab',
      '    two lines  NULL                      10     true  NULL',
      '    … and 3 more',
    ]);
  });

  it('that returned nothing have no table', () => {
    const trace = { database: 'shop', text: 'SELECT 1', rows: [], count: 1, seconds: 0 };
    expect(describeStatements([trace])).toEqual(['Queries:', '  on shop, 0.0 ms, 1 row: SELECT 1']);
  });
});

describe('a reading', () => {
  it('shows its series, its state and what one should know', () => {
    const sample = { family: rowsFamily, company: 'a"b', labels: {}, value: 3 };
    const closed = { isOpen: () => false, openSeconds: () => 0 };
    const reading = {
      ...empty,
      samples: [sample],
      live: (now: number) => [{ ...sample, value: now }],
      statuses: [{ company: 'acme', state: 'warning' as const, text: '3 rows' }],
      truncated: true,
      notes: ['A note.'],
      details: ['A detail.'],
    };
    expect(
      describeReading(
        reading,
        { monitor: monitor('orders', { calendar: closed, maxRows: 7 }), environment: '' },
        42,
      ),
    ).toEqual([
      'Series: 2',
      '  erp_test_rows{company="a\\"b",flow="orders",monitor="orders"} 3',
      '  erp_test_rows{company="a\\"b",flow="orders",monitor="orders"} 42',
      'State:',
      '  acme: warning, 3 rows',
      '  Outside of business hours now: the time that passes makes nothing late.',
      '  More rows than max_rows 7, or more bytes than max_bytes 67108864: at least this many.',
      '  A note.',
      '  A detail.',
    ]);
  });

  it('of very many series shows the first 200', () => {
    const samples = Array.from({ length: 250 }, (_, value) => ({
      family: rowsFamily,
      company: `c${value}`,
      labels: {},
      value,
    }));
    const lines = describeReading({ ...empty, samples }, { monitor: monitor('orders'), environment: '' }, 0);
    expect(lines[0]).toBe('Series: 250');
    expect(lines.filter((line) => line.includes('erp_test_rows'))).toHaveLength(200);
    expect(lines).toContain('  … and 50 more');
  });

  it('has the label environment where there is one', () => {
    const samples = [{ family: rowsFamily, company: 'acme', labels: {}, value: 1 }];
    const source = { monitor: monitor('orders'), environment: 'test' };
    expect(describeReading({ ...empty, samples }, source, 0)).toContain(
      '  erp_test_rows{environment="test",company="acme",flow="orders",monitor="orders"} 1',
    );
  });
});
