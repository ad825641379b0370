import { describe, expect, it } from 'vitest';
import { answer, single, useBench } from '../../helpers/tds-database.ts';
import type { Script } from '../../helpers/tds-responder.ts';
import type { TdsRequest } from '../../helpers/tds-requests.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';
import { rowsOf } from '../contract/scene.ts';

const bench = useBench();

describe('parameters', () => {
  const undeclared = [types.nvarchar('name'), types.nvarchar('suggested_system_type_name')];
  const asks = ({ text }: TdsRequest): boolean => text.includes('sp_describe_undeclared_parameters');
  /** A server that would have the parameters of `suggested` in those types, and no rows. */
  const suggesting = (suggested: Record<string, string>): Script => ({
    answer: (request, exchange) => {
      if (asks(request)) exchange.end(table(undeclared, Object.entries(suggested)), tokens.doneProc());
      else answer(exchange, single);
    },
  });

  it('travel beside the text, each place with its own', async () => {
    const { responder, database } = await bench.start(suggesting({}));
    const evil = "'; DROP TABLE orders; --";
    await rowsOf(database, "SELECT ':a', [:a] FROM t WHERE a = :a AND b = :b OR a = :a /* :b */", {
      a: evil,
      b: 7,
      c: 1,
    });
    const [request] = responder.requests;
    expect(request?.text).toContain("SELECT ':a', [:a] FROM t WHERE a = @p1 AND b = @p2 OR a = @p3 /* :b */");
    expect(request?.text).not.toContain('DROP');
    expect(request?.declarations).toBe('@p1 nvarchar(4000), @p2 int, @p3 nvarchar(4000)');
    expect(request?.parameters.map(({ name, value }) => [name, value])).toEqual([
      ['@p1', evil],
      ['@p2', 7],
      ['@p3', evil],
    ]);
    expect(responder.requests).toHaveLength(1);
  });

  it.each([
    ['text', 'é😀', 'nvarchar(4000)', 'é😀'],
    ['long text', 'x'.repeat(4001), 'nvarchar(max)', 'x'.repeat(4001)],
    ['null', null, 'nvarchar(4000)', null],
    ['a boolean', true, 'bit', true],
    ['an int', -2147483648, 'int', -2147483648],
    ['a small bigint', 7n, 'int', 7],
    ['a large number', 2147483648, 'bigint', '2147483648'],
    ['a bigint', -9223372036854775808n, 'bigint', '-9223372036854775808'],
    ['a huge bigint', 10n ** 30n, 'nvarchar(4000)', String(10n ** 30n)],
    ['a fraction', 0.1, 'float', 0.1],
  ])('bind %s', async (_, value, type, sent) => {
    const { responder, database } = await bench.start(suggesting({}));
    await rowsOf(database, 'SELECT :a', { a: value });
    expect(responder.requests[0]?.declarations).toBe(`@p1 ${type}`);
    expect(responder.requests[0]?.parameters[0]?.value).toEqual(sent);
  });

  it('bind a Date as the server would have it at each place, asking once', async () => {
    const script = suggesting({
      '@p1': 'datetimeoffset(7)',
      '@p2': 'datetime2(7)',
      '@p3': 'datetime',
      '@p4': 'date',
    });
    const { responder, database } = await bench.start(script, { timezone: 'Europe/Brussels' });
    const sql = 'SELECT 1 WHERE a > :at AND b > :at AND c > :at AND d > :at AND e = :company';
    const at = new Date('2026-07-01T10:00:00.123Z');
    await rowsOf(database, sql, { at, company: 'acme' });
    await rowsOf(database, sql, { at, company: 'other' });
    const [asked, first, second] = responder.requests;
    expect(responder.requests.filter(asks)).toHaveLength(1);
    expect(asked?.parameters.map(({ value }) => value)).toEqual([
      'SELECT 1 WHERE a > @p1 AND b > @p2 AND c > @p3 AND d > @p4 AND e = @p5',
      '@p5 nvarchar(4000)',
    ]);
    expect(first?.declarations).toBe(
      '@p1 datetimeoffset(3), @p2 datetime2(3), @p3 datetime, @p4 datetime2(3), @p5 nvarchar(4000)',
    );
    // The responder reads zone-less values as UTC, so that they show the wall clock.
    expect(first?.parameters.slice(0, 4).map(({ value }) => (value as Date).toISOString())).toEqual([
      '2026-07-01T10:00:00.123Z',
      '2026-07-01T12:00:00.123Z',
      '2026-07-01T12:00:00.123Z',
      '2026-07-01T12:00:00.123Z',
    ]);
    expect(second?.declarations).toBe(first?.declarations);
  });

  it.each([
    [11503, 1],
    [208, 2],
  ])('bind a Date without a zone when the server fails to tell with %i', async (number, questions) => {
    const { responder, database } = await bench.start(
      {
        answer: (request, exchange) => {
          if (asks(request)) exchange.end(tokens.error(number, 'cannot tell'), tokens.doneProc());
          else answer(exchange, single);
        },
      },
      { timezone: 'America/New_York' },
    );
    const at = new Date('2026-07-01T10:00:00Z');
    for (let run = 0; run < 2; run += 1) expect(await rowsOf(database, 'SELECT :at', { at })).toHaveLength(1);
    const request = responder.requests.at(-1);
    expect(request?.declarations).toBe('@p1 datetime2(3)');
    expect(request?.parameters[0]?.value).toEqual(new Date('2026-07-01T06:00:00Z'));
    expect(responder.requests.filter(asks)).toHaveLength(questions);
  });
});
