import { describe, expect, it } from 'vitest';
import type { Language } from '../../../src/known-errors/catalogue.ts';
import { records } from '../../../src/monitors/records/index.ts';
import { recordsCsv } from '../../../src/web/pages/records-csv.ts';
import { monitorOf } from '../../../src/web/view/monitor.ts';
import { everything, now, pageContext, recordsReading, snapshotOf, taskOf } from '../world.ts';

/** The first row of the file, of a record of which every text is this one. */
async function rowOf(text: string, amount: string, language: Language): Promise<string> {
  const failed = [{ record: text, error: text, code: text, call: text, amount, currency: 'EUR' }];
  const task = taskOf('orders', records, ['acme'], await recordsReading({ failed }));
  const query = { search: '', order: 'urgency', offset: 0, limit: 10 } as const;
  const place = { company: 'acme', monitor: 'orders' };
  const view = monitorOf(snapshotOf([task], { acme: 'A' }), everything, place, query, now);
  return recordsCsv(pageContext(language), view?.records?.items ?? [])
    .split('\r\n')
    .slice(1)
    .join('\r\n');
}

describe('the file of records', () => {
  it.each([
    ['-5.00', 'en', ',-5.00,EUR,'],
    ['-5.00', 'nl', ';-5,00;EUR;'],
    // With a point, a German spreadsheet would take it for the first of December.
    ['1.12', 'de', ';1,12;EUR;'],
    ['1240.5', 'fr', ';1240,50;EUR;'],
    ['1240.50', 'en', ',1240.50,EUR,'],
    ['12345678901234567.25', 'en', ',"=""12345678901234567.25""",EUR,'],
    ['12345678901234567.25', 'de', ';"=""12345678901234567,25""";EUR;'],
  ] as const)(
    'has an amount of %s in %s as a number that a spreadsheet takes as it is',
    async (amount, language, cells) => {
      expect(await rowOf('W-1', amount, language)).toContain(cells);
    },
  );

  it.each(['=', '+', '-', '@', '\t=', '\r=', '\n=', ' =', '\u00A0=', '\uFF1D'])(
    'runs no formula that begins with %j',
    async (beginning) => {
      const row = await rowOf(`${beginning}HYPERLINK("http://evil.example";"x")`, '1', 'de');
      const begin = beginning.trim() === beginning ? beginning : '';
      // Each of the four texts is marked as such, whatever white space comes before the formula.
      expect(row.match(/"'\s*[=+@\uFF1D-]/g)).toHaveLength(4);
      expect(row).not.toMatch(/(?:^|;)"?\s*[=+@\uFF1D-]H/);
      expect(row).toContain(`${begin}HYPERLINK(""http://evil.example"";""x"")`);
    },
  );

  it('has the whole of a message that is cut, in the last column', async () => {
    const message = `${'y'.repeat(9_990)} the end`;
    const row = await rowOf(message, '1', 'en');
    expect(row.trimEnd().endsWith(`,${message}`)).toBe(true);
    expect((await rowOf('short', '1', 'en')).trimEnd().endsWith(',')).toBe(true);
  });
});
