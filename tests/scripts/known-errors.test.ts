import { describe, expect, it } from 'vitest';
import { knownErrorsMarkdown } from '../../scripts/docs/known-errors.ts';
import { catalogueOf } from '../known-errors/entries.ts';

/** The cells of the row that holds `part`. */
function cellsOf(page: string, part: string): string[] {
  const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(part)) ?? '';
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

describe('the page of known errors', () => {
  const page = knownErrorsMarkdown(
    catalogueOf([
      {
        id: 'deadlock',
        category: 'locked',
        retryable: true,
        codes: ['mssql:1205', 'sqlstate:40P01'],
        patterns: ['deadlock'],
        title: { en: 'Deadlock', nl: 'Patstelling' },
        explanation: 'Two wait for each other.',
      },
      {
        id: 'odd',
        flows: ['orders'],
        codes: ['x3:1'],
        example: 'a | b\n<img src=x> `c` [d]',
        responder: 'it',
      },
      { id: 'busy', category: 'locked', patterns: ['busy'] },
    ]),
  );

  it('says of each error all there is to say', () => {
    expect(cellsOf(page, '`deadlock`')).toEqual([
      '**Deadlock** `deadlock`',
      'any, by its text, SQL Server, SQL database',
      '',
      'Two wait for each other. Usually resolved by a retry, which alerts wait 10m for.',
      'Repair it.',
      '`mssql:1205` `sqlstate:40P01`',
      '`ErpRecordFailed`',
      '`erp_partner`',
    ]);
    expect(cellsOf(page, '`odd`')[1]).toBe('Sage X3 (flows orders)');
  });

  it('has one table for each category', () => {
    expect(page.match(/^## `.*`$/gm)).toEqual(['## `locked`', '## `validation`']);
    expect(page.indexOf('`busy`')).toBeLessThan(page.indexOf('## `validation`'));
  });

  it('lets no text break its row or become HTML', () => {
    const cells = cellsOf(page, '`odd`');
    expect(cells).toHaveLength(8);
    expect(cells[2]).toBe('a \\| b \\<img src=x\\> \\`c\\` \\[d\\]');
  });
});
