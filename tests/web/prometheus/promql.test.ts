import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote } from '../../../src/prometheus/quote.ts';
import { historyExpression } from '../../../src/web/prometheus/promql.ts';
import { wish } from './wish.ts';

/** What Go's strconv.Unquote makes of what stands between quotation marks, as far as it takes it: PromQL's own way. */
function unquote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '"': '"' };
  return text.replaceAll(/\\(?:u([0-9a-f]{4})|(.))/gs, (_, code: string | undefined, letter = '') => {
    if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
    const found = letter === '\\' ? '\\' : escapes[letter as string];
    if (found === undefined) throw new Error(`Go knows no escape \\${String(letter)}`);
    return found;
  });
}

/** The texts of an expression, and what is left of it. */
function taken(expression: string): { readonly texts: string[]; readonly rest: string } {
  const texts: string[] = [];
  const rest = expression.replaceAll(/"((?:[^"\\\n]|\\.)*)"/g, (_, text: string) => {
    texts.push(unquote(text));
    return '""';
  });
  return { texts, rest };
}

/** Names as hostile as they come: each character that means something, and half characters. */
const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '{', '}', ',', '\n', '#', "'", '`', '\u2028', '\ud800', 'a'),
  }),
);

describe('a text in PromQL', () => {
  it('is itself when it is read again, whatever it holds', () => {
    fc.assert(
      fc.property(name, (text) => {
        const { texts, rest } = taken(quote(text));
        expect(texts).toEqual([text.toWellFormed()]);
        expect(rest).toBe('""');
      }),
    );
  });
});

describe('the expression of a chart', () => {
  it('asks for the company alone, whatever anything is called', () => {
    const shape = taken(historyExpression({ ...wish, monitor: 'orders' }, { job: 'erp' })).rest;
    fc.assert(
      fc.property(name, name, name, name, (company, monitor, environment, job) => {
        const expression = historyExpression({ ...wish, company, monitor, environment }, { job });
        const { texts, rest } = taken(expression);
        // Nothing but the texts differs, so that none of them has broken out.
        expect(rest).toBe(shape);
        expect(rest.match(/environment="",job="",company="",monitor=""/g)).toHaveLength(
          rest.match(/\{/g)?.length ?? 0,
        );
        expect(texts.filter((text) => text === company.toWellFormed()).length).toBeGreaterThanOrEqual(
          rest.match(/company=""/g)?.length ?? 1,
        );
      }),
    );
  });

  it('counts each record once, whatever replicas there are', () => {
    const expression = historyExpression(wish, {});
    expect(expression).toContain(
      'sum by (monitor) (max by (monitor, mismatch) (erp_reconciliation_mismatched_records{environment="",company="acme"}))',
    );
    expect(expression).toContain('max by (monitor) (erp_late_records{environment="",company="acme"})');
    expect(expression).toMatch(/^max_over_time\(\(.*\)\[30m:5m\]\)$/);
  });

  it('lets the configuration say which environment Prometheus has added', () => {
    const expression = historyExpression({ ...wish, environment: 'test' }, { environment: 'prod' });
    expect(expression).toContain('environment="prod"');
    expect(expression).not.toContain('"test"');
    const own = historyExpression({ ...wish, environment: 'test' }, {});
    expect(own).toContain('{environment="test",company="acme"}');
  });
});
