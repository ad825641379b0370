import { describe, expect, it } from 'vitest';
import { compareColumns } from '../../../src/commands/support/check-columns.ts';
import type { Column } from '../../../src/databases/values.ts';
import type { ColumnSpec } from '../../../src/monitors/contract.ts';

const specs: readonly ColumnSpec[] = [
  { name: 'record', types: ['text', 'integer', 'unknown'], required: true, description: 'the key' },
  { name: 'since', types: ['instant', 'unknown'], required: true, description: 'since when' },
  { name: 'amount', types: ['decimal'], required: false, description: 'worth' },
  { name: 'company', types: ['text'], required: false, description: 'the company' },
];
const column = (name: string, type: Column['type'], native: string): Column => ({ name, type, native });
const alone = { shared: false, byValue: true };
const several = { shared: true, byValue: true };
const good = [column('RECORD', 'text', 'varchar'), column('Since', 'instant', 'timestamptz')];

describe('compareColumns', () => {
  it('takes what is there, whatever the case and the optional columns', () => {
    expect(compareColumns(good, specs, alone)).toEqual({ problems: [], warnings: [] });
    expect(compareColumns([...good, column('extra', 'bytes', 'bytea')], specs, alone).problems).toEqual([]);
  });

  it('takes a type that only values tell on trust', () => {
    const columns = [...good, column('amount', 'unknown', 'null')];
    expect(compareColumns(columns, specs, alone).problems).toEqual([]);
  });

  it('names each missing column and what there is', () => {
    expect(compareColumns([column('order_number', 'text', 'text')], specs, alone).problems).toEqual([
      'returns no column "record" (the key); add it with AS record; it returns order_number; optional: amount, company',
      'returns no column "since" (since when); add it with AS since; it returns order_number; optional: amount, company',
    ]);
  });

  it('wants a column only without those that stand in for it', () => {
    const [record, since, ...rest] = specs;
    if (record === undefined || since === undefined) throw new Error('no columns');
    const eased = [record, { ...since, unless: ['due', 'amount'] }, ...rest];
    const of = (name: string) =>
      compareColumns([column('record', 'text', 'text'), column(name, 'decimal', 'numeric')], eased, alone);
    expect(of('AMOUNT').problems).toEqual([]);
    expect(of('worth').problems).toEqual([expect.stringContaining('returns no column "since"')]);
  });

  it('names both types of a column that holds the wrong one', () => {
    const columns = [column('record', 'bytes', 'bytea'), column('since', 'boolean', 'bool')];
    expect(compareColumns(columns, specs, alone).problems).toEqual([
      'its column "record" is bytes (bytea), but must be text or integer; turn it into text with encode(…, \'hex\'), HEX(…) or CONVERT(varchar(max), …, 2), whichever the server has',
      'its column "since" is boolean (bool), but must be instant; CAST it',
    ]);
  });

  it('leaves numbers and times in a column of text to their values, with a warning', () => {
    const columns = [
      column('record', 'text', 'text'),
      column('since', 'text', 'varchar(30)'),
      column('amount', 'text', 'text'),
    ];
    const { problems, warnings } = compareColumns(columns, specs, alone);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      'its column "since" is text (varchar(30)): a run fails when one value is not a time with its offset, such as 2026-11-21T10:00:00Z; CAST it to be sure',
      'its column "amount" is text (text): a run fails when one value is not a number with a decimal point and without thousands separators; CAST it to be sure',
    ]);
  });

  it('refuses text where the server compares, and no value is looked at', () => {
    const columns = [...good, column('amount', 'text', 'text')];
    expect(compareColumns(columns, specs, { shared: false, byValue: false })).toEqual({
      problems: ['its column "amount" is text (text), but must be decimal; CAST it'],
      warnings: [],
    });
  });

  it('wants a column company when one run serves several', () => {
    const problem =
      'serves several companies in one run, but returns no column "company"; add it, or use :company to run once for each';
    expect(compareColumns(good, specs, several).problems).toEqual([problem]);
    expect(compareColumns([...good, column('COMPANY', 'text', 'text')], specs, several).problems).toEqual([]);
  });

  it('sees a column that is there twice', () => {
    expect(compareColumns([...good, column('since', 'instant', 'date')], specs, alone).problems).toEqual([
      'returns the column "since" 2 times; name each otherwise with AS',
    ]);
  });

  it('guesses what a column was meant to be', () => {
    expect(compareColumns([...good, column('amuont', 'decimal', 'numeric')], specs, alone).warnings).toEqual([
      'its column "amuont" is not read; did you mean "amount"?',
    ]);
  });
});
