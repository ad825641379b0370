import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../../src/databases/values.ts';
import { answer, useBench } from '../../helpers/tds-database.ts';
import { table, tokens, types, type ColumnSpec } from '../../helpers/tds-tokens.ts';
import { rowsOf } from '../contract/scene.ts';

const bench = useBench();

describe('values', () => {
  const read = async (
    spec: ColumnSpec,
    values: readonly unknown[],
    timezone = 'UTC',
  ): Promise<(Value | undefined)[]> => {
    const { database } = await bench.start(
      {
        answer: (_, exchange) =>
          answer(
            exchange,
            table(
              [spec],
              values.map((value) => [value]),
            ),
          ),
      },
      { timezone },
    );
    return (await rowsOf(database, 'SELECT', {}, { maxRows: 10_000 })).map((row) => row[spec.name]);
  };
  /** The decimal text of `unscaled`, made in the slow and obvious way: digit by digit. */
  const written = (unscaled: bigint, scale: number): string => {
    const digits = String(unscaled < 0n ? -unscaled : unscaled)
      .split(/(?=\d)/)
      .reverse();
    while (digits.length <= scale) digits.push('0');
    if (scale > 0) digits.splice(scale, 0, '.');
    return (unscaled < 0n ? '-' : '') + digits.reverse().join('');
  };

  it('are numbers where safe, else bigints', async () => {
    expect(await read(types.int('n'), [0, -2147483648, 2147483647, null])).toEqual([
      0,
      -2147483648,
      2147483647,
      null,
    ]);
    expect(
      await read(types.bigint('n'), [1n, 9007199254740991n, 9007199254740992n, -9223372036854775808n, null]),
    ).toEqual([1, 9007199254740991, 9007199254740992n, -9223372036854775808n, null]);
    expect(await read(types.float('n'), [0.1, -1.5e300, null])).toEqual([0.1, -1.5e300, null]);
  });

  it('are exact for decimals of every precision and scale', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 38 }).chain((precision) =>
          fc.record({
            precision: fc.constant(precision),
            scale: fc.integer({ min: 0, max: precision }),
            unscaled: fc.array(fc.bigInt(-(10n ** BigInt(precision)) + 1n, 10n ** BigInt(precision) - 1n)),
          }),
        ),
        async ({ precision, scale, unscaled }) => {
          const expected = unscaled.map((value) => written(value, scale));
          expect(await read(types.decimal(precision, scale)('n'), unscaled)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are exact for money', async () => {
    const amounts = [0n, 1n, -1n, 12345n, 2n ** 31n, -(2n ** 32n), 2n ** 63n - 1n, -(2n ** 63n)];
    expect(await read(types.money('n'), amounts)).toEqual(amounts.map((amount) => written(amount, 4)));
    expect(await read(types.smallmoney('n'), [-2147483648n, 19_9900n, null])).toEqual([
      '-214748.3648',
      '19.9900',
      null,
    ]);
  });

  it('are exact for decimals and money within a sql_variant', async () => {
    const decimalType = 0x6a;
    const numericType = 0x6c;
    /** The value of a column without the byte that says its length. */
    const within = (spec: ColumnSpec, value: unknown): Buffer => spec.encode(value).subarray(1);
    const unscaled = [0n, -1n, 123456789012345678901234567890n, -(10n ** 38n) + 1n];
    for (const type of [decimalType, numericType])
      expect(
        await read(
          types.variant('v'),
          unscaled.map((value) => ({
            type,
            properties: [38, 4],
            content: within(types.decimal(38, 4)('n'), value),
          })),
        ),
      ).toEqual(unscaled.map((value) => written(value, 4)));
    const amounts = [-(2n ** 63n), 12345n];
    const money = amounts.map((value) => ({
      type: 0x3c,
      properties: [],
      content: within(types.money('n'), value),
    }));
    const small = { type: 0x7a, properties: [], content: within(types.smallmoney('n'), 19_9900n) };
    expect(await read(types.variant('v'), [...money, small, null])).toEqual([
      ...amounts.map((value) => written(value, 4)),
      '19.9900',
      null,
    ]);
    const int = { type: 0x38, properties: [], content: within(types.int('n'), 7) };
    const float = { type: 0x3e, properties: [], content: within(types.float('n'), 0.1) };
    expect(await read(types.variant('v'), [int, float])).toEqual([7, 0.1]);
  });

  it('are instants for datetimeoffset, whatever the zones', async () => {
    const values = [
      '2026-07-01T10:00:00.123 120',
      '2026-07-01T10:00:00.123 -300',
      '0001-01-01T00:00:00',
      null,
    ];
    const expected = [
      new Date('2026-07-01T10:00:00.123Z'),
      new Date('2026-07-01T10:00:00.123Z'),
      new Date('0001-01-01T00:00:00Z'),
      null,
    ];
    expect(await read(types.datetimeoffset(7)('at'), values, 'Europe/Brussels')).toEqual(expected);
    expect(await read(types.datetimeoffset(3)('at'), values)).toEqual(expected);
  });

  it('are read in the zone of the database where they have none, across changes of DST', async () => {
    const clocks = [
      '2026-03-29T01:59:59.120',
      '2026-03-29T03:00:00',
      '2026-07-01T12:00:00',
      '2026-10-25T02:30:00',
      '2026-10-25T03:00:00',
    ];
    const instants = [
      '2026-03-29T00:59:59.120Z',
      '2026-03-29T01:00:00Z',
      '2026-07-01T10:00:00Z',
      '2026-10-25T00:30:00Z',
      '2026-10-25T02:00:00Z',
    ];
    const expected = instants.map((text) => new Date(text));
    for (const spec of [types.datetime2(7), types.datetime2(3), types.datetime])
      expect(await read(spec('at'), clocks, 'Europe/Brussels')).toEqual(expected);
    expect(await read(types.smalldatetime('at'), ['2026-03-29T03:00:00', null], 'Europe/Brussels')).toEqual([
      new Date('2026-03-29T01:00:00Z'),
      null,
    ]);
    expect(await read(types.date('at'), ['2026-03-29', '2026-10-26'], 'Europe/Brussels')).toEqual([
      new Date('2026-03-28T23:00:00Z'),
      new Date('2026-10-25T23:00:00Z'),
    ]);
    expect(await read(types.datetime2(7)('at'), ['2026-07-01T12:00:00', null])).toEqual([
      new Date('2026-07-01T12:00:00Z'),
      null,
    ]);
  });

  it('are text, booleans and bytes for the rest', async () => {
    const text = 'é 漢 😀 \ud800 \0';
    expect(await read(types.nvarchar('t'), [text, '', null])).toEqual([text, '', null]);
    const long = 'ß'.repeat(1_000_000);
    expect(await read(types.nvarcharMax('t'), [long, '', null])).toEqual([long, '', null]);
    expect(await read(types.bit('b'), [true, false, null])).toEqual([true, false, null]);
    expect(await read(types.uniqueidentifier('g'), ['A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', null])).toEqual([
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
      null,
    ]);
    expect(await read(types.varbinary('b'), [Uint8Array.of(0, 255, 16), new Uint8Array(), null])).toEqual([
      Uint8Array.of(0, 255, 16),
      new Uint8Array(),
      null,
    ]);
    expect(await read(types.time(3)('t'), ['10:42:07.120', null])).toEqual(['10:42:07.120', null]);
    expect(await read(types.time(0)('t'), ['10:42:07'])).toEqual(['10:42:07']);
  });

  it('are the same in rows that leave their NULLs out', async () => {
    const specs = Array.from({ length: 10 }, (_, index) => types.decimal(38, 2)(`c${index}`));
    const values = specs.map((_, index) => (index % 3 === 0 ? null : 10n ** 30n + BigInt(index)));
    const { database } = await bench.start({
      answer: (_, exchange) => answer(exchange, tokens.columns(specs), tokens.sparseRow(specs, values)),
    });
    const expected = values.map((value, index) => [`c${index}`, value === null ? null : written(value, 2)]);
    expect(await rowsOf(database, 'SELECT')).toEqual([Object.fromEntries(expected)]);
  });
});
