import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Database } from '../../../src/databases/contract.ts';
import { sessionZones } from '../../../src/databases/mysql/zone.ts';
import { open } from '../../../src/databases/mysql/database.ts';
import { startMariadb, type Mariadb } from '../../helpers/mariadb.ts';
import { describeReal } from '../../helpers/real.ts';
import { rowsOf } from '../contract/scene.ts';

const zone = 'Europe/Brussels';
const winter = new Date('2026-02-01T12:00:00Z');
const summer = new Date('2026-07-01T12:00:00Z');

describe('sessionZones', () => {
  const zonesOf = (dates: Date[], now: Date, timezone = zone): readonly string[] =>
    sessionZones(timezone, dates, now.getTime());

  it('is the offset of now when every instant of the statement has it', () => {
    expect(zonesOf([], winter)[0]).toBe('+01:00');
    expect(zonesOf([summer, summer], summer)[0]).toBe('+02:00');
    expect(zonesOf([winter, summer], winter, 'UTC')[0]).toBe('+00:00');
    expect(zonesOf([], winter, 'America/St_Johns')[0]).toBe('-03:30');
    expect(zonesOf([], winter, 'Asia/Kathmandu')[0]).toBe('+05:45');
  });

  it('is the named zone when a change of the clock lies between them', () => {
    expect(zonesOf([winter], summer)).toEqual([zone, '+01:00']);
    expect(zonesOf([winter, summer], summer)).toEqual([zone, '+02:00']);
  });
});

/** Rows of 2026 every 20 minutes around both changes, and one a month. */
const instants = [
  ...Array.from({ length: 150 }, (_, at) => Date.parse('2026-03-28T00:00:00Z') + at * 1_200_000),
  ...Array.from({ length: 150 }, (_, at) => Date.parse('2026-10-24T00:00:00Z') + at * 1_200_000),
  ...Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, 15, 12)),
].sort((a, b) => a - b);
/** The hour that a clock in Brussels shows twice. */
const repeated = { from: Date.parse('2026-10-25T00:00:00Z'), to: Date.parse('2026-10-25T02:00:00Z') };
const isRepeated = (at: number): boolean => at >= repeated.from && at < repeated.to;

/** A text that the clock in Brussels shows at `at`, by the rule of the EU and not by any table of zones. */
function brusselsText(at: number): string {
  const inSummer = at >= Date.parse('2026-03-29T01:00:00Z') && at < Date.parse('2026-10-25T01:00:00Z');
  return new Date(at + (inSummer ? 7_200_000 : 3_600_000)).toISOString().slice(0, -1).replace('T', ' ');
}

async function fill(server: Mariadb): Promise<void> {
  await server.admin('CREATE TABLE times (at bigint, zoned timestamp(3) NULL, local datetime(3))');
  const rows = instants.map((at) => `(${at}, from_unixtime(${at / 1000}), '${brusselsText(at)}')`);
  await server.admin(`INSERT INTO times VALUES ${rows.join()}`);
}

describeReal('time on MariaDB', ['mariadb'], () => {
  let named: Mariadb;
  let nameless: Mariadb;
  const servers: Mariadb[] = [];
  const opened: Database[] = [];
  const database = (server: Mariadb): Database => {
    const made = open(server.settings({ timezone: zone, connections: 1 }));
    opened.push(made);
    return made;
  };
  const between = async (on: Database, column: string, from: Date, to: Date): Promise<number[]> => {
    const sql = `SELECT at FROM times WHERE ${column} >= :from AND ${column} < :to ORDER BY at`;
    return (await rowsOf(on, sql, { from, to })).map(({ at }) => Number(at));
  };
  const expected = (from: Date, to: Date): number[] =>
    instants.filter((at) => at >= from.getTime() && at < to.getTime());
  const stopClockAt = (now: Date): void => void vi.useFakeTimers({ toFake: ['Date'], now });

  beforeAll(async () => {
    named = await startMariadb({ namedZones: true });
    servers.push(named);
    nameless = await startMariadb();
    servers.push(nameless);
    for (const server of servers) await fill(server);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(opened.splice(0).map((made) => made.close()));
  });
  afterAll(() => Promise.all(servers.map((server) => server.dispose())));

  it(
    'compares parameters on both sides of a change with both sorts of column',
    { timeout: 60_000 },
    async () => {
      const on = database(named);
      const moment = fc
        .integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 11, 31) })
        .filter((at) => !isRepeated(at))
        .map((at) => new Date(at));
      const nearby = fc.constantFrom(...instants.filter((at) => !isRepeated(at))).map((at) => new Date(at));
      await fc.assert(
        fc.asyncProperty(fc.oneof(moment, nearby), fc.oneof(moment, nearby), async (from, to) => {
          expect(await between(on, 'zoned', from, to)).toEqual(expected(from, to));
          // A zone-less column cannot tell the two passes of the repeated hour apart, but has them in no other hour.
          expect(await between(on, 'local', from, to)).toEqual(expected(from, to));
        }),
        { numRuns: 150 },
      );
    },
  );

  const days = [
    { now: '2026-03-29T13:00:00Z', today: '2026-03-28T23:00:00Z' },
    { now: '2026-03-29T00:30:00Z', today: '2026-03-28T23:00:00Z' },
    { now: '2026-10-25T13:00:00Z', today: '2026-10-24T22:00:00Z' },
    { now: '2026-10-25T23:30:00Z', today: '2026-10-25T23:00:00Z' },
  ];

  it.each(days)(
    'finds the records of today at $now, a day on which the clock changes or just has',
    async ({ now, today }) => {
      stopClockAt(new Date(now));
      const found = expected(new Date(today), new Date(8.64e15));
      for (const server of [named, nameless])
        for (const column of ['zoned', 'local']) {
          const sql = `SELECT at FROM times WHERE ${column} >= :today ORDER BY at`;
          const rows = await rowsOf(database(server), sql, { today: new Date(today), now: new Date(now) });
          expect(rows.map(({ at }) => Number(at))).toEqual(found);
        }
    },
  );

  it.each(days)('compares with today and now in one statement at $now', async ({ now, today }) => {
    stopClockAt(new Date(now));
    const found = expected(new Date(today), new Date(now));
    expect(await between(database(named), 'zoned', new Date(today), new Date(now))).toEqual(found);
    expect(await between(database(named), 'local', new Date(today), new Date(now))).toEqual(found);
    expect(await between(database(nameless), 'local', new Date(today), new Date(now))).toEqual(found);
  });

  it.each(['2026-03-29T13:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-12-01T00:00:00Z'])(
    'reads both sorts of column right at %s, the repeated hour of a TIMESTAMP included',
    async (now) => {
      stopClockAt(new Date(now));
      for (const server of [named, nameless]) {
        const rows = await rowsOf(database(server), 'SELECT at, zoned, local FROM times ORDER BY at');
        expect(rows.map(({ zoned }) => zoned)).toEqual(instants.map((at) => new Date(at)));
        const second = (at: number): boolean => isRepeated(at) && at >= repeated.from + 3_600_000;
        // Both passes show the same digits: they are read as the first.
        expect(rows.map(({ local }) => local)).toEqual(
          instants.map((at) => new Date(second(at) ? at - 3_600_000 : at)),
        );
      }
    },
  );

  it('follows the change of the clock in a session that lives through it', async () => {
    const on = database(named);
    const zoneNow = async (): Promise<unknown> =>
      (await rowsOf(on, 'SELECT @@session.time_zone AS zone, connection_id() AS id'))[0];
    stopClockAt(new Date('2026-10-25T00:59:59Z'));
    expect(await zoneNow()).toMatchObject({ zone: '+02:00' });
    vi.setSystemTime(new Date('2026-10-25T01:00:00Z'));
    expect(await zoneNow()).toMatchObject({ zone: '+01:00' });
  });
});
