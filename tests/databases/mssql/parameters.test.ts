import { describe, expect, it } from 'vitest';
import { answer, never, single, useBench } from '../../helpers/tds-database.ts';
import type { Script } from '../../helpers/tds-responder.ts';
import type { TdsRequest } from '../../helpers/tds-requests.ts';
import { table, tokens, types } from '../../helpers/tds-tokens.ts';
import { failureOf, rowsOf } from '../contract/scene.ts';

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

  describe('that are a Date of which the server cannot tell the type', () => {
    const at = new Date('2026-07-01T10:00:00Z');
    const refusing = (number: number): Script => ({
      answer: (request, exchange) => {
        if (asks(request)) exchange.end(tokens.error(number, 'words of the server'), tokens.doneProc());
        else answer(exchange, single);
      },
    });
    const zone = { timezone: 'America/New_York' };
    const advice =
      'write CAST(:at AS datetimeoffset) where it meets a time with a zone, CAST(:at AS datetime2) where it meets one without, which is then read in America/New_York';
    const unsaid = 'SQL Server does not say as which type :at is to be sent (line 2)';

    it('are not guessed: the run fails, check asks for a CAST, and the server is asked once', async () => {
      const { responder, database } = await bench.start(refusing(11503), zone);
      const sql = 'SELECT :company,\n :at';
      for (const failing of [
        rowsOf(database, sql, { at, company: 'a' }),
        database.describe(sql, { at, company: 'a' }, never),
      ])
        expect(await failureOf(failing)).toMatchObject({
          kind: 'query',
          code: 'mssql:11503',
          message: `${unsaid}; ${advice}`,
        });
      expect(responder.requests.filter(asks)).toHaveLength(1);
      expect(responder.requests).toHaveLength(1);
    });

    it('fail with the words of the server when it objects to the statement itself, and it is asked again', async () => {
      const { responder, database } = await bench.start(refusing(208), zone);
      for (let run = 0; run < 2; run += 1)
        expect(await failureOf(rowsOf(database, 'SELECT\n:at', { at }))).toMatchObject({
          kind: 'query',
          code: 'mssql:208',
          message: `words of the server (${unsaid}; of a statement that it cannot describe, as with a temporary table, ${advice})`,
        });
      expect(responder.requests).toHaveLength(2);
    });

    it.each([
      ['a type that is none for a time', 'SELECT 1 WHERE note > :at', { '@p1': 'nvarchar(40)' }],
      ['sql_variant', 'SELECT 1 WHERE any_of > :at', { '@p1': 'sql_variant' }],
      ['nothing', 'SELECT :at', {}],
      [
        'any type, as an operand of DATEDIFF',
        'SELECT DATEDIFF(minute, x, :at)',
        { '@p1': 'datetimeoffset(7)' },
      ],
      [
        'any type, in DATEADD within DATEDIFF',
        'SELECT DATEDIFF(day, DATEADD(hour, 1, :at), x)',
        { '@p1': 'datetime2(7)' },
      ],
    ])('fail where it suggests %s', async (_, sql, suggested) => {
      const { database } = await bench.start(suggesting(suggested), zone);
      expect((await failureOf(rowsOf(database, sql, { at }))).message).toContain(
        'write CAST(:at AS datetimeoffset)',
      );
    });

    it('are sent in UTC, where all types mean the same', async () => {
      const { responder, database } = await bench.start(refusing(11503));
      await rowsOf(database, 'SELECT :at', { at });
      expect(responder.requests.at(-1)?.declarations).toBe('@p1 datetime2(3)');
      expect(responder.requests.at(-1)?.parameters[0]?.value).toEqual(at);
    });
  });

  it('are sent as the statement itself says, without asking', async () => {
    const { responder, database } = await bench.start(suggesting({}), { timezone: 'Europe/Brussels' });
    const at = new Date('2026-07-01T10:00:00.123Z');
    const sql =
      'SELECT CAST(:at AS datetimeoffset(7)), try_cast( :at as DATETIME2 ), CONVERT(datetimeoffset(3), :at), CONVERT([datetime], :at, 126), DATEDIFF(day, CAST(:at AS date), x)';
    await rowsOf(database, sql, { at });
    expect(responder.requests).toHaveLength(1);
    const [request] = responder.requests;
    expect(request?.declarations).toBe(
      '@p1 datetimeoffset(3), @p2 datetime2(3), @p3 datetimeoffset(3), @p4 datetime, @p5 datetime2(3)',
    );
    expect(request?.parameters.map(({ value }) => (value as Date).toISOString())).toEqual([
      '2026-07-01T10:00:00.123Z',
      '2026-07-01T12:00:00.123Z',
      '2026-07-01T10:00:00.123Z',
      '2026-07-01T12:00:00.123Z',
      '2026-07-01T12:00:00.123Z',
    ]);
  });

  it('beside one that says its type are asked for, with that one declared', async () => {
    const { responder, database } = await bench.start(suggesting({ '@p2': 'datetime' }), {
      timezone: 'Europe/Brussels',
    });
    await rowsOf(database, 'SELECT CAST(:at AS datetimeoffset) WHERE DATEADD(hour, 1, booked) > :at', {
      at: new Date('2026-07-01T10:00:00Z'),
    });
    const [asked, run] = responder.requests;
    expect(asked?.parameters[1]?.value).toBe('@p1 datetimeoffset(3)');
    expect(run?.declarations).toBe('@p1 datetimeoffset(3), @p2 datetime');
  });
});
